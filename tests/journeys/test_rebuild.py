"""Register and index deleted, then restored from the archive folder alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.sampleseals import MANAGER

TABLES = {
    "instruments": "kind, order_no, round, revision, source_sha256, state, type_code, title,"
    " party_a, party_b, amount, template_code, template_version, template_digest, terms_digest,"
    " number, received_at, numbered_at, sealed_at, filed_at",
    "dossiers": "code, order_no, contract_number, title, fonds, series, year, retention,"
    " retention_basis, office, secrecy, volume_no, file_plan_digest, object_path, head, opened_at",
    "records": "reference_code, item_no, kind, number, title, responsible, formed_on, pages,"
    " source_sha256, version, filed_at, filed_by, description",
    "renditions": "role, path, media_type, bytes, sha256, sm3",
    "events": "chain, seq, at, actor, action, subject, details, previous, hash",
    "approvals": "step, person, post, at, opinion, source, terms_digest, voided_at, void_reason",
    "counters": "series, year, last",
    "numbers": "series, year, value, text, holder, taken_at, voided_at, void_reason",
    "seal_uses": "number, seal_code, seal_digest, file_sha256, sealed_sha256, terms_digest, pages,"
    " copies, places, requested_by, approved_by, keeper, at",
    "seal_requests": "terms_digest, round, file_class, seal_kinds, amount, requested_by,"
    " approved_by, reason, at, expires_at, rules_digest",
    "seal_changes": "seal_code, seq, at, act, by, second, reason, state, seal",
}


def plain(value: Any) -> Any:
    """Return a JSON column's content with its keys in one order; anything else as it is."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        return json.dumps(json.loads(value), sort_keys=True)
    return value


def contents(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every table's rows without their private keys, sorted."""
    with sqlite3.connect(database) as connection:
        rows = {
            table: sorted(
                (
                    tuple(map(plain, row))
                    for row in connection.execute(f"SELECT {columns} FROM {table}")
                ),
                key=repr,
            )
            for table, columns in TABLES.items()
        }
    connection.close()
    return rows


@pytest.mark.requirement_part("F-207")
def test_register_and_index_come_back_equal_from_the_archive_alone(
    house: Any, order: Callable[..., Any], acceptance: Callable[..., Any]
) -> None:
    for number in (1, 2, 3):
        house.drop(order(number), f"{number}.json")
    house.drop(acceptance(2), "验收.json")
    assert house.run_until_idle()["filed"] == 4
    before = contents(house.root / "guidang.db")
    hits = house.search("阿依努尔")

    for leftover in house.root.glob("guidang.db*"):
        leftover.unlink()
    shutil.rmtree(house.root / "index")
    rebuilt = house.guidang("archive", "rebuild", "--json")

    assert rebuilt.code == 0, rebuilt.err
    assert rebuilt.content["dossiers"] == 3
    assert rebuilt.content["records"] == 4
    assert rebuilt.content["events"] == len(before["events"])
    assert contents(house.root / "guidang.db") == before
    assert house.search("阿依努尔") == hits
    assert house.guidang("archive", "verify", "--json").code == 0

    house.drop(order(4), "4.json")
    assert house.run_until_idle()["filed"] == 1
    assert house.contracts()[0]["contract_number"].endswith("-0004")


def put_seals(house: Any, state: str) -> None:
    for code in ("HTZ-01", "GZ-01"):
        said = ("seals", "state", code, state, "--reason", "核对", "--as", MANAGER)
        assert house.guidang(*said).code == 0


def test_a_number_taken_by_a_paper_under_way_is_not_given_twice_after_a_rebuild(
    house: Any, order: Callable[..., Any]
) -> None:
    put_seals(house, "停用")
    house.drop(order(1), "1.json")
    assert house.run_until_idle()["failed"] == 1
    (parked,) = house.contracts()
    assert parked["state"] == "numbered"

    for leftover in house.root.glob("guidang.db*"):
        leftover.unlink()
    assert house.guidang("archive", "rebuild", "--json").content["requeued"] == 1
    put_seals(house, "启用")
    house.drop(order(2), "2.json")
    assert house.run_until_idle()["filed"] == 2
    numbers = {one["order_no"]: one["contract_number"] for one in house.contracts()}
    assert numbers["XSDD-2026-0001"] == parked["contract_number"]
    assert len(set(numbers.values())) == 2


def test_a_register_that_stands_is_not_replaced_without_being_asked(
    house: Any, order: Callable[..., Any]
) -> None:
    house.drop(order(1), "1.json")
    house.run_until_idle()
    refused = house.guidang("archive", "rebuild", "--json")
    assert refused.code == 1
    assert refused.content["error"]["code"] == "register-stands"
    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    assert len(list(house.root.glob("guidang.db.*"))) >= 1
    assert len(house.contracts()) == 1


def test_a_lost_index_is_told_and_comes_back_with_the_next_work(
    house: Any, order: Callable[..., Any]
) -> None:
    house.drop(order(1), "1.json")
    house.run_until_idle()
    shutil.rmtree(house.root / "index")

    told = house.guidang("search", "服务合同", "--json")
    assert told.code == 3
    assert "正文未查" in told.content["notice"]
    assert told.content["total"] == 1
    assert house.guidang("search", "没有这个", "--json").content["total"] == 0

    house.drop(order(2), "2.json")
    house.run_until_idle()
    assert house.search("服务合同")["total"] == 2
    shutil.rmtree(house.root / "index")
    house.run_until_idle()
    assert house.search("服务合同")["total"] == 2
    assert house.guidang("index", "rebuild", "--json").content["records"] == 2
    assert house.search("服务合同")["total"] == 2

    for engine in ("tantivy", "tantivy", "whoosh"):
        assert house.guidang("index", "switch", engine, "--json").content["records"] == 2
        assert house.guidang("index", "status", "--json").content["engine"] == engine
        assert house.search("服务合同")["total"] == 2
    assert house.guidang("index", "switch", "postgres", "--json").content["error"]["code"] == (
        "engine-missing"
    )
    assert house.guidang("search", "(服务", "--json").code == 2
