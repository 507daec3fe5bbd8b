"""Copying: marked copies made from a sealed file, which itself is never written (派生副本).

The same sealed file and the same mark give the same bytes, so that a copy proves where it
comes from: whoever holds the sealed file makes the copy again and compares.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

import pikepdf

from archive.description import Description, describe
from archive.errors import CopyRefused
from archive.outlines import words
from archive.pageframe import POINTS_PER_MM
from archive.sheets import Rectangle, Sheets
from archive.stampable import MARK

_RED: Final = b"0.85 0 0 rg\n"
_HEIGHT_MM: Final = 4.5
_LEFT_MM: Final = 10.0
_TOP_MM: Final = 5.0
_VOID_MM: Final = 60.0
"""How high 作废 is across a page; half of what a page is wide at most."""

_VOID_RED: Final = b"0.95 0.3 0.3 rg\n"
_MOST_COPIES: Final = 99


class CopyKind(StrEnum):
    """What a copy is marked as."""

    ORIGINAL = "正本"
    DUPLICATE = "副本"
    VOID = "作废"


@dataclass(frozen=True, slots=True)
class CopyMark:
    """What a copy says of itself; `nth` of `of` are 0 on a void one, which is not counted."""

    kind: CopyKind
    nth: int = 0
    of: int = 0

    @property
    def text(self) -> str:
        """The words on the copy."""
        if self.kind is CopyKind.VOID:
            return self.kind.value
        return f"{self.kind.value} 第{self.nth}份/共{self.of}份"

    def checked(self) -> Self:
        """Return this, or raise CopyRefused where the count makes no sense."""
        counted = self.kind is not CopyKind.VOID
        if counted and not 1 <= self.nth <= self.of <= _MOST_COPIES:
            raise CopyRefused(
                f"第 {self.nth} 份/共 {self.of} 份不成立：份数应在 1 至 {self.of} 之间"
            )
        if not counted and (self.nth, self.of) != (0, 0):
            raise CopyRefused("作废件不编份号")
        return self


def derive(sealed: bytes, mark: CopyMark) -> bytes:
    """Return a copy of `sealed` that says on its pages and of itself what it is, as PDF/A-2b.

    Signatures do not survive a copy: their appearance stays, and the copy says that the
    sealed file alone carries them. Raises CopyRefused.
    """
    mark.checked()
    try:
        with pikepdf.open(io.BytesIO(sealed)) as document:
            number = _number(document)
            signed = _without_fields(document)
            _draw(document, mark)
            _say(document, mark, number, hashlib.sha256(sealed).hexdigest(), signed=signed)
            written = io.BytesIO()
            document.save(
                written,
                deterministic_id=True,
                compress_streams=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
            return written.getvalue()
    except (pikepdf.PdfError, ValueError) as error:
        raise CopyRefused(f"文件无法制作副本：{error}") from error


def claimed_mark(document: pikepdf.Pdf) -> tuple[str, CopyMark] | None:
    """Return what a copy says it is and the SHA-256 of the file it says it comes from.

    None for a file that claims nothing, or nothing that `derive` could have made.
    """
    private = _private(document)
    try:
        source = str(private["/DerivedFrom"])
        mark = CopyMark(
            CopyKind(str(private["/As"])), int(private.get("/Nth", 0)), int(private.get("/Of", 0))
        )
        return source, mark.checked()
    except (KeyError, ValueError, TypeError, CopyRefused):
        return None


def _private(document: pikepdf.Pdf) -> Any:
    info = document.Root.get("/PieceInfo", pikepdf.Dictionary())
    return info.get(MARK, pikepdf.Dictionary()).get("/Private", pikepdf.Dictionary())


def _number(document: pikepdf.Pdf) -> str:
    private = _private(document)
    if private.get("/Number") is None:
        raise CopyRefused("不是本系统用印的文件，不能制作副本")
    if private.get("/DerivedFrom") is not None:
        raise CopyRefused("文件本身就是派生副本，请从归档的已盖章文件制作")
    return str(private["/Number"])


def _without_fields(document: pikepdf.Pdf) -> bool:
    """Turn signatures into what is seen of them; return whether there were any."""
    if document.Root.get("/AcroForm") is None:
        return False
    document.flatten_annotations("all")
    for page in document.pages:
        # What nobody sees is not flattened: the field of a document time stamp, say.
        left = [one for one in page.obj.get("/Annots", []) if one.get("/Subtype") != "/Widget"]
        page.obj["/Annots"] = pikepdf.Array(left)
    for key in ("/AcroForm", "/Perms", "/DSS", "/Extensions"):
        if key in document.Root:
            del document.Root[key]
    return True


def _draw(document: pikepdf.Pdf, mark: CopyMark) -> None:
    sheets = Sheets(document)
    drawing, long = words(mark.text)
    if mark.kind is CopyKind.VOID:
        for page, frame in enumerate(sheets.frames):
            high = min(_VOID_MM * POINTS_PER_MM, frame.width / 2)
            name = f"GDCopy{frame.width:.0f}x{frame.height:.0f}"
            slanted = _slanted(drawing, long, high, (frame.width, frame.height))
            sheets.mark(name, slanted, frame.width, frame.height)
            sheets.draw(page, name, Rectangle(0, 0, frame.width, frame.height))
    else:
        high = _HEIGHT_MM * POINTS_PER_MM
        top = sheets.frames[0].height - _TOP_MM * POINTS_PER_MM
        target = Rectangle(_LEFT_MM * POINTS_PER_MM, top - high, long * high, high)
        sheets.draw(0, sheets.mark("GDCopy", _RED + drawing, long, 1.0), target)
    sheets.finish()


def _slanted(drawing: bytes, long: float, high: float, page: tuple[float, float]) -> bytes:
    """Return the words along the diagonal that rises to the right, in the middle of the page."""
    turned = math.atan2(page[1], page[0])
    along, across = math.cos(turned) * high, math.sin(turned) * high
    x = page[0] / 2 - along * long / 2 + across / 2
    y = page[1] / 2 - across * long / 2 - along / 2
    placed = " ".join(f"{value:.4f}" for value in (along, across, -across, along, x, y))
    return _VOID_RED + f"q {placed} cm\n".encode() + drawing + b"\nQ\n"


def _say(document: pikepdf.Pdf, mark: CopyMark, number: str, source: str, *, signed: bool) -> None:
    said = document.docinfo
    made_at = _moment(str(said.get("/CreationDate", "")))
    parts = [f"{mark.text}：由已盖章归档文件派生（原件 SHA-256 {source}）"]
    if signed:
        parts.append("电子签名只存在于原件，本件不含")
    parts.append(str(said.get("/Subject", "")))
    description = Description(
        title=f"【{mark.kind.value}】{said.get('/Title', '')}",
        number=number,
        subject="；".join(filter(None, parts)),
        creator=str(said.get("/Author", "")),
        made_at=made_at,
    )
    private = _private(document)
    private["/DerivedFrom"] = pikepdf.String(source)
    private["/As"] = pikepdf.String(mark.kind.value)
    if mark.kind is not CopyKind.VOID:
        private["/Nth"], private["/Of"] = mark.nth, mark.of
    describe(document, description)


def _moment(text: str) -> datetime:
    """Return the moment a date of `description.pdf_date` says; raises ValueError."""
    return datetime.strptime(text.replace("'", ""), "D:%Y%m%d%H%M%S%z")
