"""Switching: the index moved to another engine while work and searches go on."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import func, select

from archive.dossiers import Record
from archive.outbox import OutboxEntry
from index.engines.lock import writing
from index.errors import IndexDamaged
from index.library import Library
from index.switching import compare, next_library, samples, swap
from pipeline.indexing import changes_after, indexed
from pipeline.wiring import Workplace

_SAMPLES = 25
_PATIENCE = 30


def switch_engine(workplace: Workplace, engine: str) -> int:
    """Move the index to `engine` and return how many records it holds.

    The new index is built beside the one in force and compared with the register and with it;
    only then it takes over, in one moment. Killed at any point, asking again goes on.
    Raises SwitchRefused, EngineMissing, IndexLocked, IndexUnreachable.
    """
    folder = workplace.home.index
    new = next_library(
        folder, engine, applied=_last(workplace), server=workplace.settings.index.server
    )
    _load(workplace, new)
    _catch_up(workplace, new)
    with writing(folder, patience=_PATIENCE):
        _catch_up(workplace, new)
        _compare(workplace, new)
        swap(folder)
    return workplace.library.status().records


def _last(workplace: Workplace) -> int:
    with workplace.register.read.begin() as session:
        return session.scalars(select(func.max(OutboxEntry.seq))).one() or 0


def _load(workplace: Workplace, new: Library) -> None:
    """Put every record that the new index does not have, in batches it can be killed between."""
    with workplace.register.read.begin() as session:
        codes = session.scalars(select(Record.reference_code).order_by(Record.id)).all()
    have = new.codes()
    missing = [code for code in codes if code not in have]
    batch = workplace.settings.index.batch
    for start in range(0, len(missing), batch):
        with workplace.register.read.begin() as session:
            records = list(indexed(workplace, session, missing[start : start + batch]))
        new.apply(records, (), applied=0)


def _catch_up(workplace: Workplace, new: Library) -> None:
    """Tell the new index what changed since it was begun."""
    while True:
        put, removed, last = changes_after(workplace, new.status().applied)
        if last is None:
            return
        new.apply(put, removed, applied=last)


def _compare(workplace: Workplace, new: Library) -> None:
    """Compare the new index with register and old index, where the old is sound and up to date."""
    with workplace.register.read.begin() as session:
        codes = session.scalars(select(Record.reference_code).order_by(Record.id)).all()
        step = max(1, len(codes) // _SAMPLES)
        some = list(indexed(workplace, session, codes[::step]))
    old: Library | None = None
    with suppress(IndexDamaged):
        if workplace.library.codes() == frozenset(codes):
            old = workplace.library
    compare(new, frozenset(codes), samples(some), old)
