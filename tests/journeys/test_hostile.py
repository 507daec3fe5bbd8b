"""Races, poison files and lost registers: no contract twice, no number twice, no file gone."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from archive.sampleseal import sample_seal
from pipeline.sampleseals import MANAGER

Sample = Callable[..., dict[str, Any]]

SAMPLE_SEAL = """code = "HTZ-02"
name = "合同专用章（样章）"
kind = "合同专用章"
owner = "{owner}"
width_mm = 40
height_mm = 40
image = "HTZ-02.pdf"
sha256 = "{digest}"
valid_from = 2026-01-01
keeper = "钱守印"
state = "启用"
sample = true
"""

# Runs the worker of a real home; when `step` is reached, a newer revision is received.
OVERTAKEN_WORKER = """
import sys
from pathlib import Path
from pipeline.commands.progress import SilentProgress
from pipeline.reception import receive
from pipeline.wiring import Workplace
from pipeline.worker import Worker

root, fatal, newer = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
workplace = Workplace(root)
done = []

def overtake(step, *_):
    if step == fatal and not done:
        done.append(receive(workplace, newer, is_final=True).taken.value)

tally = Worker(workplace, SilentProgress(), after_step=overtake).run(until_idle=True)
workplace.close()
print(done[0], tally.filed, tally.failed)
"""


@pytest.mark.parametrize("step", ["draw_up", "approve_and_number", "finish", "seal-kept"])
def test_a_revision_that_comes_while_its_order_is_in_work_leaves_one_contract(
    house: Any, order: Sample, step: str
) -> None:
    newer = order(1)
    newer["party_a"]["contact"] = "新联系人"
    house.drop(order(1), "a.json")
    elsewhere = house.root / "newer.json"
    elsewhere.write_bytes(house.drop(newer, "x.json").read_bytes())
    (house.root / "inbox" / "x.json").unlink()

    done = subprocess.run(
        [sys.executable, "-c", OVERTAKEN_WORKER, str(house.root), step, str(elsewhere)],
        env=os.environ | {"GUIDANG_INBOX__SETTLE_SECONDS": "0.05"},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.stdout.split() == ["accepted", "1", "0"], done.stderr
    assert sorted(one["state"] for one in house.contracts()) == ["filed", "superseded"]
    (filed,) = [one for one in house.contracts() if one["state"] == "filed"]
    assert filed["revision"] == 2
    assert house.search("新联系人")["total"] == 1
    assert house.guidang("archive", "verify", "--json").code == 0
    assert house.guidang("doctor", "--json").content["ok"]


def test_with_its_register_lost_nothing_is_numbered_until_it_is_rebuilt(
    house: Any, order: Sample
) -> None:
    house.drop(order(1), "1.json")
    house.run_until_idle()
    for leftover in house.root.glob("guidang.db*"):
        leftover.unlink()
    house.drop(order(2), "2.json")

    stopped = house.guidang("run", "--until-idle", "--json")

    assert stopped.code == 4
    assert "archive rebuild" in stopped.content["error"]["message"]
    assert not house.guidang("doctor", "--json").content["ok"]
    assert house.contracts() == []
    assert house.guidang("archive", "rebuild", "--json").code == 0
    house.run_until_idle()
    assert [one["contract_number"][-4:] for one in house.contracts()] == ["0002", "0001"]


def test_a_register_that_cannot_be_read_is_rebuilt_as_the_message_says(
    house: Any, order: Sample
) -> None:
    house.drop(order(1), "1.json")
    house.run_until_idle()
    for leftover in house.root.glob("guidang.db-*"):
        leftover.unlink()
    (house.root / "guidang.db").write_bytes(b"garbage" * 1000)
    told = house.guidang("contracts", "list", "--json")
    assert told.code == 4
    assert "--replace" in told.content["error"]["hint"]
    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    assert len(house.contracts()) == 1


def test_poison_files_are_set_aside_with_a_reason_and_the_next_ones_come(
    house: Any, order: Sample
) -> None:
    inbox = house.root / "inbox"
    house.drop(b'{"schema":"guidang.order/1","x":1e99999999999999999999}', "大数.json")
    house.drop(b'{"\\ud800":1,"\\ud800":2}', "代理.json")
    house.drop(order(2), "好.json")
    with open(os.fsencode(inbox) + b"/a\xff.json", "wb") as strange:  # noqa: PTH123
        strange.write(house.drop(order(1), "tmp.json").read_bytes())
    (inbox / "tmp.json").unlink()

    done = house.run_until_idle()

    assert (done["filed"], done["rejected"]) == (2, 2)
    assert set(house.rejected()) == {"大数.json", "代理.json"}
    assert [path for path in inbox.rglob("*") if path.is_file()] == []


def test_refused_files_of_one_name_that_were_never_read_are_all_kept(house: Any) -> None:
    for text in (b"scan 1", b"scan 2", b"scan 3"):
        house.drop(text, "scan.pdf")
        house.run_until_idle()
    kept = {path.read_bytes() for path in (house.root / "rejected").glob("scan*.pdf")}
    assert kept == {b"scan 1", b"scan 2", b"scan 3"}
    assert all(path.stat().st_mode & 0o044 for path in (house.root / "rejected").iterdir())


def test_going_back_to_a_superseded_version_is_refused_not_ignored(
    house: Any, order: Sample
) -> None:
    first, second = order(1), order(1)
    first["approvals"] = second["approvals"] = []
    second["party_a"]["contact"] = "新联系人"
    for name, content in (("A.json", first), ("B.json", second), ("A2.json", first)):
        house.drop(content, name)
        house.run_until_idle()
    assert "已被取代" in house.rejected()["A2.json"]


def test_a_sample_seal_never_stands_on_another_firms_contract(house: Any, order: Sample) -> None:
    other = "别家（北京）有限公司"
    image = sample_seal(other).pdf
    (house.root / "seals" / "HTZ-02.pdf").write_bytes(image)
    digest = hashlib.sha256(image).hexdigest()
    plain = SAMPLE_SEAL.format(owner=other, digest=digest)
    (house.root / "seals" / "HTZ-02.toml").write_text(plain, "utf-8")
    assert house.guidang("seals", "migrate", "--as", MANAGER).code == 0
    settings = house.root / "guidang.toml"
    said = settings.read_text("utf-8").replace("示例网络技术（北京）有限公司", other)
    settings.write_text(said, "utf-8")
    content = order(1)
    content["party_b"]["name"] = other
    house.drop(content, "a.json")
    assert house.run_until_idle()["failed"] == 1
    assert "样章" in house.contracts()[0]["reason"]


def test_waiting_papers_go_on_when_the_rules_come_to_trust_their_source(
    house: Any, order: Sample
) -> None:
    rules = house.root / "rules" / "approvals.toml"
    trusting = rules.read_text("utf-8")
    rules.write_text(trusting.replace('["示例OA"]', "[]"), "utf-8")
    house.drop(order(1), "a.json")
    assert house.run_until_idle()["waiting"] == 1
    rules.write_text(trusting, "utf-8")
    assert house.run_until_idle()["filed"] == 1


def test_an_acceptance_whose_number_and_order_disagree_is_refused(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    house.drop(order(1), "1.json")
    house.run_until_idle()
    wrong = acceptance(1) | {"contract_number": "GD-HT-2026-FW-0099"}
    house.drop(wrong, "验收.json")
    assert house.run_until_idle()["rejected"] == 1
    assert "不符" in house.rejected()["验收.json"]


TAMPERINGS = (
    "UPDATE instruments SET amount = 1",
    "UPDATE instruments SET party_a = '别家公司'",
    "UPDATE approvals SET person = '某人' WHERE id = 2",
    "DELETE FROM approvals WHERE id = 1",
    "DROP TRIGGER seal_uses_are_not_deleted; DELETE FROM seal_uses",
    "DROP TRIGGER seal_uses_are_not_changed; UPDATE seal_uses SET keeper = '某人'",
    "DROP TRIGGER seal_requests_are_not_changed; UPDATE seal_requests SET approved_by = '某人'",
    "DROP TRIGGER seal_changes_are_not_changed; UPDATE seal_changes SET state = '停用'",
    "DROP TRIGGER seal_changes_are_not_deleted; DELETE FROM seal_changes",
    "UPDATE records SET title = '另一题名'",
    "UPDATE dossiers SET retention = 'D10'",
)


def test_whatever_is_changed_in_the_register_the_shelves_disagree(
    house: Any, order: Sample
) -> None:
    house.drop(order(1), "1.json")
    house.run_until_idle()
    database = house.root / "guidang.db"
    whole = database.read_bytes()
    assert house.guidang("archive", "verify", "--json").code == 0
    for tampering in TAMPERINGS:
        with closing(sqlite3.connect(database)) as connection:
            connection.executescript(tampering)
            connection.commit()
        assert house.guidang("archive", "verify", "--json").code == 4, tampering
        for leftover in house.root.glob("guidang.db-*"):
            leftover.unlink()
        database.write_bytes(whole)
