"""Seal ink: which part of a seal's image has colour, so that no piece of a seam seal is blank."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Final

from archive.confined import Confined
from archive.errors import StampRefused

_DOTS: Final = 1000
"""How many columns the image is looked at in; a company seal's are a 25th of a millimetre."""

_PAPER: Final = b"\xff"
_ALLOWED: Final = timedelta(seconds=30)


@lru_cache(maxsize=64)
def ink_span(pdf: bytes) -> tuple[float, float]:
    """Return where the ink of the image begins and ends, as fractions of its width.

    Rounded outwards: no ink lies outside. Raises StampRefused for an image without ink.
    """
    with Confined() as child:
        left, right = child.ask("ink", pdf, allowed=_ALLOWED).told["span"]
    return float(left), float(right)


def measure(pdf: bytes) -> tuple[float, float]:
    """Return what `ink_span` says, in this process; for the child that may look at pictures."""
    import pypdfium2  # noqa: PLC0415 - in the child alone

    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            scale = _DOTS / max(page.get_width(), page.get_height())
            bitmap = page.render(scale=scale, grayscale=True)
            rows, stride, width = bytes(bitmap.buffer), bitmap.stride, bitmap.width
            drawn_width = page.get_width() * scale
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise StampRefused(f"印章图像无法读取：{error}") from error
    left, right = width, 0
    for start in range(0, len(rows), stride):
        row = rows[start : start + width]
        left = min(left, width - len(row.lstrip(_PAPER)))
        right = max(right, len(row.rstrip(_PAPER)))
    if left >= right:
        raise StampRefused("印章图像是空白的，不得用印")
    return max(left - 1, 0) / drawn_width, min((right + 1) / drawn_width, 1.0)
