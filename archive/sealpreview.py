"""Seal preview: a small picture of a seal, marked 样张, that cannot serve as one."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Final

from archive.confined import Confined
from archive.outlines import words

_ALLOWED: Final = timedelta(seconds=30)
_DOTS: Final = 180
"""The longer side: far fewer than a seal needs, on a white ground that hides what lies below."""

_MARK: Final = "样张"


def preview_of(pdf: bytes) -> bytes:
    """Return the picture of the image `pdf` as a PNG; raises SealRefused, StampRefused."""
    mark, length = words(_MARK)
    with Confined() as child:
        return child.ask("seal-preview", (pdf, mark, length), allowed=_ALLOWED).made


def draw_preview(pdf: bytes, mark: bytes, length: float) -> bytes:
    """Return what `preview_of` does, in this process; for the child that may look at pictures."""
    import pikepdf  # noqa: PLC0415 - in the child alone
    import pypdfium2  # noqa: PLC0415 - the same

    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        wide, high = (float(page.mediabox[2]), float(page.mediabox[3]))
        size = wide * 0.9 / length
        lines = [b"q 0.1 0.2 0.8 rg"]
        for part in (0.12, 0.38, 0.64):
            lines.append(
                b"q %.4f 0 0 %.4f %.4f %.4f cm" % (size * 0.6, size * 0.6, wide * 0.23, high * part)
            )
            lines += [mark, b"Q"]
        page.contents_add(b"q\n", prepend=True)
        page.contents_add(b"\nQ\n" + b"\n".join([*lines, b"Q"]))
        drawn = io.BytesIO()
        document.save(drawn)
    shown = pypdfium2.PdfDocument(drawn.getvalue())
    try:
        page_shown = shown[0]
        scale = _DOTS / max(page_shown.get_width(), page_shown.get_height())
        picture = page_shown.render(scale=scale).to_pil().convert("RGB")
    finally:
        shown.close()
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
