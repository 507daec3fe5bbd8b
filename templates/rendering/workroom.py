"""Workroom: a folder of one renderer's own, cleared away after it however it ended."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from pathlib import Path
from typing import IO, Final

_PREFIX: Final = "room-"
_LOCK: Final = ".lock"


class Workroom:
    """A fresh folder below `work`, held by a lock that the kernel gives back with the process.

    Opening one clears the rooms of renderers that were killed.
    """

    def __init__(self, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        # Under one lock for all, as a room that is just being made is not held yet.
        with (work / _LOCK).open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            for room in work.glob(f"{_PREFIX}*"):
                _clear_if_left(room)
            self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=work))
            self._held: IO[str] = (self.folder / _LOCK).open("w")
            fcntl.flock(self._held, fcntl.LOCK_EX)

    def close(self) -> None:
        """Clear the room away; closing twice is harmless."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._held.close()


def _clear_if_left(room: Path) -> None:
    try:
        with (room / _LOCK).open("r") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(room, ignore_errors=True)
    except BlockingIOError:
        return
    except FileNotFoundError:
        shutil.rmtree(room, ignore_errors=True)
