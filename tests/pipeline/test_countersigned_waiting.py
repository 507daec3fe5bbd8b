"""What comes before its contract is filed waits with its reason, and is taken once it is filed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import Keeping
from signedpapers import PAGES, Contract, a_scan

from archive import numbering
from archive.instruments import Instrument, InstrumentState
from pipeline.cli import main
from pipeline.countersignedfinding import Brought
from pipeline.countersignedreception import Latecomers, receive_countersigned
from pipeline.countersignedwaiting import Waiting, bring, take_waiting, waiting
from pipeline.reception import Taken
from pipeline.signingdays import receive_signing_days


@pytest.fixture
def early(keeping: Keeping) -> Contract:
    return Contract(keeping, "XSDD-1", is_filed=False)


def dropped(keeping: Keeping, name: str, content: bytes) -> tuple[Taken, str]:
    path = keeping.workplace.home.inbox / name
    path.write_bytes(content)
    receive = receive_signing_days if name.startswith("签署目录") else receive_countersigned
    reception = receive(keeping.workplace, path)
    return reception.taken, "；".join(each.message for each in reception.findings)


def days(*rows: tuple[str, str]) -> bytes:
    lines = ["合同编号,签订日期", *(",".join(row) for row in rows)]
    return "\n".join(lines).encode()


def shown(keeping: Keeping, number: str) -> dict[str, Any]:
    asked = ["--home", str(keeping.workplace.home.root), "contracts", "show", number, "--json"]
    done = CliRunner().invoke(main, asked)
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def test_a_scan_that_comes_early_waits_and_is_filed_with_its_contract(
    keeping: Keeping, early: Contract
) -> None:
    workplace, scan = keeping.workplace, a_scan(early.ticket, None)
    for _twice in range(2):
        taken, said = dropped(keeping, "回签.pdf", scan)
        assert (taken, "尚未归档" in said) == (Taken.WAITING, True)
    assert list(workplace.home.rejected.iterdir()) == []
    (waits,) = shown(keeping, early.number)["countersigned_waiting"]
    assert (waits["kind"], waits["name"]) == ("签署件", "回签.pdf")
    latecomers = Latecomers(workplace, lambda: 0.0)
    assert latecomers.turn(force=True) == []

    early.file()
    assert latecomers.turn(force=False) == []
    (reception,) = latecomers.turn(force=True)

    assert (reception.taken, reception.order_no) == (Taken.JOINED, "XSDD-1")
    assert early.record().description["countersigned"]["pages"] == PAGES
    assert waiting(workplace.home) == []
    assert list(workplace.home.countersigned.iterdir()) == []
    assert shown(keeping, early.number)["countersigned_waiting"] == []


def test_a_clerk_may_come_early_too(keeping: Keeping, early: Contract) -> None:
    workplace = keeping.workplace
    brought = Brought(
        a_scan(None, None), "无码.pdf", "签小收", early.number, date(2026, 3, 10), "码被章盖住"
    )
    assert isinstance(bring(workplace, brought), Waiting)
    early.file()
    ((_waited, joined),) = take_waiting(workplace)
    assert not isinstance(joined, str)
    said = early.record().description["countersigned"]
    assert (said["signed_on"], said["reason"]) == ("2026-03-10", "码被章盖住")


def test_what_cannot_be_taken_in_the_end_is_sent_back(keeping: Keeping, early: Contract) -> None:
    workplace = keeping.workplace
    assert dropped(keeping, "缺页.pdf", a_scan(early.ticket))[0] is Taken.WAITING
    early.file()
    ((_waited, reason),) = take_waiting(workplace)
    assert "缺 1 页" in str(reason)
    assert (workplace.home.rejected / "缺页.pdf").read_bytes() == a_scan(early.ticket)
    assert "缺 1 页" in (workplace.home.rejected / "缺页.pdf.原因.txt").read_text("utf-8")
    assert waiting(workplace.home) == []


def test_what_waits_for_a_paper_that_was_given_up_is_sent_back(
    keeping: Keeping, early: Contract
) -> None:
    dropped(keeping, "回签.pdf", a_scan(early.ticket, None))
    with keeping.workplace.register.write.begin() as session:
        numbering.void_number(session, early.number, reason="双方作废", at=keeping.now)
        session.get_one(Instrument, early.instrument.id).state = InstrumentState.VOIDED
    ((_waited, reason),) = take_waiting(keeping.workplace)
    assert isinstance(reason, str)
    assert (keeping.workplace.home.rejected / "回签.pdf").is_file()


def test_another_scan_of_a_paper_that_waits_is_not_taken_for_it(
    keeping: Keeping, early: Contract
) -> None:
    first, second = a_scan(early.ticket, None), a_scan(early.ticket, None, mark="again")
    assert dropped(keeping, "一.pdf", first)[0] is Taken.WAITING
    taken, said = dropped(keeping, "二.pdf", second)
    assert (taken, "一.pdf" in said) == (Taken.REJECTED, True)


def test_a_crash_between_bytes_and_note_leaves_nothing_that_waits(
    keeping: Keeping, early: Contract
) -> None:
    home, scan = keeping.workplace.home, a_scan(early.ticket, None)
    dropped(keeping, "回签.pdf", scan)
    for note in home.countersigned.glob("*.json"):
        note.unlink()
    assert waiting(home) == []
    assert dropped(keeping, "回签.pdf", scan)[0] is Taken.WAITING
    early.file()
    assert len(take_waiting(keeping.workplace)) == 1
    assert list(home.countersigned.iterdir()) == []


def test_a_catalogue_says_when_papers_were_signed(keeping: Keeping, early: Contract) -> None:
    filed = Contract(keeping, "XSDD-2")
    filed.bring(a_scan(filed.ticket, None))
    catalogue = days((filed.number, "2026年3月9日"), (early.number, "2026-03-10"))

    taken, said = dropped(keeping, "签署目录-三月.csv", catalogue)

    assert (taken, "1 件等候" in said) == (Taken.WAITING, True)
    assert filed.record().description["countersigned"]["signed_on"] == "2026-03-09"
    (event,) = [
        each
        for each in shown(keeping, filed.number)["events"]
        if each["action"] == "record:signed" and "evidence" in each["details"]
    ]
    assert event["details"]["evidence"]["name"] == "签署目录-三月.csv"
    early.file()
    ((waited, joined),) = take_waiting(keeping.workplace)  # the day is known, the original to come
    assert (waited.kind, joined.way) == ("签订日期", "")
    dropped(keeping, "回签.pdf", a_scan(early.ticket, None))
    assert take_waiting(keeping.workplace) == []
    assert early.record().description["countersigned"]["signed_on"] == "2026-03-10"
    assert list(keeping.workplace.home.countersigned.iterdir()) == []
    assert dropped(keeping, "签署目录-三月.csv", catalogue)[0] is Taken.DUPLICATE


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("HT-9", "2026-03-09"), "没有编号“HT-9”"),
        (("{}", "2026-13-40"), "无法识别"),
        (("{}", ""), "没有写签订日期"),
        (("{}", "2999-01-01"), "还没有到"),
        (("{}", "2026-03-08"), "两个不同"),
        (("GD-HT-2026-FW-0002", "2026-03-01"), "早于编号用印的"),
    ],
)
def test_a_catalogue_with_one_bad_row_changes_nothing(
    keeping: Keeping, row: tuple[str, str], reason: str
) -> None:
    filed = Contract(keeping, "XSDD-1")
    filed.bring(a_scan(filed.ticket, None))
    Contract(keeping, "XSDD-2")
    bad = (row[0].format(filed.number), row[1])

    taken, said = dropped(keeping, "签署目录.csv", days((filed.number, "2026-03-09"), bad))

    assert (taken, reason in said) == (Taken.REJECTED, True), said
    assert filed.record().description["countersigned"]["signed_on"] is None
    assert (keeping.workplace.home.rejected / "签署目录.csv").is_file()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"\xff\xfe\x00", b"a,b\n1,2\n"])
def test_what_is_no_catalogue_is_sent_back(keeping: Keeping, content: bytes) -> None:
    assert dropped(keeping, "签署目录.xlsx", content)[0] is Taken.REJECTED


def test_a_link_is_no_catalogue(keeping: Keeping, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(days(("HT-9", "2026-03-09")))
    link = keeping.workplace.home.inbox / "签署目录.csv"
    link.symlink_to(target)
    assert receive_signing_days(keeping.workplace, link).taken is Taken.REJECTED
    assert target.is_file()
