"""Countersigned reception: a PDF or a picture dropped into the inbox is looked at as signed."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from typing import Final

from archive.filetypes import MOST_BYTES
from pipeline.countersignedfinding import Brought, CountersignedRefused
from pipeline.countersigning import take_countersigned
from pipeline.reception import Reception, Taken
from pipeline.rejecting import reject
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

log = logging.getLogger(__name__)

SUFFIXES: Final = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff"})


def is_countersigned(path: Path) -> bool:
    """Return whether a dropped file is looked at as a countersigned original."""
    return path.suffix.lower() in SUFFIXES


def receive_countersigned(workplace: Workplace, path: Path) -> Reception:
    """File the claimed file at `path` with its contract, or lay it into rejected/ with the reason.

    The caller removes it when this returns.
    """
    name = os.fsencode(path.name).decode("utf-8", "replace")
    payload: bytes | None = None
    try:
        payload = _read(path)
        joined = take_countersigned(workplace, Brought(payload, name, "inbox"))
    except CountersignedRefused as error:
        findings = (Finding("K00", Level.BLOCK, "签署件", str(error)),)
    else:
        taken = Taken.NOTED if joined.is_new else Taken.DUPLICATE
        return Reception(taken, name, order_no=joined.order_no)
    reject(workplace.home, path.name, findings, payload=payload, source=path)
    log.info("file refused", extra={"codes": ["K00"]})
    return Reception(Taken.REJECTED, name, findings=findings)


def _read(path: Path) -> bytes:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise CountersignedRefused("不是普通文件（链接或特殊文件不予受理）；请放入文件本身")
    if status.st_size > MOST_BYTES:
        raise CountersignedRefused(f"文件过大（超过 {MOST_BYTES // 1024 // 1024} MB）")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except PermissionError as error:
        raise CountersignedRefused("没有读取权限；请开放读取权限后重新投放") from error
    with os.fdopen(handle, "rb") as file:
        return file.read(MOST_BYTES + 1)
