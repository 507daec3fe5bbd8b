"""Lock: one process writes an index; the others are told who."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexDamaged, IndexLocked

_WRITER = "writer.lock"
_PAUSE = 0.05  # seconds


@contextmanager
def writing(folder: Path, name: str = _WRITER, *, patience: float = 0) -> Iterator[None]:
    """Hold `folder` for writing; raises IndexLocked, naming the holder, if another does.

    Waits `patience` seconds for the other to end. An index under way has a lock of its own.
    Raises IndexDamaged where there is no such folder.
    The lock goes with its process: after a crash nothing is to be cleared away.
    """
    try:
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except FileNotFoundError as error:
        raise IndexDamaged(f"{folder} is not there") from error
    try:
        until = time.monotonic() + patience
        while not _is_taken(handle):
            if time.monotonic() >= until:
                holder = os.pread(handle, 200, 0).decode(errors="replace").strip()
                raise IndexLocked(f"{folder} is being written by {holder or 'another'}")
            time.sleep(_PAUSE)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _is_taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
