"""QR mark: a QR code as filled squares, without a font and without a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import segno

QUIET_MODULES: Final = 4
"""The empty border a reader needs (ISO/IEC 18004)."""

_MASK: Final = 4
"""Every mask is read alike; trying all eight for the best takes as long as the whole stamping."""


def qr_drawing(text: str) -> tuple[bytes, int]:
    """Return drawing operators of a QR code for `text`, and its width in modules, border included.

    One module is one unit. Correction level M survives a fold or a stain on paper.
    """
    rows = [bytes(row) for row in segno.make_qr(text, error="m", mask=_MASK).matrix]
    size = len(rows) + 2 * QUIET_MODULES
    squares = [
        f"{start + QUIET_MODULES} {size - QUIET_MODULES - line - 1} {length} 1 re"
        for line, row in enumerate(rows)
        for start, length in _runs(row)
    ]
    return ("0 g\n" + "\n".join(squares) + "\nf\n").encode(), size


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    start = None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None
