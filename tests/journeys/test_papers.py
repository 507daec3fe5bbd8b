"""What follows a contract, from dropped files to its dossier, in whatever order it comes."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from pipeline.samplepapers import (
    sample_authority,
    sample_change,
    sample_nda,
    sample_termination,
)

Sample = Callable[..., dict[str, Any]]
CONTRACT = "GD-HT-2026-FW-0001"


def text_on_paper(house: Any, number: str) -> str:
    shown = house.show(number)
    path = next(house.root / one["path"] for one in shown["files"] if one["role"] == "sealed")
    pages = PdfReader(io.BytesIO(path.read_bytes())).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def kept(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the register says of papers, numbers, seals and history."""
    questions = {
        "instruments": "SELECT kind, order_no, round, revision, state, number, amount, title,"
        " terms_digest, sealed_at, filed_at FROM instruments",
        "dossiers": "SELECT code, order_no, contract_number, title, retention, head FROM dossiers",
        "records": "SELECT reference_code, kind, number, responsible, formed_on, source_sha256,"
        " version, filed_at FROM records",
        "renditions": "SELECT role, path, sha256, sm3 FROM renditions",
        "numbers": "SELECT series, year, value, text, holder, voided_at FROM numbers",
        "counters": "SELECT series, year, last FROM counters",
        "approvals": "SELECT step, person, at, terms_digest FROM approvals",
        "seal_uses": "SELECT number, seal_code, sealed_sha256, at FROM seal_uses",
        "events": "SELECT chain, seq, hash FROM events",
    }
    with sqlite3.connect(database) as connection:
        said = {
            table: sorted(map(tuple, connection.execute(question)), key=repr)
            for table, question in questions.items()
        }
    connection.close()
    return said


@pytest.mark.requirement("F-304")
@pytest.mark.requirement_part("F-303", "F-305", "F-401", "F-402", "F-403", "F-404", "F-405")
@pytest.mark.requirement_part("F-106", "F-201", "F-202", "F-205", "F-207", "S-202", "P-502")
def test_everything_that_follows_a_contract_joins_its_dossier_and_comes_back_from_it(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    beside = sample_nda(1) | {"contract_number": None, "order_no": order(1)["order_no"]}
    del beside["request_no"], beside["contract_number"]
    for name, content in {
        "1 终止.json": sample_termination(1, changes=1),
        "2 验收.json": acceptance(1),
        "3 变更.json": sample_change(1),
        "4 授权.json": sample_authority(1),
        "5 保密.json": beside,
        "6 独立保密.json": sample_nda(3),
        "7 订单.json": order(1),
    }.items():
        house.drop(content, name)

    done = house.run_until_idle()

    assert (done["filed"], done["waiting"], done["failed"]) == (7, 0, 0), house.rejected()
    papers = {one["contract_number"]: one for one in house.contracts()}
    following = {f"{CONTRACT}-{name}" for name in ("B01", "Y01", "Z01", "W01")}
    assert set(papers) == {CONTRACT, *following, "GD-BM-2026-0001", "GD-BM-2026-0002"}
    by_kind = {one["kind"]: one for one in papers.values() if one["order_no"] != "BMSQ-2026-0003"}
    dossiers = {house.show(one["contract_number"])["dossier"] for one in by_kind.values()}
    assert len(by_kind) == 6
    assert len(dossiers) == 1
    alone = next(one for one in papers.values() if one["order_no"] == "BMSQ-2026-0003")
    assert house.show(alone["contract_number"])["dossier"] not in dossiers

    total = Decimal(order(1)["amount"]["total"]) + Decimal("10600.00")
    for kind in ("change", "acceptance", "termination"):
        assert by_kind[kind]["amount"] == str(total)
    end = text_on_paper(house, f"{CONTRACT}-Z01")
    for said in (f"{CONTRACT}-B01", f"{CONTRACT}-Y01", "10,600.00", f"{total:,.2f}"):
        assert said in end
    report = text_on_paper(house, f"{CONTRACT}-Y01")
    assert "含第1次增加的设备" in report
    assert f"{CONTRACT}-B01" in report
    shown = house.show(CONTRACT)
    assert {one["number"] for one in shown["papers"]} >= {CONTRACT, *following}
    assert shown["as_changed"]["by"] == f"{CONTRACT}-B01"
    assert shown["as_changed"]["amount"]["total"] == str(total)
    assert "含第 1 次增加的设备" in shown["as_changed"]["agreed"]["acceptance"]
    seals = {one["seal"] for one in house.show(f"{CONTRACT}-W01")["seal_uses"]}
    assert seals == {"GZ-01"}
    assert house.show(order(1)["order_no"])["contract_number"] == CONTRACT

    found = {hit["number"] for hit in house.search("监控平台的接入范围")["hits"]}
    assert found == {f"{CONTRACT}-B01"}
    listed = house.guidang("contracts", "list", "--kind", "变更协议", "--json").content
    assert [one["contract_number"] for one in listed["contracts"]] == [f"{CONTRACT}-B01"]

    before = kept(house.root / "guidang.db")
    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    assert kept(house.root / "guidang.db") == before
    assert house.guidang("archive", "verify", "--json").content["damaged"] == []
    examined = house.guidang("archive", "examine", "--json")
    assert examined.code == 0, examined.out
    seen = [
        line
        for each in examined.content["dossiers"]
        for finding in each["findings"]
        for line in finding["evidence"]
        if finding["code"] == "WZ09"
    ]
    assert sorted(seen) == sorted(f"{number}：通过（规则 2026.1）" for number in papers)

    house.drop(sample_change(1, seq=2), "迟到的变更.json")
    house.drop(acceptance(1) | {"round": 2}, "迟到的验收.json")
    house.drop(sample_change(1), "又一次.json")
    done = house.run_until_idle()
    assert (done["rejected"], done["duplicates"], done["filed"]) == (2, 1, 0)
    assert all(f"{CONTRACT}-Z01 终止" in reason for reason in house.rejected().values())


@pytest.mark.requirement_part("F-303", "F-401", "F-402")
def test_each_paper_waits_for_the_one_it_follows_and_goes_on_when_that_is_filed(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    house.drop(order(1), "订单.json")
    house.drop(sample_change(1, seq=2), "变更二.json")
    house.drop(sample_termination(1, changes=2), "终止.json")
    assert house.run_until_idle()["waiting"] == 2
    reasons = {one["kind"]: one["reason"] for one in house.contracts()}
    assert reasons["change"] == "待归档：第 1 号变更协议"
    assert reasons["termination"] == "待归档：第 2 号变更协议"

    house.drop(sample_change(1), "变更一.json")
    house.drop(acceptance(1), "验收.json")
    with ThreadPoolExecutor(2) as both:
        ran = list(both.map(lambda _: house.guidang("run", "--until-idle", "--json"), range(2)))

    assert sum(each.content.get("filed", 0) for each in ran) == 4, house.rejected()
    assert {each.code for each in ran} <= {0, 5}
    numbers = {one["reference_code"][-3:]: one["contract_number"] for one in house.contracts()}
    assert numbers["002"].endswith("B01")
    assert numbers["003"].endswith("B02")
    assert numbers["005"].endswith("Z01")
    changed = house.show(f"{CONTRACT}-B02")
    assert Decimal(changed["amount"]) == Decimal(order(1)["amount"]["total"]) + 21200


@pytest.mark.requirement_part("F-305")
def test_a_report_nobody_agreed_to_is_drawn_up_again_after_a_change(
    house: Any, order: Sample, acceptance: Sample
) -> None:
    unsigned = acceptance(1) | {"approvals": []}
    house.drop(order(1), "订单.json")
    house.drop(unsigned, "验收.json")
    assert house.run_until_idle()["waiting"] == 1
    (before,) = (one for one in house.contracts() if one["kind"] == "acceptance")
    assert before["reason"].startswith("待审批")

    house.drop(sample_change(1), "变更.json")
    assert house.run_until_idle()["filed"] == 1
    house.drop(unsigned, "验收.json")
    house.run_until_idle()

    (report,) = (one for one in house.contracts() if one["kind"] == "acceptance")
    assert report["state"] == "drafted"
    assert report["reason"].startswith("待审批")
    assert Decimal(report["amount"]) == Decimal(before["amount"]) + 10600


def test_a_name_that_an_order_has_is_no_name_for_an_agreement_alone(
    house: Any, order: Sample
) -> None:
    waiting = order(1) | {"approvals": []}
    house.drop(waiting, "订单.json")
    house.run_until_idle()
    house.drop(sample_nda(1) | {"request_no": waiting["order_no"]}, "保密.json")
    house.drop(sample_nda(2) | {"approvals": []}, "保密二.json")
    done = house.run_until_idle()
    assert (done["rejected"], done["waiting"]) == (1, 2)
    assert "已用于合同" in house.rejected()["保密.json"]

    house.drop(order(2) | {"order_no": "BMSQ-2026-0002", "approvals": []}, "订单二.json")
    assert house.run_until_idle()["rejected"] == 1
    assert "已用于保密协议" in house.rejected()["订单二.json"]


def test_the_schemas_and_examples_are_those_that_are_taken(house: Any, tmp_path: Path) -> None:
    kinds = ("order", "change", "acceptance", "termination", "nda", "authority")
    for name in (f"guidang.{kind}/1" for kind in kinds):
        schema = house.guidang("orders", "schema", name)
        assert json.loads(schema.out)["$id"] == f"urn:{name.replace('/', ':')}"
        example = tmp_path / f"{name.replace('/', '-')}.json"
        example.write_text(house.guidang("orders", "example", name).out, "utf-8")
        checked = house.guidang("orders", "check", str(example), "--json")
        assert checked.code == 0, checked.out
