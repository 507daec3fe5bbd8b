"""Visibility: whether the eye sees in a PDF what a reader of its text finds, and nothing else.

A text reader does not see what lies over the text, nor that it is white, off the page or never
painted. So every page is painted, and where a character is said to stand there must be ink.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from templates.pdfreading import opened

_SCALE = 2
"""Pixels a point: 144 dpi."""

_DARKNESS = 7
"""Of 255, by which a character darkens its box. Measured over the standard documents: printed
characters 13.5 and more, what is left at the edges of characters covered 3.4 at most."""

_FINE = 16
_SHOWN = 20
_PAINTED = {0, 1, 2}
"""Text rendering modes that leave ink: fill, stroke, both."""

_HAZARDS = {
    "/AcroForm": "表单域",
    "/OCProperties": "可隐藏的图层",
    "/AA": "自动动作",
}
_NAMED_HAZARDS = {"/JavaScript": "脚本", "/EmbeddedFiles": "附件"}
_INFO = {"/Title", "/Creator", "/Producer", "/CreationDate", "/ModDate"}


def unseen(pdf: bytes, *, has_drawings: bool, title: str | None = None) -> Iterator[str]:
    """Yield what in `pdf` is said but not seen, or seen but not said.

    `has_drawings` tells that the Word file holds pictures or shapes of its own; `title` is what
    the PDF may say of itself. Out of reach: a glyph drawn as another character than it is coded
    as, and figures drawn with straight lines.
    """
    yield from _hazards(pdf, title)
    with opened(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            try:
                yield from (
                    f"第 {number + 1} 页{each}" for each in _page(page, has_drawings=has_drawings)
                )
            finally:
                page.close()


def _hazards(pdf: bytes, title: str | None) -> Iterator[str]:
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            root = document.Root
            names = root.get("/Names", pikepdf.Dictionary())
            yield from (f"含有{word}" for key, word in _HAZARDS.items() if key in root)
            yield from (f"含有{word}" for key, word in _NAMED_HAZARDS.items() if key in names)
            for number, page in enumerate(document.pages, 1):
                for note in page.get("/Annots", pikepdf.Array()):
                    if note.get("/Subtype") != "/Link":
                        yield f"第 {number} 页有批注或表单域（{note.get('/Subtype')}）"
            for key, text in document.docinfo.items():
                if key not in _INFO:
                    yield f"文档属性中多出“{key}”：{str(text)[:_SHOWN]}"
                elif key == "/Title" and title is not None and str(text) != title:
                    yield f"文档属性中的标题应为“{title}”，实为“{text}”"
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError) as error:
        yield f"的结构无法检查（{type(error).__name__}）"


def _page(page: pypdfium2.PdfPage, *, has_drawings: bool) -> Iterator[str]:
    yield from dict.fromkeys(_objects(page, has_drawings=has_drawings))
    text_page = page.get_textpage()
    try:
        unpainted = "".join(_unpainted(page, text_page))
    finally:
        text_page.close()
    if unpainted:
        shown = unpainted[:_SHOWN] + ("…" if len(unpainted) > _SHOWN else "")
        yield f"有看不见的文字“{shown}”：被遮盖、隐藏或在页面之外"


def _objects(page: pypdfium2.PdfPage, *, has_drawings: bool) -> Iterator[str]:
    for at in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, at)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if pdfium.FPDFTextObj_GetTextRenderMode(item) not in _PAINTED:
                yield "有不印出的文字"
        elif has_drawings:
            continue
        elif kind != pdfium.FPDF_PAGEOBJ_PATH or _is_curved(item):
            yield "有 Word 文件中没有的图形或图片"


def _is_curved(path: pdfium.FPDF_PAGEOBJECT) -> bool:
    return any(
        pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(path, at))
        == pdfium.FPDF_SEGMENT_BEZIERTO
        for at in range(pdfium.FPDFPath_CountSegments(path))
    )


@dataclass(frozen=True, slots=True)
class _Picture:
    """A page as painted, one byte a pixel."""

    pixels: bytes
    stride: int
    width: int
    height: int

    def has_ink(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Return whether the box is on the whole darker than its lightest pixel."""
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, self.width), min(bottom, self.height)
        if left >= right or top >= bottom:
            return False
        starts = range(top * self.stride, bottom * self.stride, self.stride)
        box = b"".join(self.pixels[start + left : start + right] for start in starts)
        return max(box) * len(box) - sum(box) >= _DARKNESS * len(box)


def _unpainted(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> Iterator[str]:
    picture = _painted(page)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for at in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, at)
        char = chr(code)
        if char.isspace() or not char.isprintable() or pdfium.FPDFText_IsGenerated(text_page, at):
            continue
        pdfium.FPDFText_GetCharBox(text_page, at, left, right, bottom, top)
        x0, y0 = _on_picture(page, picture, left.value, top.value)
        x1, y1 = _on_picture(page, picture, right.value, bottom.value)
        begin = min(x0, x1) // _FINE, min(y0, y1) // _FINE
        end = -(min(-x0, -x1) // _FINE), -(min(-y0, -y1) // _FINE)
        if not picture.has_ink(*begin, *end):
            yield char


def _on_picture(page: pypdfium2.PdfPage, picture: _Picture, x: float, y: float) -> tuple[int, int]:
    """Return a point of the page in parts of a pixel, turned and cut as the page is."""
    across, down = ctypes.c_int(), ctypes.c_int()
    width, height = picture.width * _FINE, picture.height * _FINE
    pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
    return across.value, down.value


def _painted(page: pypdfium2.PdfPage) -> _Picture:
    bitmap = page.render(scale=_SCALE, grayscale=True, may_draw_forms=False)
    try:
        return _Picture(bytes(bitmap.buffer), bitmap.stride, bitmap.width, bitmap.height)
    finally:
        bitmap.close()
