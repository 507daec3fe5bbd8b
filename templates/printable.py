"""Printable: which characters of an order a document can show (可印字符).

Refused are control characters, line and paragraph separators, characters nobody sees and those
that turn the direction, halves of pairs, private use, unassigned codes, signs that stand on top
of the character before them, blanks other than the two of the keyboard, and U+FFFD, which says
that a character was lost. Variation selectors stay: they tell two shapes of a name apart.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Letters and marks a reader does not see, or sees no difference by (Default_Ignorable_Code_Point).
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffc\ufffd")
_BLANKS = frozenset(" \u3000")
_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn", "Zl", "Zp", "Zs"})
# Ideographs are added every few years, faster than Python's tables: a face has them or has not.
_IDEOGRAPHS = range(0x20000, 0x3FFFE)
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def unprintable(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that would vanish, mislead or break, as `U+0007 …`.

    Line breaks and tabs count among them: no field of a document has two lines.
    """
    found = dict.fromkeys(char for char in text if not is_printable(char))
    return tuple(f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() for char in found)


@lru_cache(maxsize=8192)
def is_printable(char: str) -> bool:
    """Return whether a document can show `char` so that a reader sees it as it was meant."""
    if char in _BLANKS or char in _SELECTORS:
        return True
    if ord(char) in _IDEOGRAPHS and ord(char) & 0xFFFE != 0xFFFE:  # noqa: PLR2004  a noncharacter
        return True
    return char not in _UNSEEN and unicodedata.category(char) not in _CATEGORIES
