"""Desk: where a version is written before it goes onto the shelf, one writer at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archive.durable import sync_folder, sync_tree, write_read_only

_TURN: Final = ".turn"
_INTENT: Final = "object.txt"


class Desk:
    """A folder on the archive's disk, but outside it; what lies there is never a record.

    Every place on it names the object it is meant for, so that whoever comes after a crash
    knows which object to look at.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the desk alone, among threads and processes; waits for whoever holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / _TURN, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def begin(self, object_path: str) -> Path:
        """Return a new place to write a version of `object_path` at; needs the turn."""
        place = Path(tempfile.mkdtemp(dir=self.folder, prefix="v-"))
        write_read_only(place / _INTENT, object_path.encode())
        return place

    def settle(self, place: Path) -> None:
        """Make what was written at `place` durable, with its intent; needs the turn."""
        sync_tree(place)
        sync_folder(self.folder)

    def is_clear(self) -> bool:
        """Return whether nothing was left behind; needs no turn."""
        return next(self._places(), None) is None

    def leftovers(self) -> Iterator[tuple[Path, str | None]]:
        """Yield what was left behind and the object it was meant for; needs the turn."""
        for place in list(self._places()):
            intent = place / _INTENT
            yield place, intent.read_text(errors="replace") if intent.is_file() else None

    def clear(self, place: Path) -> None:
        """Throw away what is left at `place`; needs the turn."""
        shutil.rmtree(place)

    def _places(self) -> Iterator[Path]:
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.startswith("v-") and entry.is_dir(follow_symlinks=False):
                    yield Path(entry.path)
