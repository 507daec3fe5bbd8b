"""Builders for the rendering tests: our faces, small Word documents, one pool for most tests."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from templates.errors import RendererMissing
from templates.rendering.fonts import prepare_fonts
from templates.rendering.installed import find_office
from templates.rendering.pool import OfficePool

Paper = Callable[..., bytes]


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of prepared faces; the first run on a machine derives them."""
    folder = tmp_path_factory.mktemp("home") / "fonts"
    try:
        find_office()
        prepare_fonts(folder)
    except RendererMissing as missing:
        pytest.skip(str(missing))
    return folder


@pytest.fixture(scope="session")
def paper() -> Paper:
    """Return a maker of Word documents: lines of text, a face, a bookmark on the last line."""

    def make(*lines: str, family: str = "宋体", bold: bool = False, bookmark: str = "") -> bytes:
        document = Document()
        for line in lines:
            run = document.add_paragraph().add_run(line)
            run.bold = bold
            run.font.size = Pt(12)
            run.font.name = "Times New Roman"
            run.element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), family)
        if bookmark:
            for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
                element = OxmlElement(tag)
                element.set(qn("w:id"), "7")
                if tag == "w:bookmarkStart":
                    element.set(qn("w:name"), bookmark)
                document.paragraphs[-1]._p.append(element)
        packed = io.BytesIO()
        document.save(packed)
        return packed.getvalue()

    return make


@pytest.fixture(scope="session")
def pool(fonts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficePool]:
    """Return a pool of one child, which no test may leave broken."""
    with OfficePool(fonts=fonts, work=tmp_path_factory.mktemp("offices"), children=1) as pool:
        yield pool


@pytest.fixture(scope="session")
def text_in() -> Callable[[bytes], str]:
    """Return a reader of all text of a PDF."""

    def read(pdf: bytes) -> str:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return "".join(page.get_textpage().get_text_range() for page in document)
        finally:
            document.close()

    return read
