"""QR reading: what the QR codes on a scan's pages say (读码). Loaded in a child alone."""

from __future__ import annotations

import io
from typing import Any, Final

import zxingcpp
from PIL import Image

from archive.contents import picture

_DPIS: Final = (150, 300)
"""Most scans are read at once; a small or faint code needs a finer drawing."""
_MOST_PAGES: Final = 300


def read_codes(content: bytes, pages: int) -> dict[str, Any]:
    """Return the text of every code by page from 1, as ``codes``: pairs of page and text."""
    codes: list[tuple[int, str]] = []
    for page in range(min(pages, _MOST_PAGES)):
        codes += [(page + 1, text) for text in _on(content, page)]
    return {"codes": codes, "problem": None}


def _on(content: bytes, page: int) -> list[str]:
    for dpi in _DPIS:
        with Image.open(io.BytesIO(picture(content, page, dpi))) as image:
            found = zxingcpp.read_barcodes(
                image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
            )
        if found:
            return sorted({each.text for each in found})
        if page > 0:
            break  # ours stands on page one; another page is only asked whether it has another
    return []
