"""Verdict: whether what a converter gave back is the PDF/A that was asked for."""

from __future__ import annotations

import re
from typing import Final

from templates.errors import DocumentUnreadable, RenderingFailed
from templates.pdfreading import opened

_PART: Final = re.compile(rb"pdfaid:part(?:>|=[\"'])2\b")
_CONFORMANCE: Final = re.compile(rb"pdfaid:conformance(?:>|=[\"'])B\b")


def assert_usable(pdf: bytes) -> None:
    """Raise RenderingFailed unless `pdf` has pages and calls itself PDF/A-2b.

    LibreOffice ignores an export option it does not know without a word, and gives success
    for pages it never wrote; so its answer is never taken for the proof. It writes its
    description in the clear, as PDF/A-1 demands, so that it is found without unpacking.
    """
    if not pdf.startswith(b"%PDF"):
        raise RenderingFailed(f"no PDF came out ({len(pdf)} bytes)")
    try:
        with opened(pdf):
            pass
    except DocumentUnreadable as error:
        raise RenderingFailed(f"the PDF is damaged: {error}") from error
    if not (_PART.search(pdf) and _CONFORMANCE.search(pdf)):
        raise RenderingFailed("the PDF does not call itself PDF/A-2b")
