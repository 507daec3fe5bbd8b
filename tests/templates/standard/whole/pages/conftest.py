"""Pages: every standard document printed once, and what stands where on its pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image

from templates.catalogue import Template
from templates.fields import Fields, acceptance_fields, contract_fields, with_number
from templates.filling import fill
from templates.rendering.fonts import prepare_fonts
from templates.rendering.pool import OfficePool

MM = 72 / 25.4
_RULE = 1.5
"""A path thinner than this many points is a rule of a table."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its ink, in points from the lower left corner of the page."""

    char: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs beside one another, in one cell."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        halves = "".join(glyph.char for glyph in self.glyphs)
        return halves.encode("utf-16", "surrogatepass").decode("utf-16")


@dataclass(frozen=True)
class Page:
    """One page: its size in points, the upright rules of its tables, its lines in their order."""

    width: float
    height: float
    rules: tuple[tuple[float, float, float], ...]
    lines: tuple[Line, ...]

    @cached_property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def body(self) -> Iterator[Line]:
        """The lines between header and footer."""
        for line in self.lines:
            if 22 * MM < line.glyphs[0].bottom < self.height - 22 * MM:
                yield line


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as Word file, as PDF, and as what can be seen of it."""

    number: str
    docx: bytes
    pdf: bytes
    pages: tuple[Page, ...]

    def image(self, page: int) -> Image.Image:
        """Return the page, counted from 1, in 16 greys at 100 dpi."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            grey = document[page - 1].render(scale=100 / 72, grayscale=True).to_pil()
        finally:
            document.close()
        return grey.point(lambda value: round(value / 17) * 17)


Print = Callable[..., Printed]


@pytest.fixture(scope="session")
def printer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Print]:
    """Return what fills a template, prints it and looks at the pages."""
    home = tmp_path_factory.mktemp("printer")
    prepare_fonts(home / "fonts")
    with OfficePool(fonts=home / "fonts", work=home / "work", children=1) as pool:

        def printed(template: Template, fields: Fields, number: str) -> Printed:
            docx = fill(template, with_number(fields, number), title=template.code)
            pdf = pool.render(docx)
            return Printed(number, docx, pdf, tuple(_pages(pdf)))

        yield printed


@pytest.fixture(scope="session")
def printed(
    printer: Print,
    samples: Mapping[str, Any],
    request: pytest.FixtureRequest,
) -> Callable[[str], Printed]:
    """Return each standard document by its folder; every one is printed once."""
    done: dict[str, Printed] = {}
    two: dict[str, tuple[Callable[..., Fields], str]] = {
        "contract": (contract_fields, "GD-FW-2026-0001"),
        "acceptance": (acceptance_fields, "GD-FW-2026-0001-YS1"),
    }

    def one(folder: str) -> Printed:
        if folder not in done and folder in two:
            fields, number = two[folder]
            template = request.getfixturevalue(f"{folder}_template")
            terms = request.getfixturevalue(f"{folder}_terms")
            done[folder] = printer(template, fields(terms, template.defaults), number)
        elif folder not in done:
            sample = samples[folder]
            done[folder] = printer(sample.template, sample.fields, sample.number)
        return done[folder]

    return one


def _pages(pdf: bytes) -> Iterator[Page]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        for page in document:
            rules = tuple(_rules(page))
            glyphs = list(_glyphs(page.get_textpage()))
            yield Page(*page.get_size(), rules, tuple(_lines(glyphs, rules)))
    finally:
        document.close()


def _rules(page: Any) -> Iterator[tuple[float, float, float]]:
    for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = found.get_bounds()
        if right - left < _RULE < top - bottom:
            yield (left + right) / 2, bottom, top


def _glyphs(text: Any) -> Iterator[Glyph]:
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, index)
        if pdfium.FPDFText_IsGenerated(text.raw, index) or not chr(code).strip():
            continue
        left, bottom, right, top = text.get_charbox(index)
        yield Glyph(chr(code), left, bottom, right, top)


def _lines(glyphs: list[Glyph], rules: tuple[tuple[float, float, float], ...]) -> Iterator[Line]:
    line = glyphs[:1]
    for before, after in pairwise(glyphs):
        is_apart = any(
            before.right - 1 < x < after.left + 1 and bottom < after.bottom + 4 < top
            for x, bottom, top in rules
        )
        # Marks such as “—” and “，” lie low or high in their line: compare what overlaps.
        is_level = min(before.top, after.top) + 7 > max(before.bottom, after.bottom)
        if is_apart or not is_level or after.left < before.left - 1:
            yield Line(tuple(line))
            line = []
        line.append(after)
    if line:
        yield Line(tuple(line))
