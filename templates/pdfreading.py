"""PDF reading: the text of every page, by readers that share no code."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
import pypdf
import pypdfium2
from pypdf.errors import PyPdfError

from templates.errors import DocumentUnreadable

MAX_PDF = 50 * 1024 * 1024
MAX_PAGES = 2_000

PYPDF_FAILURES = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
)
"""What pypdf raises over a file it does not understand."""

_ENCRYPTED = "PDF 已加密，不能作为归档文件"

# PDFium keeps global state and must not be entered by two threads at once.
_PDFIUM = threading.Lock()


def pages_of(pdf: bytes) -> tuple[str, ...]:
    """Return the text of every page by PDFium; for PDFs made in the house.

    A foreign PDF can make PDFium run for ever or fill the memory: read those in a child with
    limits. Raises DocumentUnreadable for damage, encryption, no page at all and files too large.
    """
    with opened(pdf) as document:
        return tuple(text_of_page(text_page) for _page, text_page in pages_with_text(document))


def pages_with_text(
    document: pypdfium2.PdfDocument,
) -> Iterator[tuple[pypdfium2.PdfPage, pypdfium2.PdfTextPage]]:
    """Yield every page and its text, one after the other; either is gone when the next comes."""
    for number in range(len(document)):
        page = document[number]
        try:
            text_page = page.get_textpage()
            try:
                yield page, text_page
            finally:
                text_page.close()
        finally:
            page.close()


def text_of_page(text_page: pypdfium2.PdfTextPage) -> str:
    """Return the text of a page as PDFium reads it."""
    return str(text_page.get_text_range())


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open `pdf` in PDFium, for one thread at a time; the same limits as `pages_of`."""
    _refuse_oversize(pdf)
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise DocumentUnreadable([f"PDF 无法打开：{error}"]) from error
        try:
            # An empty user password opens without asking; -1 says there is no encryption.
            if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document) >= 0:
                raise DocumentUnreadable([_ENCRYPTED])
            _refuse_page_count(len(document))
            yield document
        except pypdfium2.PdfiumError as error:
            raise DocumentUnreadable([f"PDF 页面无法读取：{error}"]) from error
        finally:
            document.close()


@contextmanager
def taken_apart(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    """Open `pdf` in qpdf, from memory that has a name: over a stream it takes three times as long.

    Raises DocumentUnreadable for damage, met at once or later, for encryption and for files too
    large.
    """
    _refuse_oversize(pdf)
    handle = os.memfd_create("pdf")
    try:
        with open(handle, "wb", closefd=False) as memory:
            memory.write(pdf)
        with pikepdf.open(f"/proc/self/fd/{handle}") as document:
            if document.is_encrypted:
                raise DocumentUnreadable([_ENCRYPTED])
            _refuse_page_count(len(document.pages))
            yield document
    except pikepdf.PdfError as error:
        raise DocumentUnreadable([f"PDF 无法读取：{type(error).__name__}"]) from error
    finally:
        os.close(handle)


def pages_of_independent(pdf: bytes) -> tuple[str, ...]:
    """Return the text of every page by pypdf, which knows all of PDF, without code of PDFium.

    pypdf can fail silently: no pages and encryption under an empty password are refused here,
    but an empty page text may still mean that it understood nothing.
    """
    _refuse_oversize(pdf)
    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf), strict=False)
        if reader.is_encrypted:
            raise DocumentUnreadable([_ENCRYPTED])
        _refuse_page_count(len(reader.pages))
        return tuple(page.extract_text() for page in reader.pages)
    except PYPDF_FAILURES as error:
        raise DocumentUnreadable([f"PDF 无法读取：{type(error).__name__}"]) from error


def _refuse_oversize(pdf: bytes) -> None:
    if len(pdf) > MAX_PDF:
        raise DocumentUnreadable([f"PDF 过大（{len(pdf)} 字节），上限 {MAX_PDF} 字节"])


def _refuse_page_count(pages: int) -> None:
    if pages == 0:
        raise DocumentUnreadable(["PDF 没有任何页面"])
    if pages > MAX_PAGES:
        raise DocumentUnreadable([f"PDF 页数过多（{pages}），上限 {MAX_PAGES} 页"])
