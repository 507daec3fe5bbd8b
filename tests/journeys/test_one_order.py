"""From a dropped file to a sealed contract that is filed and found, with every real part."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import ocfl
import pikepdf
import pytest
from pypdf import PdfReader

from templates.reading import text_of

Sample = Callable[..., dict[str, Any]]


@pytest.mark.requirement_part("P-303", "P-306", "F-203", "F-204", "F-205", "G-104", "F-106")
def test_an_order_becomes_a_sealed_contract_that_is_filed_and_found(
    house: Any, order: Sample
) -> None:
    content = order(1)
    house.drop(content, "订单一.json")

    done = house.run_until_idle()

    assert (done["filed"], done["waiting"], done["rejected"], done["failed"]) == (1, 0, 0, 0)
    (listed,) = house.contracts()
    assert listed["contract_number"].endswith("-FW-0001")
    assert listed["reference_code"].endswith("-0001-001")
    assert listed["order_no"] == content["order_no"]
    assert listed["state"] == "filed"
    assert listed["amount"] == content["amount"]["total"]

    shown = house.show(listed["contract_number"])
    files = {file["role"]: house.root / file["path"] for file in shown["files"]}
    for file in shown["files"]:
        payload = (house.root / file["path"]).read_bytes()
        assert hashlib.sha256(payload).hexdigest() == file["sha256"]
        assert len(payload) == file["bytes"]
    assert json.loads(files["order"].read_bytes()) == content
    text = text_of(files["docx"].read_bytes())
    assert content["amount"]["total_upper"] in text
    assert listed["contract_number"] in text
    _assert_sealed_pdf(files["sealed"].read_bytes(), listed["contract_number"], content)

    hits = house.search(content["party_a"]["legal_rep"])
    assert [hit["contract_number"] for hit in hits["hits"]] == [listed["contract_number"]]
    assert house.guidang("archive", "verify", "--json").content["damaged"] == []
    assert list((house.root / "inbox").rglob("*.json")) == []


def _assert_sealed_pdf(payload: bytes, number: str, order: dict[str, Any]) -> None:
    pages = PdfReader(io.BytesIO(payload)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert number in text
    assert f"{order['amount']['total_upper']}" in text
    with pikepdf.open(io.BytesIO(payload)) as pdf, pdf.open_metadata() as about:
        assert about["pdfaid:part"] == "2"
        assert about["pdfaid:conformance"] == "B"
        assert str(pdf.docinfo["/Title"])


def test_the_archive_is_valid_for_a_validator_that_is_not_ours(house: Any, order: Sample) -> None:
    house.drop(order(2), "a.json")
    house.run_until_idle()
    root = ocfl.StorageRoot(root=str(house.root / "archive"))
    assert root.validate(log_warnings=True, log_errors=True)
    assert root.num_objects == 1


@pytest.mark.requirement_part("P-502", "P-503", "P-505", "F-405")
def test_an_acceptance_report_joins_the_dossier_of_its_contract(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    house.drop(acceptance(3), "验收.json")
    house.drop(order(3), "订单.json")

    done = house.run_until_idle()

    assert done["filed"] == 2
    by_kind = {one["kind"]: one for one in house.contracts()}
    contract, report = by_kind["contract"], by_kind["acceptance"]
    assert report["contract_number"] == f"{contract['contract_number']}-Y01"
    for shared in ("party_a", "party_b", "amount"):
        assert report[shared] == contract[shared]
    assert contract["reference_code"].endswith("-0001-001")
    assert report["reference_code"].endswith("-0001-002")
    shown = house.show(report["contract_number"])
    assert shown["dossier"] == house.show(contract["contract_number"])["dossier"]
    text = text_of(
        next(house.root / f["path"] for f in shown["files"] if f["role"] == "docx").read_bytes()
    )
    for item in order(3)["acceptance_items"]:
        assert item["standard"] in text
    assert contract["contract_number"] in text


def test_an_acceptance_that_comes_alone_waits_for_its_contract(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    house.drop(acceptance(1), "验收.json")
    done = house.run_until_idle()
    assert (done["filed"], done["waiting"]) == (0, 1)
    assert "待归档" in house.contracts()[0]["reason"]

    house.drop(order(1), "订单.json")
    done = house.run_until_idle()
    assert (done["filed"], done["waiting"]) == (2, 0)


@pytest.mark.requirement_part("P-504")
def test_rounds_of_acceptance_follow_each_other_until_the_work_is_accepted(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    first, second = acceptance(1), acceptance(1)
    first["results"][1] |= {"finding": "最长 5 小时", "result": "不合格"}
    first["conclusion"] = "部分合格"
    first["rectifications"] = [
        {
            "seq": 1,
            "item": "故障响应时间",
            "problem": "响应超时",
            "demand": "增派值守人员",
            "responsible": "何䶮",
            "due": "2026-11-20",
        }
    ]
    first["satisfaction"] = 3
    second |= {"round": 2, "round_kind": "复验", "accepted_on": "2026-11-21"}
    house.drop(second, "2.json")
    house.drop(first, "1.json")
    house.drop(order(1), "0.json")

    done = house.run_until_idle()

    assert (done["filed"], done["waiting"], done["rejected"]) == (3, 0, 0), house.rejected()
    numbers = {one["reference_code"][-3:]: one["contract_number"] for one in house.contracts()}
    contract = numbers["001"]
    assert numbers == {"001": contract, "002": f"{contract}-Y01", "003": f"{contract}-Y01-R2"}
    shown = house.show(f"{contract}-Y01-R2")
    docx = next(house.root / f["path"] for f in shown["files"] if f["role"] == "docx")
    assert "第 1 次验收（2026年11月3日）结论：部分合格" in text_of(docx.read_bytes())

    third = second | {"round": 3}
    house.drop(third, "3.json")
    assert house.run_until_idle()["rejected"] == 1
    assert "不能再出具" in house.rejected()["3.json"]


@pytest.mark.requirement_part("F-103", "F-106")
def test_an_order_without_its_approvals_waits_and_takes_no_number(
    house: Any, order: Sample
) -> None:
    content = order(1)
    content["approvals"] = content["approvals"][:2]
    house.drop(content, "a.json")

    assert house.run_until_idle()["waiting"] == 1

    (waiting,) = house.contracts()
    assert waiting["state"] == "drafted"
    assert waiting["contract_number"] is None
    assert "法务" in waiting["reason"]


def test_approvals_from_a_system_nobody_trusts_do_not_count(house: Any, order: Sample) -> None:
    content = order(1)
    for approval in content["approvals"]:
        approval["source"] = "陌生系统"
    house.drop(content, "a.json")
    assert house.run_until_idle()["waiting"] == 1
    assert house.contracts()[0]["contract_number"] is None


def test_a_new_revision_replaces_a_waiting_one_and_is_refused_once_sealed(
    house: Any, order: Sample
) -> None:
    first = order(1)
    first["approvals"] = []
    house.drop(first, "v1.json")
    assert house.run_until_idle()["waiting"] == 1

    house.drop(order(1), "v2.json")
    assert house.run_until_idle()["filed"] == 1
    assert [one["state"] for one in house.contracts()] == ["filed", "superseded"]

    third = order(1)
    third["project"]["manager"] = "别人"
    house.drop(third, "v3.json")
    done = house.run_until_idle()
    assert (done["filed"], done["rejected"]) == (0, 1)
    assert "变更协议" in house.rejected()["v3.json"]


def test_the_same_file_twice_is_one_contract(house: Any, order: Sample) -> None:
    house.drop(order(1), "a.json")
    house.run_until_idle()
    house.drop(order(1), "b.json")
    done = house.run_until_idle()
    assert (done["filed"], done["duplicates"]) == (0, 1)
    assert len(house.contracts()) == 1


def test_a_bad_file_never_stops_the_good_ones(house: Any, order: Sample) -> None:
    bad = order(1)
    bad["amount"]["total"] = "1.00"
    house.drop(bad, "金额不符.json")
    house.drop(b"\x00\x01", "垃圾.json")
    house.drop(b"MZ", "程序.exe")
    (house.root / "inbox" / "链接.json").symlink_to("/etc/passwd")
    house.drop(order(2), "好.json")

    done = house.run_until_idle()

    assert (done["filed"], done["rejected"]) == (1, 4)
    reasons = house.rejected()
    assert set(reasons) == {"金额不符.json", "垃圾.json", "程序.exe", "链接.json"}
    assert "amount.total" in reasons["金额不符.json"]
    assert list((house.root / "inbox").iterdir()) in ([], [house.root / "inbox" / ".claimed"])


def test_checking_says_what_reception_would_say_and_changes_nothing(house: Any) -> None:
    before = sorted(path for path in house.root.rglob("*") if "guidang.db" not in path.name)
    good = house.root / "samples" / "orders" / "XSDD-2026-0001.json"
    bad = house.root / "samples" / "refused" / "金额不符.json"
    assert house.guidang("orders", "check", str(good), "--json").code == 0
    checked = house.guidang("orders", "check", str(good), str(bad), "--json")
    assert checked.code == 3
    verdicts = {file["accepted"] for file in checked.content["files"]}
    assert verdicts == {True, False}
    assert house.contracts() == []
    after = sorted(path for path in house.root.rglob("*") if "guidang.db" not in path.name)
    assert before == after


def test_two_workers_never_work_on_one_home(house: Any) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "--home", str(house.root), "run", "--json"],
        stdout=subprocess.PIPE,
    )
    try:
        lock = house.root / "work" / "worker.lock"
        while not (lock.exists() and lock.read_text().strip() == str(holder.pid)):
            assert holder.poll() is None
        second = house.guidang("run", "--until-idle", "--json")
        assert second.code == 5
        assert second.content["error"]["code"] == "locked"
    finally:
        holder.terminate()
        assert holder.wait(60) == 0
        assert holder.stdout is not None
        holder.stdout.close()


def test_without_a_home_every_command_says_so(tmp_path: Any, house: Any) -> None:
    nowhere = type(house)(tmp_path / "nowhere")
    for words in (["contracts", "list"], ["search", "x"], ["run"], ["archive", "verify"]):
        answered = nowhere.guidang(*words, "--json")
        assert answered.code == 10
        assert answered.content["error"]["code"] == "home-missing"
