"""The proof of a filed paper as a record and a page, and a paper that fails its proof."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.commands.progress import SilentProgress
from pipeline.wiring import Workplace
from pipeline.worker import Worker
from templates.rendering.renderer import Renderer

Sample = Callable[..., dict[str, Any]]


@pytest.mark.requirement_part("G-104", "P-303", "P-305")
def test_a_filed_contract_carries_its_proof_as_a_record_and_as_a_page(
    house: Any, order: Sample, tmp_path: Path
) -> None:
    content = order(1)
    house.drop(content, "订单.json")
    house.run_until_idle()
    (filed,) = house.contracts()
    number = filed["contract_number"]

    told = house.guidang("contracts", "proof", number, "--json").content["proof"]
    said = {field["path"]: field for field in told["fields"]}
    assert said["contract.no"]["value"] == number
    assert said["amount.total_upper"]["value"] == content["amount"]["total_upper"]
    assert said["party_a.name"]["label"] == "甲方全称"
    assert all(place["word"] for field in told["fields"] for place in field["places"])
    assert max(place["page"] for f in told["fields"] for place in f["places"]) <= told["pages"]
    assert told["readers"] == {"qpdf": "一致", "PDFium": "一致"}

    shown = house.guidang("contracts", "proof", number)
    assert f"这 {told['field_count']} 个字段已填写，其余与模板逐字一致" in shown.out
    assert f"甲方全称：{content['party_a']['name']}　〔正文第" in shown.out

    page = tmp_path / "核验.html"
    assert house.guidang("contracts", "proof", number, "--html", str(page)).code == 0
    files = {one["role"]: one for one in house.show(number)["files"]}
    assert page.read_bytes() == (house.root / files["proof_page"]["path"]).read_bytes()
    text = page.read_text("utf-8")
    assert f"这 {told['field_count']} 个字段已填写" in text
    assert files["proof"]["sha256"] in text
    assert not re.search(r"src=|href=|url\(|@import|<script", text)


def test_a_paper_not_filed_yet_has_no_proof_to_show(house: Any) -> None:
    answer = house.guidang("contracts", "proof", "无此编号", "--json")
    assert answer.code == 1
    assert answer.content["error"]["code"] == "not-found"


class _Misprinting:
    """A printer that prints one digit of the total price wrong."""

    def __init__(self, printer: Renderer, right: str, wrong: str) -> None:
        self._printer, self._change = printer, (right.encode(), wrong.encode())

    def render(self, docx: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(target, "w") as package:
            for name in source.namelist():
                package.writestr(name, source.read(name).replace(*self._change))
        return self._printer.render(target.getvalue())

    def warm(self) -> None:
        self._printer.warm()

    def close(self) -> None:
        self._printer.close()


@pytest.mark.requirement_part("P-305")
def test_a_contract_printed_wrong_stops_with_the_field_named_and_goes_on_once_mended(
    house: Any, order: Sample
) -> None:
    content = order(1)
    total = f"{float(content['amount']['total']):,.2f}"
    wrong = total[:-1] + ("1" if total[-1] != "1" else "2")
    house.drop(content, "坏印.json")
    house.drop(order(2), "也坏.json")
    workplace = Workplace(house.root)
    workplace.__dict__["renderer"] = _Misprinting(workplace.renderer, f"￥{total}", f"￥{wrong}")
    try:
        Worker(workplace, SilentProgress()).run(until_idle=True)
    finally:
        workplace.close()

    stopped = {one["order_no"]: one for one in house.contracts()}[content["order_no"]]
    assert stopped["state"] == "numbered"
    reason = stopped["reason"]
    assert "字段“含税总价”（amount.total）" in reason
    assert "PDF 缺" in reason
    assert f"￥{wrong}" in reason
    assert re.search(r"Word 文件正文第 \d+ 段", reason)

    house.drop(content, "再来.json")
    assert house.run_until_idle()["failed"] == 0
    papers = house.contracts()
    assert {one["state"] for one in papers} == {"filed"}
    assert stopped["contract_number"] in {one["contract_number"] for one in papers}
