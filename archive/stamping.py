"""Stamping: seals, seam seal and QR code put on a PDF/A in one pass (盖章).

The same file and the same act give the same bytes, on any day and any machine. The visible
seal is an image and no electronic signature; what it was put on is proved by the register.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pikepdf

from archive.description import Description, describe, pdf_date
from archive.errors import StampRefused
from archive.fontorder import order_fonts
from archive.pageframe import POINTS_PER_MM
from archive.seam import GRAIN, slices
from archive.sheets import Rectangle, Sheets
from archive.stampable import MARK, assert_stampable

QR_NAME: Final = "GDQr"
_QR_WIDTH_MM: Final = 20.0
_QR_INSET_MM: Final = 4.0
"""The QR stands in the corner of page one, outside every margin a contract is printed with."""

_SHIFT_MM: Final = 5.0
"""The gap between two seam seals that share a page, which stand one below the other."""

Place = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class SealImage:
    """A seal as a one-page PDF, and how large it is in print; it is never scaled to a page."""

    name: str
    pdf: bytes
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Imprint:
    """A seal with its centre at a named destination, moved right by `dx_mm`, up by `dy_mm`."""

    seal: SealImage
    destination: str
    dx_mm: float = 0.0
    dy_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class SeamSeal:
    """A seal over the right edges of all pages (骑缝章), `y_fraction` of the page from the top."""

    seal: SealImage
    y_fraction: float = 0.5


@dataclass(frozen=True, slots=True)
class SealingAct:
    """All that is put on one file at once, and what the file says about itself afterwards."""

    imprints: tuple[Imprint, ...]
    seam: SeamSeal | None
    number: str
    title: str
    creator: str
    made_at: datetime
    qr_text: str | None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Stamped:
    """The stamped file; `places` say what stands where.

    Each place has ``what`` (imprint, seam or qr), ``page`` (from 1), the centre of what is
    seen as ``x_mm`` and ``y_mm`` from the upper left corner of the page, and for seals
    ``seal``, with ``destination`` or with ``slice`` (``3/10``).
    """

    pdf: bytes
    pages: int
    places: tuple[Place, ...]


def stamp(pdf: bytes, act: SealingAct) -> Stamped:
    """Return `pdf` with everything in `act` on it, as PDF/A-2b.

    Raises StampRefused where the file may not be stamped, where a destination is missing or
    a seal would not stand wholly on its page.
    """
    try:
        # From a path pikepdf maps the file, which is twice as fast as reading bytes in memory.
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            with pikepdf.open(file.name) as document:
                return _stamp(document, act)
    except pikepdf.PasswordError as error:
        raise StampRefused("文件已加密，不得盖章") from error
    except (pikepdf.PdfError, ValueError) as error:
        raise StampRefused(f"文件无法盖章：{error}") from error


def _stamp(document: pikepdf.Pdf, act: SealingAct) -> Stamped:
    assert_stampable(document)
    order_fonts(document)
    sheets = Sheets(document)
    places: list[Place] = [_put_imprint(sheets, imprint) for imprint in act.imprints]
    if act.seam is not None:
        places += _put_seam(sheets, act.seam)
    if act.qr_text is not None:
        places.append(_put_qr(sheets, act.qr_text))
    sheets.finish()
    document.Root["/PieceInfo"] = pikepdf.Dictionary({str(MARK): _mark(act)})
    describe(
        document,
        Description(
            title=act.title,
            number=act.number,
            subject=act.subject,
            creator=act.creator,
            made_at=act.made_at,
        ),
    )
    written = io.BytesIO()
    document.save(
        written,
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return Stamped(pdf=written.getvalue(), pages=sheets.count, places=tuple(places))


def _mark(act: SealingAct) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(
        LastModified=pdf_date(act.made_at), Private=pikepdf.Dictionary(Number=act.number)
    )


def _put_imprint(sheets: Sheets, imprint: Imprint) -> Place:
    page, x, y = sheets.destination(imprint.destination)
    x += imprint.dx_mm * POINTS_PER_MM
    y += imprint.dy_mm * POINTS_PER_MM
    width, height = _size(imprint.seal)
    frame = sheets.frames[page]
    target = Rectangle(x - width / 2, y - height / 2, width, height)
    if not target.is_within(frame.width, frame.height):
        raise StampRefused(f"印章“{imprint.seal.name}”在第 {page + 1} 页会超出页面，不得盖章")
    sheets.draw(page, sheets.seal(imprint.seal.name, imprint.seal.pdf), target)
    return {
        **_place("imprint", page, target, frame.height),
        "seal": imprint.seal.name,
        "destination": imprint.destination,
    }


def _put_seam(sheets: Sheets, seam: SeamSeal) -> list[Place]:
    width, height = _size(seam.seal)
    lowest = min(frame.height for frame in sheets.frames)
    places: list[Place] = []
    for piece in slices(sheets.count, seam.seal.width_mm):
        frame = sheets.frames[piece.page]
        from_top = _seam_top(seam, lowest, height, odd=piece.group % 2 == 1)
        bottom = frame.height - from_top - height
        wide = (piece.end - piece.start) / GRAIN
        visible = Rectangle(frame.width - wide, bottom, wide, height)
        whole = Rectangle(frame.width - piece.end / GRAIN, bottom, width, height)
        name = sheets.seal(seam.seal.name, seam.seal.pdf)
        sheets.draw(piece.page, name, whole, clip=visible)
        places.append(
            {
                **_place("seam", piece.page, visible, frame.height),
                "seal": seam.seal.name,
                "slice": f"{piece.number}/{piece.of}",
            }
        )
    return places


def _seam_top(seam: SeamSeal, page_height: float, height: float, *, odd: bool) -> float:
    """Return how far below the upper edge a seam seal begins, the same on all its pages."""
    top = page_height * seam.y_fraction - height / 2
    shift = height + _SHIFT_MM * POINTS_PER_MM
    if odd:
        top = top + shift if top + shift + height <= page_height else top - shift
    if not 0 <= top <= page_height - height:
        raise StampRefused(f"骑缝章“{seam.seal.name}”会超出页面，不得盖章")
    return top


def _put_qr(sheets: Sheets, text: str) -> Place:
    width, inset = _QR_WIDTH_MM * POINTS_PER_MM, _QR_INSET_MM * POINTS_PER_MM
    frame = sheets.frames[0]
    target = Rectangle(frame.width - inset - width, frame.height - inset - width, width, width)
    sheets.draw(0, sheets.qr(QR_NAME, text), target)
    return _place("qr", 0, target, frame.height)


def _size(seal: SealImage) -> tuple[float, float]:
    if seal.width_mm <= 0 or seal.height_mm <= 0:
        raise StampRefused(f"印章“{seal.name}”的尺寸无效")
    return seal.width_mm * POINTS_PER_MM, seal.height_mm * POINTS_PER_MM


def _place(
    what: str, page: int, target: Rectangle, page_height: float
) -> dict[str, str | int | float]:
    return {
        "what": what,
        "page": page + 1,
        "x_mm": round((target.x + target.width / 2) / POINTS_PER_MM, 2),
        "y_mm": round((page_height - target.y - target.height / 2) / POINTS_PER_MM, 2),
    }
