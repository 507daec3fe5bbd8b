"""Durable: files and names that are on the disk when the call returns."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final

_READ_ONLY: Final = 0o444
_AT_ONCE: Final = 8
"""Syncs asked for together share one commit of the disk's journal."""


def write_read_only(path: Path, content: bytes) -> None:
    """Write the new read-only file `path`; durable only after `sync_tree` or `sync_folder`.

    Raises FileExistsError where something stands there, OSError where the disk is full.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), _READ_ONLY)


def sync_tree(folder: Path) -> None:
    """Make `folder` durable with every file and folder below it."""
    for _ in _pool().map(_sync, [folder, *folder.rglob("*")]):
        pass


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads that wait for the disk: kept, for beginning them takes as long."""
    return ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="sync")


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
