"""Rejecting: a refused file goes to rejected/, whole, beside its reason (退回)."""

from __future__ import annotations

import hashlib
import os
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
    key = payload if payload is not None else os.fsencode(name)
    target = _free_place(home.rejected, name, hashlib.sha256(key).hexdigest()[:8], payload)
    keep(home.rejected, target.name + REASON_SUFFIX, reason_text(name, findings).encode())
    if payload is not None:
        keep(home.rejected, target.name, payload)
    elif source is not None:
        source.rename(target)
    return target


def _free_place(folder: Path, name: str, digest: str, payload: bytes | None) -> Path:
    safe = _shortened(name)
    target = folder / safe
    if not target.is_symlink() and not target.exists():
        return target
    if payload is not None and target.is_file() and target.read_bytes() == payload:
        return target
    stem, dot, suffix = safe.rpartition(".")
    return folder / (f"{stem}.{digest}.{suffix}" if dot else f"{safe}.{digest}")


def _shortened(name: str) -> str:
    encoded = os.fsencode(name)
    if len(encoded) <= _LONGEST_NAME:
        return name
    suffix = Path(name).suffix[:12]
    return encoded[: _LONGEST_NAME - 20].decode("utf-8", errors="ignore") + suffix
