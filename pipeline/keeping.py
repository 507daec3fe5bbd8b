"""Keeping: bytes of papers under way, written whole or not at all, under the digest they prove."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

_MODE = 0o644
"""Clerks read their reasons and take refused files back; who may look is set on the folders."""


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Write `content` as `folder`/`name`, durable before it returns; the same again is harmless."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
    try:
        os.fchmod(handle, _MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(draft).unlink()
        raise
    sync_folder(folder)
    return target


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
