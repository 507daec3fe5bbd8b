"""Unrestored: acts the register set aside tells and the one restored does not (未恢复的过程)."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.events import Event

_TOLD = "SELECT chain, action, COUNT(*) FROM events GROUP BY chain, action"


def acts_not_restored(session: Session, kept: Path) -> Mapping[str, int] | None:
    """Return how many acts of each action the register `kept` tells and this one does not.

    None where `kept` cannot be read: what it told is then not known.
    """
    is_whole = not kept.with_name(f"{kept.name}-wal").exists()
    how = "mode=ro&immutable=1" if is_whole else "mode=ro"
    try:
        with contextlib.closing(
            sqlite3.connect(f"{kept.absolute().as_uri()}?{how}", uri=True)
        ) as old:
            told = Counter({(chain, action): count for chain, action, count in old.execute(_TOLD)})
    except sqlite3.Error:
        return None
    query = select(Event.chain, Event.action, func.count()).group_by(Event.chain, Event.action)
    told.subtract({(chain, action): count for chain, action, count in session.execute(query)})
    lost: Counter[str] = Counter()
    for (_chain, action), count in (+told).items():
        lost[action] += count
    return dict(sorted(lost.items()))
