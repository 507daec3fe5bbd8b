"""What dossiers lack, told on the day it is asked for, and who is reminded how often."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keepers import Keeping, Line
from openpyxl import load_workbook
from sqlalchemy import delete, select

from archive.approvals import Approval
from archive.completeness import CompletenessRules
from archive.countersigning import join_countersigned
from archive.dossiers import Record
from archive.errors import FilingRefused, RulesUnfit
from archive.events import Event
from archive.gaps import REMINDED
from archive.retention import Trigger
from archive.rulesets import packaged
from archive.verifying import verify
from pipeline.dossierforms import day8
from pipeline.missing import missing, note_missing
from pipeline.reminding import Reminder
from pipeline.steps.shelving import _check_complete
from templates.workdays import workday_after

ABOUT: dict[str, Any] = {
    "type_code": "FW",
    "department": "业务一部",
    "handler": "林晓舟",
    "service": {"start": "2026-04-01", "end": "2026-09-30"},
}


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


def long_ago(keeping: Keeping, order_no: str, **about: Any) -> str:
    """File a contract whose days all lie behind today's clock, which the command line has."""
    keeping.office.at = datetime(2011, 3, 16, 2, 0, tzinfo=UTC)
    service = {"start": "2011-04-01", "end": "2011-09-30"}
    return keeping.contract(order_no, description=ABOUT | {"service": service} | about)


def what(keeping: Keeping, on: str, **asked: Any) -> dict[str, str]:
    found = missing(keeping.workplace, on=date.fromisoformat(on), **asked)
    return {each.gap.requirement.code: each.gap.due_on.isoformat() for each in found}


def an_acceptance(keeping: Keeping, order_no: str, conclusion: str, on: str, round_: int) -> None:
    office = keeping.office
    report = office.prepare(order_no, round_=round_)
    said = ABOUT | {"conclusion": conclusion, "accepted_on": on}
    office.file(report, office.submission(report, description=said))


def test_many_dossiers_are_looked_at_some_at_a_time(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        keeping.contract(f"XSDD-{number}", description=ABOUT)
    an_acceptance(keeping, "XSDD-2", "合格", "2026-09-30", 1)
    keeping.at("2026-12-31")
    at_once = missing(keeping.workplace)
    assert {each.order_no for each in at_once} == {f"XSDD-{number}" for number in range(1, 6)}
    monkeypatch.setattr("pipeline.lacks._AT_ONCE", 2)
    assert missing(keeping.workplace) == at_once


@pytest.mark.requirement_part("F-205", "F-203", "P-505", "B-107")
def test_what_is_missing_follows_the_state_of_the_contract(keeping: Keeping) -> None:
    keeping.contract("XSDD-1", description=ABOUT)
    keeping.at("2026-12-31")
    original = workday_after(date(2026, 3, 16), 10).isoformat()
    at_first = {"original": original, "qualification": original}
    assert what(keeping, "2026-03-16") == at_first
    assert what(keeping, "2026-03-15") == {}  # nothing was filed yet
    report = workday_after(date(2026, 9, 30), 15).isoformat()
    assert what(keeping, "2026-09-29") == at_first
    assert what(keeping, "2026-10-30") == at_first | {"acceptance": report}
    assert what(keeping, "2026-10-08", overdue=True) == at_first
    keeping.office.at = keeping.at("2026-10-12").now
    an_acceptance(keeping, "XSDD-1", "不合格", "2026-10-10", 1)
    keeping.at("2026-12-31")
    assert what(keeping, "2026-10-12")["reinspection"] == "2026-11-09"
    keeping.office.at = keeping.at("2026-10-20").now
    an_acceptance(keeping, "XSDD-1", "合格", "2026-10-19", 2)
    keeping.at("2026-12-31")
    summary = workday_after(date(2026, 10, 19), 10).isoformat()
    signed = workday_after(date(2026, 10, 20), 10).isoformat()
    assert what(keeping, "2026-10-20") == at_first | {
        "summary": summary,
        "later_original": signed,  # the first report's is due earlier, and listed before it
    }


@pytest.mark.requirement_part("P-505", "F-203")
def test_what_came_in_is_kept_and_no_longer_missing(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    code = long_ago(keeping, "XSDD-1")
    paper = tmp_path / "扫描件.pdf"
    paper.write_bytes(b"%PDF-1.7 the countersigned original")
    words = ("archive", "supply", code, "original", "--evidence", str(paper), "--as", "档小安")
    assert line(*words)["document"] == "original"
    head = keeping.row(code).head
    line(*words)
    assert keeping.row(code).head == head  # said twice, entered once
    assert [each["requirement"] for each in line("archive", "missing", code)["missing"]] == [
        "qualification",
        "acceptance",
    ]
    row = keeping.row(code)
    inventory = keeping.workplace.store.inventory(row.object_path)
    kept = [name for name in inventory.state if name.startswith("custody/")]
    assert [keeping.workplace.store.read(row.object_path, n) for n in kept] == [paper.read_bytes()]


@pytest.mark.requirement_part("P-306", "F-203", "F-205")
def test_the_countersigned_original_closes_its_gap_by_itself(keeping: Keeping) -> None:
    code = keeping.contract("XSDD-1", description=ABOUT)
    keeping.at("2026-03-20")
    assert "original" in what(keeping, "2026-03-20")
    with keeping.workplace.register.write.begin() as session:
        record = session.scalars(select(Record)).one()
        join_countersigned(
            session,
            keeping.workplace.store,
            record,
            files={"countersigned": ("扫描件.pdf", "application/pdf", b"%PDF-1.7 signed")},
            said={"countersigned": {"way": "签署件扫描", "pages": 6, "signed_on": None}},
            actor="inbox",
            at=keeping.now,
        )
    keeping.at("2026-12-31")
    assert "original" not in what(keeping, "2026-03-20")
    assert "original" in what(keeping, "2026-03-19")  # as it stood on that day
    found = missing(keeping.workplace, names=[code])
    assert {each.gap.requirement.code for each in found} == {"qualification", "acceptance"}


@pytest.mark.requirement_part("P-306", "F-203")
def test_where_the_day_of_signing_is_known_what_is_owed_counts_from_it(
    keeping: Keeping, line: Line
) -> None:
    code = long_ago(keeping, "XSDD-1")
    number = keeping.row(code).contract_number
    from_filing = workday_after(date(2011, 3, 16), 10).isoformat()
    keeping.at("2011-05-30")
    assert what(keeping, "2011-05-30")["original"] == from_filing
    words = ("contracts", "countersigned", number, "--as", "档小安", "--signed-on")
    said = line(*words, "2011-05-16")
    assert (said["is_new"], said["way"]) == (True, "")
    assert line(*words, "2011-05-16")["is_new"] is False
    wrong = line(*words, "2011-05-17", code=1)["error"]["message"]
    assert "签订日期已登记为 2011-05-16，不能改写" in wrong

    lacks = line("archive", "missing", code)["missing"]

    owed = {each["requirement"]: each for each in lacks}
    from_signing = workday_after(date(2011, 5, 16), 5).isoformat()
    for requirement in ("original", "qualification"):
        one = owed[requirement]
        assert (one["event"], one["since"]) == ("对方签署", "2011-05-16")
        assert one["due_on"] == from_signing
    assert owed["acceptance"]["event"] == "约定交付"
    assert line("contracts", "show", number)["signed_on"] == "2011-05-16"
    with keeping.workplace.register.read.begin() as session:
        assert not verify(session, keeping.workplace.store).damaged


@pytest.mark.requirement_part("F-205")
def test_every_later_paper_owes_the_original_both_signed(
    keeping: Keeping, line: Line, tmp_path: Path
) -> None:
    code = long_ago(keeping, "XSDD-1")
    for round_, conclusion in ((1, "不合格"), (2, "合格")):
        an_acceptance(keeping, "XSDD-1", conclusion, "2011-10-10", round_)
    paper = tmp_path / "签署件.pdf"
    paper.write_bytes(b"%PDF-1.7 signed")

    def owed() -> list[str]:
        lacks = line("archive", "missing", code)["missing"]
        return [each["paper"] for each in lacks if each["requirement"] == "later_original"]

    first, second = owed()
    words = ("archive", "supply", code, "later_original", "--evidence", str(paper))
    told = line(*words, "--as", "档小安", code=1)["error"]["message"]
    assert f"--paper 编号；案卷 {code} 中有：{first}、{second}" in told
    line(*words, "--paper", first, "--as", "档小安")
    assert owed() == [second]


@pytest.mark.requirement_part("F-205")
@pytest.mark.parametrize(
    ("type_code", "owed"),
    [
        ("XS", {"goods_receipt": "2011-09-30"}),
        ("CG", {"goods_receipt": "2011-09-30"}),
        ("YS", {"carriage_receipt": "2011-09-30"}),
        ("ZL", {"lease_handover": "2011-04-01"}),
        ("FW", {}),
    ],
)
def test_what_must_be_there_follows_the_type_of_contract(
    keeping: Keeping, type_code: str, owed: dict[str, str]
) -> None:
    long_ago(keeping, "XSDD-1", type_code=type_code)
    keeping.at("2011-12-31")

    found = {each.gap.requirement.code: each.gap for each in missing(keeping.workplace)}

    everybody = {"original", "qualification", "acceptance"}
    assert found.keys() - everybody == owed.keys()
    assert {code: found[code].since.isoformat() for code in owed} == owed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("acceptance", "--as", "档小安"), "须作为文书办理归档"),
        (("filing", "--as", "档小安"), "可登记"),
        (("plan", "--as", "档小安"), "完整性规则未列“plan”"),
        (("original", "--as", "鉴一鸣"), "不是档案员"),
    ],
)
def test_who_cannot_say_so_is_told_why(
    keeping: Keeping, line: Line, words: tuple[str, ...], said: str
) -> None:
    code = keeping.contract("XSDD-1", description=ABOUT)
    answer = line("archive", "supply", code, *words, "--evidence", "说明", code=1)
    assert said in answer["error"]["message"]


def test_a_contract_ended_early_owes_a_settlement_and_no_acceptance(keeping: Keeping) -> None:
    code = keeping.contract("XSDD-1", description=ABOUT)
    keeping.at("2026-06-02")
    keeping.date(code, Trigger.ENDED, "2026-06-01")
    keeping.at("2026-12-31")
    assert what(keeping, "2026-06-01").keys() == {"original", "qualification"}
    found = what(keeping, "2026-12-31")
    assert found["settlement"] == "2026-07-01"
    assert "acceptance" not in found


@pytest.mark.requirement_part("P-306")
def test_a_sealed_contract_that_is_not_filed_is_missing_itself(keeping: Keeping) -> None:
    keeping.office.prepare("XSDD-9")
    keeping.at("2026-03-31")
    (lack,) = missing(keeping.workplace)
    assert (lack.code, lack.order_no) == (None, "XSDD-9")
    assert lack.gap.due_on == workday_after(date(2026, 3, 16), 5)
    assert lack.gap.is_late(date(2026, 3, 31))
    assert (note_missing(keeping.workplace), note_missing(keeping.workplace)) == (1, 0)


def test_each_gap_is_noted_when_due_and_when_late_once_each(keeping: Keeping) -> None:
    code = keeping.contract("XSDD-1", description=ABOUT)
    assert note_missing(keeping.workplace) == 0
    last = workday_after(date(2026, 3, 16), 10)
    told = [
        (note_missing(keeping.at(day).workplace), note_missing(keeping.workplace))
        for day in (last.isoformat(), "2026-04-20", "2026-04-21")
    ]
    assert told == [(2, 0), (2, 0), (0, 0)]
    with keeping.workplace.register.read.begin() as session:
        query = select(Event).where(Event.action == REMINDED).order_by(Event.seq)
        levels = [
            {gap["level"] for gap in event.details["gaps"]} for event in session.scalars(query)
        ]
    assert levels == [{"reminded"}, {"escalated"}]
    assert keeping.row(code).head == 3
    with keeping.workplace.register.read.begin() as session:
        assert not verify(session, keeping.workplace.store).damaged


def test_the_worker_reminds_at_the_first_turn_of_a_day(keeping: Keeping) -> None:
    keeping.contract("XSDD-1", description=ABOUT)
    passed = [0.0]
    reminder = Reminder(keeping.at("2026-04-20").workplace, lambda: passed[0])
    assert [reminder.turn(), reminder.turn()] == [2, 0]
    keeping.contract("XSDD-2", description=ABOUT)
    passed[0] += 3600
    assert reminder.turn() == 0  # the same day
    keeping.at("2026-04-21")
    assert reminder.turn() == 0  # looked at the calendar a moment ago
    passed[0] += 3600
    assert reminder.turn() == 2


def test_reminders_of_many_dossiers_leave_the_worker_its_turns(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.missing._AT_ONCE", 2)
    for number in range(1, 6):
        keeping.contract(f"XSDD-{number}", description=ABOUT)
    ticks = itertools.count()
    reminder = Reminder(keeping.at("2026-04-20").workplace, lambda: float(next(ticks)))
    told = [reminder.turn()]
    while reminder.is_under_way:
        told.append(reminder.turn())
    assert (sum(told), max(told), len(told)) == (10, 4, 7)
    assert note_missing(keeping.workplace) == 0


def test_the_list_is_a_workbook_too(keeping: Keeping, line: Line, tmp_path: Path) -> None:
    code = long_ago(keeping, "XSDD-1")
    long_ago(keeping, "XSDD-2", department="业务二部")
    out = tmp_path / "缺件.xlsx"
    words = ("--department", "业务一部", "--as-of", "2011-05-06", "--overdue", "--out", str(out))
    assert len(line("archive", "missing", *words)["missing"]) == 2
    sheet = load_workbook(out).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0] == [
        "序号",
        "档号、合同编号",
        "题名",
        "缺什么",
        "起算",
        "应于",
        "状态",
        "由谁补交",
    ]
    assert rows[1][1].startswith(code)
    assert rows[1][3:] == [
        *(
            "双方签署的正本",
            "归档 20110316",
            day8(workday_after(date(2011, 3, 16), 10)),
            "逾期",
            "业务部门　业务一部　林晓舟",
        ),
    ]
    assert line("archive", "missing", "--as-of", "2999-01-01", code=1)["error"]["code"] == (
        "retention-refused"
    )


@pytest.mark.requirement_part("F-205")
def test_a_paper_that_lacks_what_it_must_bring_is_not_filed() -> None:
    rules = CompletenessRules.load(packaged("completeness"))
    files = rules.at_filing["contract"].files
    rules.check_filing("contract", files=files, registered=("approvals", "seal_uses"))
    rules.check_filing("disposal", files=(), registered=())
    with pytest.raises(FilingRefused, match=r"归档前缺：核验记录、审批登记"):
        rules.check_filing(
            "contract", files=[f for f in files if f != "proof"], registered=("seal_uses",)
        )


@pytest.mark.requirement_part("F-205")
def test_shelving_asks_before_a_code_is_taken(keeping: Keeping) -> None:
    instrument = keeping.office.prepare("XSDD-1")
    bare = keeping.office.submission(instrument)
    proofs = {role: (f"{role}.json", "application/json", b"{}") for role in ("proof", "seal_proof")}
    whole = keeping.office.submission(instrument, files={**bare.files, **proofs})
    with keeping.workplace.register.write.begin() as session:
        _check_complete(keeping.workplace, session, instrument, whole)
        with pytest.raises(FilingRefused, match="缺：核验记录、用印核验记录"):
            _check_complete(keeping.workplace, session, instrument, bare)
        session.execute(delete(Approval).where(Approval.instrument_id == instrument.id))
        with pytest.raises(FilingRefused, match="缺：审批登记"):
            _check_complete(keeping.workplace, session, instrument, whole)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('since = "ended"', 'since = "someday"', "requirements.settlement.since"),
        ("within = 30", "within = 0", "within"),
        ('"seal_proof"]', '"seal"]', "不认识“seal”"),
        ('files = ["countersigned"]', 'files = ["signed"]', "不认识“signed”"),
        ('basis = "民法典', 'bases = "民法典', "basis"),
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    content = packaged("completeness").read_text("utf-8")
    assert old in content
    path = tmp_path / "completeness.toml"
    path.write_text(content.replace(old, new), "utf-8")
    with pytest.raises(RulesUnfit) as refused:
        CompletenessRules.load(path)
    assert said in str(refused.value)


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_a_last_day_is_never_before_its_period(since: date) -> None:
    for each in CompletenessRules.load(packaged("completeness")).requirements.values():
        assert (each.due_on(since, workday_after) - since).days >= each.within


@pytest.mark.parametrize(
    "name", ["没有这个.pdf", "./收据", "/srv/没有/收据", "C:\\收据.JPG", "~/收据"]
)
def test_a_file_that_is_none_proves_nothing(keeping: Keeping, line: Line, name: str) -> None:
    code = keeping.contract("XSDD-1", description=ABOUT)
    for words in (
        ("archive", "supply", code, "original"),
        ("retention", "date", code, "--event", "终止", "--on", "2026-03-16"),
    ):
        told = line(*words, "--evidence", name, "--as", "档小安", code=1)["error"]["message"]
        assert f"没有依据文件 {name}" in told
    assert keeping.row(code).head == 1
    assert line(
        "archive", "supply", code, "original", "--evidence", "已收，价 12.50", "--as", "档小安"
    )


def test_two_people_excuse_a_paper_and_it_is_seen_as_excused(keeping: Keeping, line: Line) -> None:
    code = keeping.contract("XSDD-1", description=ABOUT)
    number = keeping.row(code).contract_number
    words = ("archive", "supply", code, "original", "--evidence", "说明。", "--as", "档小安")
    waive = ("--waive", "对方已注销，无从签署")
    assert "--second" in line(*words, *waive, code=1)["error"]["message"]
    for second in ("档小安", "鉴一鸣"):
        line(*words, *waive, "--second", second, code=1)
    assert "签署件 尚缺" in line.text("contracts", "show", number)

    assert line(*words, *waive, "--second", "冻小法")["second"] == "冻小法"
    shown = line.text("contracts", "show", number)
    assert "签署件 免予补交：对方已注销，无从签署（档小安、冻小法，" in shown
    line(*words)
    shown = line.text("contracts", "show", number)
    assert "签署件 已登记收到，未作为签署件归卷（档小安，" in shown
    assert "依据 说明.txt）" in shown
