"""Faces: the families this installation can print (可用字体)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from templates.rendering.fontconfig import families

_FAMILY_NAMES = (1, 4, 16)

log = logging.getLogger(__name__)


def available_faces(fonts: Path) -> frozenset[str]:
    """Return the families, case-folded: those with a stand-in, and a firm's own in fonts/own."""
    own = fonts / "own"
    found = set(families())
    for path in sorted(own.iterdir()) if own.is_dir() else []:
        found.update(_families_of(path))
    return frozenset(name.casefold() for name in found)


def _families_of(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            is_many = path.suffix.lower() == ".ttc"
            for font in TTCollection(file).fonts if is_many else [TTFont(file, lazy=True)]:
                for record in font["name"].names:
                    if record.nameID in _FAMILY_NAMES:
                        yield record.toUnicode()
    except (TTLibError, OSError, UnicodeDecodeError):
        log.warning("font could not be read", extra={"font": path.name})
