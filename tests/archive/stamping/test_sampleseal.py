"""A sample seal says that it is one, is always the same, and can be read however long the name."""

from __future__ import annotations

import io
from collections.abc import Callable
from math import cos, radians, sin

import pytest
from PIL import Image
from pypdf import PdfReader

from archive.errors import SealRefused
from archive.sampleseal import sample_seal

NAMES = [
    "样品店",
    "北京示例科技有限公司",
    "示例网络技术（北京）有限公司",
    "上海样本工程（集团）股份有限公司",
    "示例网络技术服务（北京）自由贸易试验区分公司第一分支机构",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_seal_is_always_the_same_small_and_without_fonts(name: str) -> None:
    seal = sample_seal(name)
    page = PdfReader(io.BytesIO(seal.pdf)).pages[0]

    assert sample_seal(name) == seal
    assert len(seal.pdf) < 20_000
    assert "/Font" not in page["/Resources"]
    assert page.extract_text() == ""
    assert (float(page.mediabox.width), seal.width_mm) == (
        pytest.approx(40 / 25.4 * 72, abs=0.001),
        40,
    )
    assert "样章" in seal.name


@pytest.mark.parametrize("name", NAMES)
def test_the_name_on_the_arc_touches_neither_border_nor_title(
    name: str, pictures: Callable[..., list[Image.Image]]
) -> None:
    (picture,) = pictures(sample_seal(name).pdf, 254)
    middle, red = picture.width / 2, 0

    def is_red(x: float, y: float) -> bool:
        return picture.getpixel((round(middle + x * 10), round(middle + y * 10)))[2] < 128

    for degrees in range(360):
        ring = [(r * cos(radians(degrees)), r * sin(radians(degrees))) for r in (18.4, 12.6)]
        red += is_red(*ring[0])
        # Inside the arc only star, mark and title stand, all of them below 12.6 mm.
        red += is_red(*ring[1]) and not 48 < degrees < 132
    assert red == 0
    # The foot of the seal belongs to the title alone.
    assert not any(is_red(x / 10, 15.2) for x in range(-100, 100))


def test_the_mark_is_on_every_seal(pictures: Callable[..., list[Image.Image]]) -> None:
    def mark(name: str) -> bytes:
        (picture,) = pictures(sample_seal(name).pdf, 254)
        return picture.crop((140, 245, 260, 290)).tobytes()

    marks = {mark(name) for name in NAMES}
    assert len(marks) == 1
    assert min(marks.pop()) < 60


@pytest.mark.parametrize("name", ["", "  ", "字" * 51, "有限公司\U0001f600"])
def test_a_name_that_cannot_be_drawn_is_refused(name: str) -> None:
    with pytest.raises(SealRefused):
        sample_seal(name)
