"""Burying: an object taken off the shelf for good, a stone put in its place (销毁后的墓碑)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from archive.durable import sync_folder
from archive.objectfolder import Step

STONE: Final = "stone"
_REMOVED: Final = "removed"


def lay_stone(target: Path, place: Path, step: Step) -> None:
    """Move the object at `target` to the desk's `place` and the stone from there to `target`.

    The first move is the point of no return: a crash before it leaves the object, one behind it
    leaves what `finish_burial` finishes.
    """
    target.rename(place / _REMOVED)
    sync_folder(place)
    sync_folder(target.parent)
    step("object off the shelf")
    finish_burial(target, place)
    step("stone in place")


def finish_burial(target: Path, place: Path) -> bool:
    """Put the stone at `place` to `target` where its object is gone; return whether it was."""
    if not (place / _REMOVED).is_dir() or os.path.lexists(target):
        return False
    (place / STONE).rename(target)
    sync_folder(target.parent)
    return True
