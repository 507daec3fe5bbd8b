"""Countersigned reception: a PDF or a picture dropped into the inbox is looked at as signed."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from archive.filetypes import MOST_BYTES
from pipeline.countersignedfinding import Brought, CountersignedRefused
from pipeline.countersignedwaiting import Waiting, bring, take_waiting
from pipeline.countersigning import Joined
from pipeline.filenames import said_name
from pipeline.reception import Reception, Taken
from pipeline.rejecting import reject
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

log = logging.getLogger(__name__)

SUFFIXES: Final = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff"})


_EVERY: Final = 5.0
"""Seconds between looks at what waits while there is other work."""


def is_countersigned(path: Path) -> bool:
    """Return whether a dropped file is looked at as a countersigned original."""
    return path.suffix.lower() in SUFFIXES


def receive_countersigned(workplace: Workplace, path: Path) -> Reception:
    """File the claimed file at `path` with its contract, or lay it into rejected/ with the reason.

    The caller removes it when this returns.
    """
    name = said_name(path)
    payload: bytes | None = None
    try:
        payload = read_plain(path)
        brought = bring(workplace, Brought(payload, name, "inbox"))
    except CountersignedRefused as error:
        findings = (Finding("K00", Level.BLOCK, "签署件", str(error)),)
    else:
        return reception_of(name, brought)
    reject(workplace.home, path.name, findings, payload=payload, source=path)
    log.info("file refused", extra={"codes": ["K00"]})
    return Reception(Taken.REJECTED, name, findings=findings)


def reception_of(name: str, brought: Joined | Waiting) -> Reception:
    """Return what became of a file that joined its paper, or waits for it."""
    if isinstance(brought, Waiting):
        return Reception(Taken.WAITING, name, findings=(_told(brought.why),))
    if not brought.is_new:
        return Reception(Taken.DUPLICATE, name, order_no=brought.order_no)
    said = f"{brought.number} 的{brought.way}（{brought.pages} 页）已归入 {brought.reference_code}"
    return Reception(Taken.JOINED, name, order_no=brought.order_no, findings=(_told(said),))


class Latecomers:
    """Takes what waits once its paper moved on: when there is nothing else to do, or some time."""

    def __init__(self, workplace: Workplace, monotonic: Callable[[], float]) -> None:
        self._workplace = workplace
        self._monotonic = monotonic
        self._looked = monotonic()

    def turn(self, *, force: bool) -> list[Reception]:
        """Return what became of those that waited long enough."""
        if not force and self._monotonic() - self._looked < _EVERY:
            return []
        self._looked = self._monotonic()
        return [
            Reception(Taken.REJECTED, waited.name, findings=(_told(outcome),))
            if isinstance(outcome, str)
            else reception_of(waited.name, outcome)
            for waited, outcome in take_waiting(self._workplace)
        ]


def _told(message: str) -> Finding:
    return Finding("K00", Level.WARN, "签署件", message)


def read_plain(path: Path) -> bytes:
    """Return the bytes of a file that is no link; raises CountersignedRefused."""
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
