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
from archive.outlines import words
from archive.pageframe import POINTS_PER_MM
from archive.qrmark import qr_drawing
from archive.sealway import SealWay
from archive.seam import EVERY_PAGE, GRAIN, SeamPages, Slice, slices
from archive.sheets import Rectangle, Sheets
from archive.stampable import MARK, assert_stampable

QR_NAME: Final = "GDQr"
NOTICE_NAME: Final = "GDNotice"
_QR_WIDTH_MM: Final = 20.0
_QR_INSET_MM: Final = 4.0
"""The QR stands in the corner of page one, outside every margin a contract is printed with."""

_NOTICE_GAP_MM: Final = 0.4
"""Between the QR code's border and the words below it, which are as wide as the code."""

_SHIFT_MM: Final = 5.0
"""The gap between two seam seals that share a page, which stand one below the other."""

Place = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class SealImage:
    """A seal as a one-page PDF, and how large it is in print; it is never scaled to a page.

    `ink` says between which fractions of its width it has colour (`sealink.ink_span`).
    """

    name: str
    pdf: bytes
    width_mm: float
    height_mm: float
    ink: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Imprint:
    """A seal with its centre at a named destination, moved right by `dx_mm`, up by `dy_mm`."""

    seal: SealImage
    destination: str
    dx_mm: float = 0.0
    dy_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class SeamSeal:
    """A seal over the right edges of `pages` (骑缝章), `y_fraction` of the page from the top."""

    seal: SealImage
    y_fraction: float = 0.5
    pages: SeamPages = EVERY_PAGE

    def slices(self, count: int) -> tuple[Slice, ...]:
        """Return the pieces over a document of `count` pages; raises StampRefused."""
        return tuple(slices(self.pages.of(count), self.seal.width_mm, self.seal.ink))


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
    way: SealWay = SealWay.PRINTED

    @property
    def described_as(self) -> str:
        """The subject with what the seals are, as it stands in the file's properties."""
        return "；".join(filter(None, (self.subject, self.way.statement)))


@dataclass(frozen=True, slots=True)
class Stamped:
    """The stamped file; `places` say what stands where.

    Each place has ``what`` (imprint, seam, qr or notice), ``page`` (from 1), the centre of what is
    seen as ``x_mm`` and ``y_mm`` from the upper left corner of the page, and for seals
    ``seal``, with ``destination`` or with ``slice`` (``3/10``).
    """

    pdf: bytes
    pages: int
    places: tuple[Place, ...]


def stamp(pdf: bytes, act: SealingAct) -> Stamped:
    """Return `pdf` with everything in `act` on it, as PDF/A-2b.

    Raises StampRefused where the file may not be stamped, where a destination is missing, a
    seal would not stand wholly on its page or two seals would lie one over the other.
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
    places: list[Place] = _put_imprints(sheets, act.imprints)
    if act.seam is not None:
        places += _put_seam(sheets, act.seam)
    if act.qr_text is not None:
        places.append(_put_qr(sheets, act.qr_text))
    places.append(_put_notice(sheets, act.way))
    sheets.finish()
    document.Root["/PieceInfo"] = pikepdf.Dictionary({str(MARK): _mark(act)})
    describe(
        document,
        Description(
            title=act.title,
            number=act.number,
            subject=act.described_as,
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


def _put_imprints(sheets: Sheets, imprints: tuple[Imprint, ...]) -> list[Place]:
    put: list[tuple[int, Rectangle, str]] = []
    places: list[Place] = []
    for imprint in imprints:
        page, target = imprint_target(sheets, imprint)
        for other_page, other, name in put:
            if page == other_page and target.overlaps(other):
                raise StampRefused(
                    f"印章“{imprint.seal.name}”与“{name}”在第 {page + 1} 页相叠，"
                    "请在用印规则中把偏移改大"
                )
        put.append((page, target, imprint.seal.name))
        sheets.draw(page, sheets.seal(imprint.seal.name, imprint.seal.pdf), target)
        places.append(
            {
                **_place("imprint", page, target, sheets.frames[page].height),
                "seal": imprint.seal.name,
                "destination": imprint.destination,
            }
        )
    return places


def imprint_target(sheets: Sheets, imprint: Imprint) -> tuple[int, Rectangle]:
    """Return page (0-based) and rectangle of a seal; raises StampRefused."""
    page, x, y = sheets.destination(imprint.destination)
    x += imprint.dx_mm * POINTS_PER_MM
    y += imprint.dy_mm * POINTS_PER_MM
    width, height = _size(imprint.seal)
    frame = sheets.frames[page]
    target = Rectangle(x - width / 2, y - height / 2, width, height)
    if not target.is_within(frame.width, frame.height):
        raise StampRefused(f"印章“{imprint.seal.name}”在第 {page + 1} 页会超出页面，不得盖章")
    return page, target


def _put_seam(sheets: Sheets, seam: SeamSeal) -> list[Place]:
    width, height = _size(seam.seal)
    pieces = seam.slices(sheets.count)
    lowest = min((sheets.frames[piece.page].height for piece in pieces), default=0.0)
    places: list[Place] = []
    for piece in pieces:
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
    target = _qr_target(sheets)
    drawing, size = qr_drawing(text)
    sheets.draw(0, sheets.mark(QR_NAME, drawing, size, size), target)
    return _place("qr", 0, target, sheets.frames[0].height)


def _put_notice(sheets: Sheets, way: SealWay) -> Place:
    """Say on page one, under the QR code, what the seals are."""
    drawing, long = words(way.notice)
    above = _qr_target(sheets)
    height = above.width / long
    target = Rectangle(
        above.x, above.y - _NOTICE_GAP_MM * POINTS_PER_MM - height, above.width, height
    )
    sheets.draw(0, sheets.mark(NOTICE_NAME, b"0 g\n" + drawing, long, 1.0), target)
    return _place("notice", 0, target, sheets.frames[0].height)


def _qr_target(sheets: Sheets) -> Rectangle:
    width, inset = _QR_WIDTH_MM * POINTS_PER_MM, _QR_INSET_MM * POINTS_PER_MM
    frame = sheets.frames[0]
    return Rectangle(frame.width - inset - width, frame.height - inset - width, width, width)


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
