"""Golden pages: how the key pages look, 100 dpi in 16 greys (`--approve` writes them anew)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from templates.catalogue import Template
from templates.fields import contract_fields
from templates.terms import ContractTerms

GOLDEN = Path(__file__).parents[4] / "golden" / "pages"
TOLERANCE = 0.001
"""The share of points that may differ: a stroke's edge, not a moved word."""

PAGES = {
    "contract-1": ("contract", 1),
    "contract-signing": ("contract", "甲方（盖章）："),
    "change-signing": ("change", "甲方（盖章）："),
    "termination-signing": ("termination", "甲方（盖章）："),
    "nda-signing": ("nda", "甲方（盖章）："),
    "approval_sheet-1": ("approval_sheet", 1),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_key_page_looks_as_approved(
    printed: Callable[[str], Any], name: str, request: pytest.FixtureRequest
) -> None:
    folder, place = PAGES[name]
    document = printed(folder)
    pages = [n for n, page in enumerate(document.pages, 1) if place in (n, page.text)
             or (isinstance(place, str) and place in page.text)]  # fmt: skip
    _assert_approved(document.image(pages[0]), name, request)


def test_a_price_table_goes_over_the_page_as_approved(
    contract_terms: ContractTerms,
    contract_template: Template,
    printer: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> None:
    lines = tuple(replace(contract_terms.lines[0], line_no=number) for number in range(1, 21))
    fields = contract_fields(replace(contract_terms, lines=lines), contract_template.defaults)
    document = printer(contract_template, fields, "GD-FW-2026-0001")
    last = max(n for n, page in enumerate(document.pages, 1) if "价税合计（元）" in page.text)
    _assert_approved(document.image(last), "contract-price-table", request)


def _assert_approved(image: Image.Image, name: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"{name}.png"
    if request.config.getoption("--approve"):
        path.parent.mkdir(exist_ok=True)
        image.quantize(16, dither=Image.Dither.NONE).save(path, optimize=True)
    approved = Image.open(path).convert("L")
    assert path.stat().st_size < 60_000
    assert image.size == approved.size
    difference = ImageChops.difference(image, approved).point(lambda value: value > 96 and 255)
    share = difference.histogram()[255] / (image.width * image.height)
    assert share <= TOLERANCE, f"{share:.2%} of {name} differs around {difference.getbbox()}"
