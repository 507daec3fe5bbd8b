"""Answers about real papers: pages, changes, dossiers, exports, news; only what one may know."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from pipeline.samplepapers import sample_change

CONTRACT = "GD-HT-2026-FW-0001"
PEOPLE = """
[people."林晓舟"]
roles = ["业务人员"]
department = "别的部门"

[people."门外客"]
roles = ["员工"]
"""


def told_apart(house: Any, order: Callable[..., Any], acceptance: Callable[..., Any]) -> None:
    """A contract, a second one, then a change and a report on the first."""
    for number in (1, 2):
        house.drop(order(number), f"{number}.json")
        assert house.run_until_idle()["filed"] == 1
    assert house.guidang("search", "接入范围", "--save", "变更", "--json").code == 0
    (before,) = house.guidang("searches", "list", "--json").content["searches"]
    assert before["new"] == 0
    house.drop(sample_change(1), "变更.json")
    house.drop(acceptance(1), "验收.json")
    assert house.run_until_idle()["filed"] == 2


def page_texts(house: Any, number: str) -> list[str]:
    files = house.show(number)["files"]
    path = next(house.root / one["path"] for one in files if one["role"] == "sealed")
    pages = PdfReader(io.BytesIO(path.read_bytes())).pages
    return ["".join(page.extract_text().split()) for page in pages]


def assert_the_register_answers(house: Any) -> None:
    """Without an index: in the same language, of the same persons, and saying that it is less."""
    (house.root / "index" / "state.json").unlink()
    hidden = house.guidang("search", CONTRACT, "--as", "门外客", "--json")
    assert (hidden.code, hidden.content["total"]) == (3, 0)
    assert house.guidang("search", CONTRACT, "--as", "林晓舟", "--json").content["total"] == 3
    others = house.guidang("search", f"(编号:{CONTRACT} OR 甲方:无此公司)", "-文种:合同", "--json")
    assert (others.code, others.content["total"]) == (3, 2)
    assert others.content["facets"]["kind"] == {"change": 1, "acceptance": 1}
    assert house.guidang("search", "甲方:(无此公司", "--json").code == 2


@pytest.mark.requirement_part("F-205", "F-305")
def test_answers_tell_pages_changes_and_dossiers_and_keep_what_is_hidden(
    house: Any, order: Callable[..., Any], acceptance: Callable[..., Any], tmp_path: Any
) -> None:
    told_apart(house, order, acceptance)

    (contract,) = house.search(f'编号:"{CONTRACT}"', "文种:合同")["hits"]
    assert contract["changed_by"] == [f"{CONTRACT}-B01"]
    assert contract["amount"] == order(1)["amount"]["total"]
    assert contract["amount_now"] == sample_change(1)["price"]["after_total"]
    shown = house.guidang("search", f'编号:"{CONTRACT}"', "文种:合同").out
    assert (
        f"已由 -B01 变更：金额 {contract['amount']} 元，现为 {contract['amount_now']} 元" in shown
    )

    for words in ("不可抗力", "违约金", "甲方"):
        for hit in house.search(words, "文种:合同")["hits"]:
            texts = page_texts(house, hit["number"])
            holding = [number for number, text in enumerate(texts, 1) if words in text]
            assert hit["pages"], words
            assert set(hit["pages"]) <= set(holding), (words, hit["pages"], holding)
            assert (
                f"第{'、'.join(map(str, hit['pages']))}页：" in house.guidang("search", words).out
            )

    together = house.guidang("search", CONTRACT, "--by-dossier", "--json").content["dossiers"]
    assert [hit["number"] for hit in together[0]["hits"]][:1] == [CONTRACT]
    assert len(together[0]["hits"]) == 3

    (saved,) = house.guidang("searches", "list", "--json").content["searches"]
    assert saved["new"] >= 1
    told = house.guidang("searches", "run", "变更", "--json").content
    assert f"{CONTRACT}-B01" in {hit["number"] for hit in told["hits"]}
    assert house.guidang("searches", "run", "变更", "--json").content["new"] == 0
    assert house.guidang("searches", "remove", "变更", "--json").code == 0
    assert house.guidang("searches", "run", "变更", "--json").code == 2

    target = tmp_path / "结果.xlsx"
    done = house.guidang("search", "--filter", "kind=合同", "--export", str(target), "--json")
    assert done.content["exported_records"] == 2
    assert target.stat().st_size > 1000
    assert house.guidang("search", "--export", str(target)).code == 1

    first = house.search("", "--page-size", "1")["hits"][0]["party_a"]
    assert first in {
        one["text"] for one in house.guidang("suggest", first[:3], "--json").content["suggestions"]
    }

    rules = house.root / "rules" / "access.toml"
    rules.write_text(rules.read_text("utf-8") + PEOPLE, "utf-8")
    assert house.guidang("rules", "check", "--json").code == 0
    own = house.guidang("search", "--as", "林晓舟", "--json").content
    assert own["total"] == house.search("")["total"] == 4  # he handled both orders
    nothing = house.guidang("search", CONTRACT, "--as", "门外客", "--json").content
    assert (nothing["total"], nothing["meant"]) == (0, [])
    assert not any(nothing["facets"].values())
    unknown = house.guidang("search", CONTRACT, "--as", "无此人", "--json")
    assert (unknown.code, unknown.content["error"]["code"]) == (2, "person-unknown")

    before = house.search("不可抗力")
    with sqlite3.connect(house.root / "guidang.db") as base:
        starts = base.execute("SELECT description FROM records ORDER BY id").fetchall()
    base.close()
    assert house.guidang("archive", "rebuild", "--replace", "--json").code == 0
    assert house.search("不可抗力") == before
    assert all("page_starts" in row[0] for row in starts)

    assert_the_register_answers(house)
