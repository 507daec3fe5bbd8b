"""Worker lock: one process works on a home at a time."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final, Self


class WorkerBusy(Exception):
    """Another process works on this home."""


_PATIENCE: Final = 2.0
"""Seconds: as long as a search may hold it that brings the index up to date."""
_GLANCE: Final = 0.05


class WorkerLock:
    """Held while a process works on a home; the kernel lets it go when the process dies."""

    def __init__(self, path: Path, *, patience: float = _PATIENCE) -> None:
        self._path = path
        self._patience = patience

    def __enter__(self) -> Self:
        """Take the lock; raises WorkerBusy naming the holder."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        until = time.monotonic() + self._patience
        while not self._is_taken():
            if time.monotonic() >= until:
                holder = os.read(self._handle, 32).decode().strip()
                os.close(self._handle)
                raise WorkerBusy(holder)
            time.sleep(_GLANCE)
        os.ftruncate(self._handle, 0)
        os.write(self._handle, str(os.getpid()).encode())
        return self

    def _is_taken(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(self, *_exc: object) -> None:
        """Let the lock go."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def is_held(path: Path) -> bool:
    """Whether the process that took the lock at `path` last still runs; takes no lock itself."""
    try:
        holder = int(path.read_text().strip())
        os.kill(holder, 0)
    except (OSError, ValueError) as error:
        return isinstance(error, PermissionError)
    return True
