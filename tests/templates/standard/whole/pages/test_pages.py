"""What every printed page of the standard documents keeps to, measured on the PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from templates.proof import assert_complete
from templates.reading import text_of

Print = Callable[[str], Any]
MM = 72 / 25.4
FOLDERS = (
    "contract", "sales", "acceptance", "goods_acceptance", "change", "termination", "nda",
    "authority", "legal_opinion", "approval_sheet", "seal_request",
)  # fmt: skip
SIGNED_BY_BOTH = FOLDERS[:7]
NOT_FIRST = set("，。、；：！？）》】〉」』”’…％%·,.;:!?)]}")
NOT_LAST = set("（《【〈「『“‘￥¥([{$")
MAY_HANG = set("，。、；：）")
AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})*\.\d{2}(?!\d)")
every_document = pytest.mark.parametrize("folder", FOLDERS)


@every_document
def test_nothing_is_lost_and_every_glyph_is_embedded_and_drawn(printed: Print, folder: str) -> None:
    document = printed(folder)

    assert_complete(document.docx, document.pdf)
    assert "\ufffd" not in "".join(page.text for page in document.pages)
    fonts = fonts_of(document.pdf)
    assert fonts
    for name, program in fonts.items():
        assert name.split("+")[-1] in {"GDSong-Regular", "GDSong-Bold", "GDHei-Regular"}
        assert empty_boxes(program) == []


@every_document
def test_text_keeps_off_the_margins_and_is_cut_by_no_cell(printed: Print, folder: str) -> None:
    for page in printed(folder).pages:
        is_portrait = page.height > page.width
        left = (30 if is_portrait else 25) * MM
        right = page.width - 25 * MM
        for line in page.lines:
            assert line.glyphs[0].left >= left - 0.5, line.text
            end = line.glyphs[-1]
            hang = 12 if end.char in MAY_HANG else 0
            assert end.right <= right + 0.5 + hang, line.text
        for line in page.body:
            assert line.glyphs[0].top <= page.height - 29 * MM, line.text
            assert all(glyph.bottom >= 24 * MM for glyph in line.glyphs), line.text
            for glyph in line.glyphs:
                cut = [x for x, low, high in page.rules
                       if glyph.left + 0.6 < x < glyph.right - 0.6
                       and low < (glyph.bottom + glyph.top) / 2 < high]  # fmt: skip
                assert not cut, (line.text, glyph)


@every_document
def test_no_line_begins_or_ends_with_a_mark_that_may_not_stand_there(
    printed: Print, folder: str
) -> None:
    for page in printed(folder).pages:
        for line in page.lines:
            text = line.text
            assert text[0] not in NOT_FIRST, text
            assert text[-1] not in NOT_LAST, text


@every_document
def test_every_page_says_its_number_of_how_many_and_of_what(printed: Print, folder: str) -> None:
    document = printed(folder)
    for number, page in enumerate(document.pages, 1):
        foot = next(line.text for line in page.lines if line.glyphs[0].top < 22 * MM)
        head = page.lines[0].text
        assert document.number in head
        assert foot.replace(" ", "").endswith(
            f"{document.number}第{number}页共{len(document.pages)}页"
        )


@every_document
def test_no_amount_is_broken_over_lines(printed: Print, folder: str) -> None:
    document = printed(folder)
    said = "\n".join(page.text for page in document.pages)

    for amount in set(AMOUNT.findall(text_of(document.docx))):
        whole = re.compile(rf"(?<![\d,]){re.escape(amount)}(?!\d)")
        assert len(whole.findall(said)) == len(whole.findall(text_of(document.docx))), amount


@pytest.mark.parametrize("folder", SIGNED_BY_BOTH)
def test_both_parties_sign_on_one_page_below_text_of_the_body(printed: Print, folder: str) -> None:
    document = printed(folder)
    pages = [page for page in document.pages if "甲方（盖章）：" in page.text]

    assert len(pages) == 1
    lines = [line.text for line in pages[0].body]
    start = next(n for n, text in enumerate(lines) if "甲方（盖章）：" in text)
    block = "".join(lines[start:])
    assert "乙方（盖章）：" in block
    assert block.count("（签字）：") >= 2
    assert block.count("日期：") == 2
    above = [text for text in lines[:start] if "以下无正文" not in text and "签署" not in text]
    assert sum(map(len, above)) > 40, above


def fonts_of(pdf: bytes) -> dict[str, bytes]:
    """Return the program of every font by its name; fails where one is not embedded."""
    found = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for font in (page.resources.get("/Font") or {}).values():
                holder = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                descriptor = holder.FontDescriptor
                assert "/FontFile2" in descriptor, font.BaseFont
                found[str(font.BaseFont)] = descriptor.FontFile2.read_bytes()
    return found


def empty_boxes(program: bytes) -> list[str]:
    """Return the glyphs of a subset that look like its missing one."""
    font = TTFont(io.BytesIO(program))
    glyphs, order = font["glyf"], font.getGlyphOrder()
    missing = glyphs[order[0]]
    return [
        name
        for name in order[1:]
        if missing.numberOfContours > 0
        and glyphs[name].numberOfContours == missing.numberOfContours
        and glyphs[name].coordinates == missing.coordinates
    ]
