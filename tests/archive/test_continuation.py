"""What is put behind a sealed file may sign it and change nothing that anybody sees."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from archive.continuation import continued

Edit = Callable[[IncrementalPdfFileWriter], object]
SIGNING, PRICE = [300, 60, 400, 100], [60, 690, 400, 720]


@pytest.fixture(scope="module")
def sealed() -> bytes:
    with pikepdf.new() as document:
        for words in (b"Total 596500.01", b"The end"):
            page = document.add_blank_page().obj
            font = pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
            )
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            page.Contents = document.make_stream(b"BT /F 12 Tf 72 700 Td (" + words + b") Tj ET")
        packed = io.BytesIO()
        document.save(packed, min_version="1.7")
        return packed.getvalue()


def appended(sealed: bytes, edit: Edit) -> bytes:
    """Return the file with `edit` put behind its last byte."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    edit(writer)
    packed = io.BytesIO()
    writer.write(packed)
    assert packed.getvalue().startswith(sealed)
    assert len(packed.getvalue()) > len(sealed)
    return packed.getvalue()


def page_of(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def stream(writer: IncrementalPdfFileWriter, content: bytes) -> Any:
    return writer.add_object(generic.StreamObject(stream_data=content))


def painted_over(writer: IncrementalPdfFileWriter) -> None:
    page = page_of(writer)
    white = stream(writer, b"1 1 1 rg 60 690 400 30 re f")
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), white])
    writer.update_container(page)


def rewritten(writer: IncrementalPdfFileWriter) -> None:
    content = page_of(writer)["/Contents"]
    content._data = b"BT /F 12 Tf 72 700 Td (Total 1.00) Tj ET"
    content._encoded_data = None
    writer.update_container(content)


def refonted(writer: IncrementalPdfFileWriter) -> None:
    font = page_of(writer)["/Resources"]["/Font"]["/F"]
    font["/BaseFont"] = pdf_name("/Symbol")
    writer.update_container(font)


def reordered(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"] = generic.ArrayObject(reversed(pages["/Kids"]))
    writer.update_container(pages)


def opened_by_script(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("x")}
    )
    writer.update_root()


def annotated(kind: str, rect: list[int], field: str = "", *, is_signed: bool = False) -> Edit:
    def edit(writer: IncrementalPdfFileWriter) -> None:
        one = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name(kind),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, rect)),
            }
        )
        if field:
            one[pdf_name("/FT")] = pdf_name(field)
        if is_signed:
            one[pdf_name("/V")] = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")})
        page = page_of(writer)
        page[pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(one)])
        writer.update_container(page)

    return edit


@pytest.mark.parametrize(
    ("edit", "word", "pages"),
    [
        (painted_over, "页面", [1]),
        (rewritten, "页面", [1]),
        (refonted, "页面", [1]),
        (reordered, "页面", [1, 2]),
        (opened_by_script, "结构", []),
        (annotated("/FreeText", PRICE), "批注", [1]),
        (annotated("/Widget", PRICE, "/Tx"), "表单", [1]),
        (annotated("/Widget", SIGNING, "/Sig"), "表单", [1]),
        (annotated("/Widget", PRICE, "/Sig", is_signed=True), "盖住", [1]),
    ],
)
def test_an_addition_that_changes_what_is_seen_is_told(
    sealed: bytes, edit: Edit, word: str, pages: list[int]
) -> None:
    told = continued(sealed, appended(sealed, edit))
    assert not told["permitted"]
    assert word in told["change"]
    assert told["changed_pages"] == pages


@pytest.mark.parametrize("rect", [SIGNING, [0, 0, 0, 0]], ids=["beside the text", "seen by nobody"])
def test_a_signature_beside_the_text_is_an_addition(sealed: bytes, rect: list[int]) -> None:
    signed = appended(sealed, annotated("/Widget", rect, "/Sig", is_signed=True))
    assert continued(sealed, signed)["permitted"]


def test_a_note_of_the_sealed_file_may_not_vanish(sealed: bytes) -> None:
    def bare(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        page[pdf_name("/Annots")] = generic.ArrayObject()
        writer.update_container(page)

    noted = appended(sealed, annotated("/Stamp", SIGNING))
    assert "删去" in continued(noted, appended(noted, bare))["change"]
    assert continued(noted, noted)["permitted"]


def test_what_cannot_be_read_is_not_permitted(sealed: bytes) -> None:
    assert not continued(sealed, sealed[: len(sealed) // 3])["permitted"]
