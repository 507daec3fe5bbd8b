"""Countersigned words: whether a file that carries its own text says what was sealed (核对文字).

A picture of the signed paper carries none: a person looks at it. But whoever prints our paper
anew with another amount leaves the code as it was, and a text to compare.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_SHOWN: Final = 24
_SPACE: Final = re.compile(r"\s+")


def differing_page(sealed: Sequence[str], brought: Sequence[str]) -> tuple[int, str] | None:
    """Return the first page, from 1, of which a brought text lacks what was sealed, and what.

    Spaces, line ends and width do not count; what stands beside our words, as names and days
    filled in, is no difference. None where nothing differs, or the file carries no text at all.
    """
    if not any(map(_folded, brought)):
        return None
    for number, page in enumerate(sealed, start=1):
        ours = _folded(page)
        theirs = _folded(brought[number - 1]) if number <= len(brought) else ""
        lacking = _lacking([_folded(line) for line in page.splitlines()], theirs)
        if ours not in theirs and lacking:
            return number, lacking
    return None


def _lacking(lines: Sequence[str], theirs: str) -> str:
    return next((line[:_SHOWN] for line in lines if line and line not in theirs), "")


def _folded(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))
