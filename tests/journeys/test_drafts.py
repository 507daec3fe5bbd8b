"""Drafts on demand: of a file not dropped yet, and of a paper under way."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops

from archive.errors import StampRefused
from archive.stamping import SealingAct, stamp
from pipeline.drafts import draft_of_file, print_draft
from pipeline.wiring import Workplace
from templates.drafts.mark import DraftMark
from templates.drafts.watermark import has_watermark
from templates.reading import text_of
from templates.wordfile import Wordfile

Sample = Callable[..., dict[str, Any]]


def test_a_file_is_drafted_without_being_taken_in(
    house: Any, order: Sample, tmp_path: Path
) -> None:
    house.drop(order(1), "订单.json")
    file = (house.root / "inbox" / "订单.json").rename(tmp_path / "订单.json")

    made = house.guidang("orders", "draft", str(file), "--out", str(tmp_path / "稿"), "--json")

    assert made.code == 0, made.err
    (path,) = made.content["files"]
    draft = Path(path).read_bytes()
    assert has_watermark(draft)
    assert "（审批完成后编号）" in text_of(draft)
    assert DraftMark.of(Wordfile.open(draft)) == DraftMark(
        order(1)["order_no"], 0, made.content["terms_digest"]
    )
    assert any(finding["code"] == "K18" for finding in made.content["findings"])
    assert house.contracts() == []


def test_what_would_be_refused_is_drafted_and_says_why(
    house: Any, order: Sample, tmp_path: Path
) -> None:
    bad = order(1)
    bad["amount"]["total"] = "1.00"
    house.drop(bad, "坏.json")
    file = (house.root / "inbox" / "坏.json").rename(tmp_path / "坏.json")
    made = house.guidang("orders", "draft", str(file), "--out", str(tmp_path), "--json")
    assert made.code == 3
    assert any(finding["place"] == "amount.total" for finding in made.content["findings"])
    file.write_text("{}")
    made = house.guidang("orders", "draft", str(file), "--json")
    assert made.code == 1
    assert made.content["findings"]


def test_a_paper_under_way_is_drafted_and_a_filed_one_is_not(
    house: Any, order: Sample, tmp_path: Path
) -> None:
    waiting = order(1) | {"approvals": []}
    house.drop(waiting, "待.json")
    house.drop(order(2), "成.json")
    house.run_until_idle()
    words = ("--out", str(tmp_path), "--json")

    made = house.guidang("contracts", "draft", waiting["order_no"], *words)
    assert made.code == 0, made.err
    draft = Path(made.content["files"][0]).read_bytes()
    mark = DraftMark.of(Wordfile.open(draft))
    shown = house.show(waiting["order_no"])
    assert mark == DraftMark(waiting["order_no"], 1, shown["terms_digest"])

    refused = house.guidang("contracts", "draft", order(2)["order_no"], *words)
    assert refused.code == 1
    assert "已用印" in refused.content["error"]["message"]
    assert house.guidang("contracts", "draft", "没有", *words).code == 1


def test_a_draft_on_paper_cannot_be_taken_for_the_contract(house: Any, tmp_path: Path) -> None:
    workplace = Workplace(house.root)
    file = house.root / "samples" / "orders" / "XSDD-2026-0001.json"
    shown = draft_of_file(workplace, file)
    assert "renderer" not in workplace.__dict__, "nothing is converted until it is asked for"
    try:
        plain = workplace.renderer.render(shown.plain)
        pdf = print_draft(workplace, shown)
        watermarked = workplace.renderer.render(shown.docx)
    finally:
        workplace.close()

    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.docinfo["/Title"]).startswith("【草稿】")
        assert "不得签署" in str(document.docinfo["/Subject"])
        with document.open_metadata() as about:
            assert "pdfaid:part" not in about
            assert "草稿" in str(about["dc:title"])
    for marked in (pdf, watermarked):
        for before, after in zip(_pages(plain), _pages(marked), strict=True):
            seen = ImageChops.difference(before, after)
            assert seen.getbbox() is not None, "every page shows the mark"
            assert max(seen.getextrema()) <= 90, "light enough to read through"
    act = SealingAct((), None, "编号", "题名", "单位", datetime(2026, 1, 1, tzinfo=UTC), None)
    with pytest.raises(StampRefused, match="PDF/A"):
        stamp(pdf, act)
    assert list(tmp_path.iterdir()) == [house.root]


def _pages(pdf: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=0.3).to_pil().convert("L") for page in document]
    finally:
        document.close()
