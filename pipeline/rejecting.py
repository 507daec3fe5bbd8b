"""Rejecting: a refused file goes to rejected/, whole, beside its reason (退回)."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from pipeline.home import Home
from pipeline.intake.refusal import reason_text
from pipeline.keeping import keep
from templates.errors import Finding

REASON_SUFFIX = ".原因.txt"

_LONGEST_NAME = 160
"""In bytes: what a file system takes, less our own suffixes."""


def reject(
    home: Home,
    name: str,
    findings: Sequence[Finding],
    *,
    payload: bytes | None,
    source: Path | None,
) -> Path:
    """Lay the refused file `name` into rejected/ and return its path there.

    Its bytes come from `payload`, or, where they were never read, by moving `source`.
    The same name twice keeps both files; the same file twice is one.
    """
    target = _free_place(home.rejected, name, payload)
    reason = reason_text(target.name, findings).encode("utf-8", "replace")
    keep(home.rejected, target.name + REASON_SUFFIX, reason)
    if payload is not None:
        keep(home.rejected, target.name, payload)
    elif source is not None:
        _move(source, target)
    return target


def _free_place(folder: Path, name: str, payload: bytes | None) -> Path:
    """Return a path nothing stands at, or the one that holds just these bytes already."""
    safe = Path(_shortened(name))
    number = 1
    target = folder / safe
    while os.path.lexists(target) or os.path.lexists(f"{target}{REASON_SUFFIX}"):
        if payload is not None and target.is_file() and target.read_bytes() == payload:
            return target
        number += 1
        target = folder / f"{safe.stem} ({number}){safe.suffix}"
    return target


def _move(source: Path, target: Path) -> None:
    """Move a file that was never read; an inbox on another disk makes it a copy."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.move(source, target)


def _shortened(name: str) -> str:
    encoded = os.fsencode(name)
    if len(encoded) <= _LONGEST_NAME:
        return name
    suffix = Path(name).suffix[:12]
    return encoded[: _LONGEST_NAME - 20].decode("utf-8", errors="ignore") + suffix
