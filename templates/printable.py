"""Printable: which characters of an order a document can show (可印字符)."""

from __future__ import annotations

import re
import unicodedata

_NON_CHARACTERS = "".join(
    chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17)
)
# Control characters, line and paragraph separators, invisible and direction-turning ones,
# halves of pairs, private use, and the sign that a character was lost (U+FFFD).
_UNPRINTABLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\uffff"
    f"\U000e0000-\U000e007f\U000f0000-\U0010ffff{_NON_CHARACTERS}]"
)


def unprintable(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that would vanish, mislead or break, as `U+0007 …`.

    Line breaks and tabs count among them: no field of a document has two lines.
    """
    found = dict.fromkeys(_UNPRINTABLE.findall(text))
    return tuple(f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() for char in found)
