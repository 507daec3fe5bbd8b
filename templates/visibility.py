"""Visibility: whether the eye sees in a PDF what a reader of its text finds, and nothing else.

A text reader does not see what lies over the text, nor that it is white, off the page or never
painted. So every page is painted, and where a character is said to stand there must be ink.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from templates.pdfreading import opened, pages_with_text, text_of_page

_SCALE = 2
"""Pixels a point: 144 dpi."""

_DARKNESS = 7
"""Of 255, by which a character darkens its box. Measured over the standard documents: printed
characters 13.5 and more, what is left at the edges of characters covered 3.4 at most."""

_PALE = bytes(range(128, 256))
_DEPTH = 128
"""By how much at least a pixel that is not pale darkens a box whose lightest is white."""

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


@dataclass(frozen=True, slots=True)
class Seen:
    """What PDFium reads and paints: the text of every page, and what is said but not seen."""

    pages: tuple[str, ...]
    problems: tuple[str, ...]


def look_at(pdf: bytes, *, has_drawings: bool) -> Seen:
    """Read and paint every page of `pdf`; raises DocumentUnreadable.

    `has_drawings` tells that the Word file holds pictures or shapes of its own. Out of reach: a
    glyph drawn as another character than it is coded as, and figures drawn with straight lines.
    """
    pages: list[str] = []
    problems: list[str] = []
    with opened(pdf) as document:
        for number, (page, text_page) in enumerate(pages_with_text(document), 1):
            pages.append(text_of_page(text_page))
            found = _page(page, text_page, has_drawings=has_drawings)
            problems += (f"第 {number} 页{each}" for each in found)
    return Seen(tuple(pages), tuple(problems))


def hazards(document: pikepdf.Pdf, title: str | None) -> Iterator[str]:
    """Yield what a page does not show and a reader's program may: layers, scripts, notes.

    `title` is what the PDF may say of itself.
    """
    try:
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
        yield unreadable(error)


def unreadable(error: Exception) -> str:
    """Return what to say where the structure cannot be looked through."""
    return f"的结构无法检查（{type(error).__name__}）"


def _page(
    page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, *, has_drawings: bool
) -> Iterator[str]:
    yield from dict.fromkeys(_objects(page, has_drawings=has_drawings))
    unpainted = "".join(_unpainted(page, text_page))
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
        wanted = _DARKNESS * (right - left) * (bottom - top)
        # What a third of the rows darken the box by is the least that all of them do.
        some = self._rows(left, top, right, bottom, step=3)
        if b"\xff" in some and len(some.translate(None, _PALE)) * _DEPTH >= wanted:
            return True
        box = self._rows(left, top, right, bottom, step=1)
        return max(box) * len(box) - sum(box) >= wanted

    def _rows(self, left: int, top: int, right: int, bottom: int, *, step: int) -> bytes:
        pixels, stride = self.pixels, self.stride
        starts = range(top * stride, bottom * stride, step * stride)
        return b"".join([pixels[start + left : start + right] for start in starts])


def _unpainted(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> Iterator[str]:
    picture = _painted(page)
    placed = _placing(page, picture)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    sides = tuple(ctypes.byref(each) for each in (left, right, bottom, top))
    text = text_page.raw
    for at in range(pdfium.FPDFText_CountChars(text)):
        char = chr(_code_of(text, at))
        if char.isspace() or not char.isprintable():
            continue
        _box_of(text, at, *sides)
        box = placed(left.value, top.value, right.value, bottom.value)
        if not picture.has_ink(*box) and not pdfium.FPDFText_IsGenerated(text, at):
            yield char


def _held(function: Any) -> Any:
    """Return `function` called without letting other threads in between.

    It is called for every character and takes less time than letting them in and waiting.
    """
    prototype: Any = ctypes.PYFUNCTYPE(function.restype, *function.argtypes)
    return prototype(ctypes.cast(function, ctypes.c_void_p).value)


_code_of = _held(pdfium.FPDFText_GetUnicode)
_box_of = _held(pdfium.FPDFText_GetCharBox)

_Box = tuple[int, int, int, int]


def _placing(page: pypdfium2.PdfPage, picture: _Picture) -> Callable[..., _Box]:
    """Return what turns a box on the page (left, top, right, bottom) into one of whole pixels.

    A page is turned, cut and scaled alike at every place, so three points tell all others.
    """
    far = 1_000.0
    (zero_x, zero_y), (right_x, right_y), (up_x, up_y) = (
        _on_picture(page, picture, x, y) for x, y in ((0.0, 0.0), (far, 0.0), (0.0, far))
    )
    across_x, across_y = (right_x - zero_x) / far / _FINE, (right_y - zero_y) / far / _FINE
    along_x, along_y = (up_x - zero_x) / far / _FINE, (up_y - zero_y) / far / _FINE
    start_x, start_y = zero_x / _FINE, zero_y / _FINE

    def placed(left: float, top: float, right: float, bottom: float) -> _Box:
        x0 = start_x + across_x * left + along_x * top
        y0 = start_y + across_y * left + along_y * top
        x1 = start_x + across_x * right + along_x * bottom
        y1 = start_y + across_y * right + along_y * bottom
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        return floor(x0), floor(y0), ceil(x1), ceil(y1)

    return placed


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
