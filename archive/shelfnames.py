"""Shelf names: what a folder or file in the archive may be called (可移植文件名)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archive.errors import ShelfNameRefused

_OBJECT_PART: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?")
_LOGICAL_PART: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?")
_DEEPEST: Final = 16
_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)
"""Names Windows keeps for itself, with any ending: an archive is copied to anything."""


def check_object_path(path: str) -> str:
    """Return `path` where it may name a dossier's place below the root.

    Letters, digits, dot, dash and underscore of ASCII between slashes, nothing else: such
    names survive every file system and never lead out of the archive. Raises
    ShelfNameRefused.
    """
    return _checked(path, _OBJECT_PART)


def check_logical_path(path: str) -> str:
    """Return `path` where it may name a file of a dossier; lower case only.

    Two names that differ in case alone would be one file on some disks. Raises
    ShelfNameRefused.
    """
    return _checked(path, _LOGICAL_PART)


@lru_cache(maxsize=4096)  # the names in dossiers are nearly all the same
def _checked(path: str, grammar: re.Pattern[str]) -> str:
    parts = path.split("/")
    if len(parts) > _DEEPEST:
        raise ShelfNameRefused(path)
    for part in parts:
        device = part.split(".", 1)[0].lower() in _DEVICES
        if device or ".." in part or not grammar.fullmatch(part):
            raise ShelfNameRefused(path)
    return path
