"""Backlog: what is filed and search does not find yet, told beside every answer (待入索引)."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from index.access import Access
from index.errors import IndexFailure
from pipeline.wiring import Workplace
from pipeline.workerlock import WorkerBusy, WorkerLock

log = logging.getLogger(__name__)

NOTICE: Final = (
    "另有 {} 件已归档而索引尚未更新，本次结果不完整；请稍候再查，或运行 guidang run --until-idle"
)
UNKNOWN: Final = "登记库读不出，无从核对索引是否齐全，本次结果可能不完整；请先运行 guidang doctor"
_WAITING: Final = "SELECT DISTINCT reference_code FROM outbox WHERE applied_at IS NULL"
_PATIENCE: Final = 1.5
_GLANCE: Final = 0.05


def unfound(
    workplace: Workplace, access: Access, *, sleep: Callable[[float], None] = time.sleep
) -> int:
    """Return how many filed papers `access` allows that the index does not know as they are.

    To be asked before the index is: what it says then holds for all that was filed before. A
    worker at work is given a moment to bring them in; where none is, we bring in what a moment
    allows. What a person may not know of is not counted. Raises sqlite3.Error where the register
    cannot be read, in a home that may only be read as in a damaged one.
    """
    database = workplace.home.database
    waiting = _waiting(database)
    left = 0.0
    if waiting and not _bring_in(workplace):
        left = _PATIENCE
    waiting = waiting and _waiting(database)
    while waiting and left > 0:
        sleep(_GLANCE)
        left -= _GLANCE
        waiting = _waiting(database)
    if not waiting or access.is_whole:
        return len(waiting)
    from pipeline.knowing import known_among  # noqa: PLC0415 the register, seldom needed here

    return len(known_among(workplace, access, waiting))


def _bring_in(workplace: Workplace) -> bool:
    """Do the indexer's work for a moment; say whether nobody else does it.

    Whatever hinders it is told by what is left.
    """
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 the register, seldom needed here

    from pipeline.indexing import apply_outbox  # noqa: PLC0415

    until = time.monotonic() + _PATIENCE
    try:
        with WorkerLock(workplace.home.worker_lock, patience=0):
            while time.monotonic() < until and apply_outbox(workplace, lambda: None):
                pass
    except WorkerBusy:
        return False
    except (IndexFailure, SQLAlchemyError, ArchiveError, OSError) as error:
        log.warning("index not brought up to date", extra={"error": str(error)})
    return True


def _waiting(database: Path) -> list[str]:
    """Return the 档号 the index does not know as they are.

    Asked without SQLAlchemy, whose import takes longer than an answer of the index.
    """
    if not database.is_file():
        return []
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as register:
        if not register.execute("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").fetchone():
            return []
        return [code for (code,) in register.execute(_WAITING)]
