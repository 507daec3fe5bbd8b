"""File names: what a sender called a file, as text that can be kept and shown for thirty years."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Final

_LOST: Final = "\ufffd"
_UNKEPT: Final = {"Cc", "Co", "Cs"}


def said_name(path: Path) -> str:
    """Return the name of the file at `path` without its folder.

    A name that is no UTF-8 is read as GBK (GB 18030), as older Windows computers write it;
    what is no character of a name even then stands as %XX, byte by byte.
    """
    raw = os.fsencode(path.name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            text = raw.decode("utf-8", "surrogateescape")
    return "".join(map(_kept, text))


def _kept(char: str) -> str:
    if char != _LOST and unicodedata.category(char) not in _UNKEPT:
        return char
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
