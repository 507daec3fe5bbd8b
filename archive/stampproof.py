"""Stamp proof: the pieces of every seal taken from the finished pages and put together (拼合核验).

Geometry is read by another library than wrote it; then a third one draws the pages, and the
pieces laid side by side are compared, dot by dot, with the seal's own image.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Self

import pypdfium2
import pypdfium2.raw as pdfium
from pypdfium2 import PdfiumError

from archive.errors import StampBroken
from archive.pageframe import POINTS_PER_MM, PageFrame
from archive.seam import GRAIN, Slice
from archive.stamping import SealImage, SealingAct
from archive.stampreading import Found, verify_stamp

SCHEMA: Final = "guidang.stamp-proof/1"
_DPI: Final = 200
_INK: Final = 200
"""A dot of the seal's image this dark or darker is ink; 255 is paper."""

_INKED: Final = bytes(range(_INK))
_PAPER: Final = 255
_NEAR: Final = 16
"""How much lighter than the image a dot of ink may come out, of 255."""

_SCALE: Final = _DPI / 72
_ASIDE: Final = 0.02
"""How far right and down everything is drawn, in dots.

A picture is drawn from whole dot to whole dot: at an edge that is a whole number but for
rounding, the seal alone and the seal on its page would come out a dot apart.
"""


@dataclass(frozen=True, slots=True)
class _Picture:
    """Grey dots, row by row from the top."""

    width: int
    height: int
    dots: bytearray


def prove_stamp(pdf: bytes, act: SealingAct) -> dict[str, Any]:
    """Return the proof that `pdf` carries the seals of `act` whole, as JSON values.

    Raises StampBroken where the file is not what was asked for or a dot of a seal is lost.
    """
    read = verify_stamp(pdf, act)
    expected = act.seam.slices(len(read.frames)) if act.seam else ()
    try:
        with _Drawn(pdf, read.frames) as drawn:
            imprints = [
                _imprint(drawn, form, imprint.seal)
                for form, imprint in zip(read.imprints, act.imprints, strict=True)
            ]
            seams = [
                _seam(drawn, act.seam.seal, list(pieces))
                for _, pieces in groupby(
                    zip(expected, read.pieces, strict=True), key=lambda pair: pair[0].group
                )
                if act.seam
            ]
    except PdfiumError as error:
        raise StampBroken([f"文件无法绘出复核：{error}"]) from error
    if lost := [*_lost(imprints, "印章"), *_lost(seams, "骑缝章")]:
        raise StampBroken(lost)
    return {
        "schema": SCHEMA,
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "pages": len(read.frames),
        "dpi": _DPI,
        "way": act.way.value,
        "imprints": imprints,
        "seams": seams,
    }


def _lost(proved: list[dict[str, Any]], what: str) -> Iterator[str]:
    for one in proved:
        if one["lost"]:
            pages = "、".join(map(str, one["pages"][:3]))
            yield f"第 {pages} 页的{what}“{one['seal']}”缺 {one['lost']} 个像素"


def _imprint(drawn: _Drawn, form: Found, seal: SealImage) -> dict[str, Any]:
    whole = _alone(seal)
    span = 0, round(seal.width_mm * POINTS_PER_MM * GRAIN)
    found = _Picture(whole.width, whole.height, bytearray(b"\xff" * len(whole.dots)))
    drawn.copy(form, span, found)
    return {"seal": seal.name, "pages": [form.page + 1], **_compared(whole, found)}


def _seam(drawn: _Drawn, seal: SealImage, pieces: list[tuple[Slice, Found]]) -> dict[str, Any]:
    whole = _alone(seal)
    joined = _Picture(whole.width, whole.height, bytearray(b"\xff" * len(whole.dots)))
    edges = [pieces[0][0].start]
    for piece, form in pieces:
        drawn.copy(form, (piece.start, piece.end), joined)
        edges.append(piece.end)
    gaps = sum(piece.start != before for (piece, _), before in zip(pieces, edges, strict=False))
    return {
        "seal": seal.name,
        "pages": [piece.page + 1 for piece, _ in pieces],
        "pieces": len(pieces),
        "width_mm": round((edges[-1] - edges[0]) / GRAIN / POINTS_PER_MM, 4),
        "gaps": gaps,
        **_compared(whole, joined),
    }


def _compared(whole: _Picture, found: _Picture) -> dict[str, int]:
    ink = len(whole.dots) - len(whole.dots.translate(None, _INKED))
    lost = 0
    for start in range(0, len(whole.dots), whole.width):
        wanted, seen = (each.dots[start : start + whole.width] for each in (whole, found))
        if wanted != seen:
            lost += sum(
                shown > dot + _NEAR for dot, shown in zip(wanted, seen, strict=True) if dot < _INK
            )
    return {"dots": ink, "lost": lost}


def _alone(seal: SealImage) -> _Picture:
    """Return the seal's own image as large as in print."""
    document = pypdfium2.PdfDocument(seal.pdf)
    try:
        page = document[0]
        width = seal.width_mm * POINTS_PER_MM * _SCALE
        height = seal.height_mm * POINTS_PER_MM * _SCALE
        return _draw(
            page,
            math.ceil(width),
            math.ceil(height),
            (width / page.get_width(), height / page.get_height(), _ASIDE, _ASIDE),
        )
    finally:
        document.close()


class _Drawn:
    """The finished file, drawn piece by piece on the same grid as the seal's own image."""

    def __init__(self, pdf: bytes, frames: tuple[PageFrame, ...]) -> None:
        self._document = pypdfium2.PdfDocument(pdf)
        self._frames = frames

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def copy(self, form: Found, span: tuple[int, int], onto: _Picture) -> None:
        """Draw `form` between the grains `span` and keep the darker dots in `onto`."""
        first = math.floor(span[0] / GRAIN * _SCALE)
        last = min(math.ceil(span[1] / GRAIN * _SCALE), onto.width)
        frame = self._frames[form.page]
        top = frame.height - form.bottom - form.height
        scale = _SCALE * frame.unit
        piece = _draw(
            self._document[form.page],
            last - first,
            onto.height,
            (scale, scale, _ASIDE - form.left * _SCALE - first, _ASIDE - top * _SCALE),
        )
        for row in range(onto.height):
            start = row * onto.width + first
            seen = piece.dots[row * piece.width : (row + 1) * piece.width]
            kept = onto.dots[start : start + piece.width]
            is_paper = kept.count(_PAPER) == len(kept)
            darker = seen if is_paper else bytes(map(min, kept, seen))
            onto.dots[start : start + piece.width] = darker


def _draw(
    page: Any, width: int, height: int, placed: tuple[float, float, float, float]
) -> _Picture:
    """Draw `page` scaled and moved by `placed` (across, down, right, down) onto white paper."""
    across, down, right, below = placed
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, pdfium.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    matrix = pdfium.FS_MATRIX(across, 0, 0, down, right, below)
    clip = pdfium.FS_RECTF(0, 0, width, height)
    pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, pdfium.FPDF_ANNOT)
    rows = bytes(bitmap.buffer)
    dots = bytearray().join(
        rows[start : start + width] for start in range(0, bitmap.stride * height, bitmap.stride)
    )
    return _Picture(width, height, dots)
