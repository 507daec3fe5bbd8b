"""Draft stamp: a PDF that says 草稿 on every page and in all it tells of itself (草稿版式件)."""

from __future__ import annotations

import io
import math
from datetime import datetime
from typing import Final

import pikepdf

from archive.days import BUSINESS_ZONE
from archive.description import Description, describe
from archive.errors import StampRefused
from archive.outlines import Letters, one_page, open_letters
from archive.pageframe import POINTS_PER_MM
from archive.sheets import Rectangle, Sheets

WORD: Final = "草稿"
SUBJECT: Final = "草稿：未经审批，不得签署、用印，不作凭证"

_SIDE_MM: Final = 150.0
_LETTER_MM: Final = 70.0
_SLANT: Final = math.radians(45)
_GREY: Final = "0.90"


def draft_pdf(pdf: bytes, *, title: str, creator: str, at: datetime) -> bytes:
    """Return `pdf` with 草稿 across every page, in its title, subject, keywords and page labels.

    It claims no PDF/A any more, so that nothing that seals or files takes it for a finished
    document. Raises StampRefused where it cannot be written on.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            sheets = Sheets(document)
            name = sheets.seal(WORD, _drawing())
            for page, frame in enumerate(sheets.frames):
                side = _SIDE_MM * POINTS_PER_MM
                left, low = (frame.width - side) / 2, (frame.height - side) / 2
                sheets.draw(page, name, Rectangle(left, low, side, side))
            sheets.finish()
            _describe(document, title, creator, at)
            written = io.BytesIO()
            document.save(written, deterministic_id=True)
            return written.getvalue()
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError) as error:
        raise StampRefused(f"文件不能标注草稿：{error}") from error


def _drawing() -> bytes:
    scale, middle = POINTS_PER_MM, _SIDE_MM / 2 * POINTS_PER_MM
    with open_letters() as letters:
        drawn = [_letter(letters, char, number) for number, char in enumerate(WORD)]
    begin = f"{scale:.6f} 0 0 {scale:.6f} {middle:.4f} {middle:.4f} cm {_GREY} g"
    side = _SIDE_MM * POINTS_PER_MM
    return one_page("\n".join([begin, *drawn]).encode(), side, side)


def _letter(letters: Letters, char: str, number: int) -> str:
    along = (number - (len(WORD) - 1) / 2) * _LETTER_MM
    place = (along * math.cos(_SLANT), along * math.sin(_SLANT))
    return letters.draw(char, place, (_LETTER_MM, _LETTER_MM), turned=_SLANT)


def _describe(document: pikepdf.Pdf, title: str, creator: str, at: datetime) -> None:
    said = Description(f"【{WORD}】{title}", WORD, SUBJECT, creator, at.astimezone(BUSINESS_ZONE))
    describe(document, said)
    # What `describe` says of every finished file is not true of a draft.
    packet = document.Root.Metadata.read_bytes()
    kept = [line for line in packet.splitlines() if b"<pdfaid:" not in line]
    document.Root.Metadata.write(b"\n".join(kept))
    document.Root.PageLabels = pikepdf.Dictionary(
        Nums=pikepdf.Array([0, pikepdf.Dictionary(S=pikepdf.Name.D, P=f"{WORD}-")])
    )
