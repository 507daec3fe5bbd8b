"""Rebuilding: register and index restored from the shelves; open work queued again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from archive.dossiers import Record
from archive.instruments import Instrument
from archive.outbox import OutboxEntry
from archive.rebuilding import rebuild
from archive.verifying import Damage
from index.library import IndexedRecord
from index.opening import rebuild as rebuild_library
from pipeline.approvalnotes import restore_decisions
from pipeline.auditing import journal_problem
from pipeline.deviationfiles import restore
from pipeline.indexing import all_records
from pipeline.longwork import Told, told_to_nobody
from pipeline.peoplebook import restore_people
from pipeline.requeueing import receive_kept, restore_numbers, void_unheld
from pipeline.sealdesk import restore_seals
from pipeline.unrestored import acts_not_restored
from pipeline.wiring import Workplace


class RegisterStands(Exception):
    """The register holds records; it is not replaced unless that is asked for."""


@dataclass(frozen=True, slots=True)
class RebuiltAll:
    """What came back; `requeued` orders were received but never filed.

    A lost or damaged journal is damage here: nothing is filed until two people began it anew.
    `kept` is the register set aside, `not_restored` what it alone tells, by action; None where
    it cannot be read.
    """

    dossiers: int
    records: int
    events: int
    damaged: tuple[Any, ...]
    requeued: int
    kept: Path | None
    not_restored: Mapping[str, int] | None


def rebuild_all(workplace: Workplace, *, replace: bool, told: Told = told_to_nobody) -> RebuiltAll:
    """Restore the register, then queue received orders again, then build the index.

    An existing register is renamed, never deleted.
    """
    kept = _set_aside(workplace, workplace.clock()) if replace else None
    if not replace:
        with workplace.register.read.begin() as session:
            if session.scalars(select(func.count(Instrument.id))).one() > 0:
                raise RegisterStands
    with workplace.register.write.begin() as session:
        lost = [Damage("seals", why) for why in restore_seals(session, workplace.home)]
        rebuilt = rebuild(session, workplace.store, after=partial(told, "恢复登记"))
        restore_numbers(session, workplace.home)
        restore(session, workplace.home)
        of_people = restore_people(session, workplace.home)
    if problem := journal_problem(workplace):
        lost.append(Damage("journal", problem))
    requeued = receive_kept(workplace)
    with workplace.register.write.begin() as session:
        restore_decisions(session, workplace.home)
        void_unheld(session, workplace.home, workplace.clock())
    counted = itertools.count(1)
    rebuild_index(workplace, between=lambda: told("建立索引", next(counted)))
    with workplace.register.read.begin() as session:
        not_restored = acts_not_restored(session, kept) if kept else {}
    return RebuiltAll(
        dossiers=rebuilt.dossiers,
        records=rebuilt.records,
        events=rebuilt.events + of_people,
        damaged=(*rebuilt.damaged, *lost),
        requeued=requeued,
        kept=kept,
        not_restored=not_restored,
    )


def _set_aside(workplace: Workplace, at: datetime) -> Path | None:
    """Rename the register that stands and return its new place, None where there is none."""
    register = workplace.__dict__.pop("register", None)
    if register is not None:
        register.engine.dispose()
    database = workplace.home.database
    kept = database.with_name(f"{database.name}.{at:%Y%m%dT%H%M%S.%f}")
    for suffix in ("", "-wal", "-shm"):
        old = database.with_name(database.name + suffix)
        if old.exists():
            old.rename(kept.with_name(f"{kept.name}{suffix}"))
    return kept if kept.is_file() else None


def rebuild_index(workplace: Workplace, *, between: Callable[[], None] = lambda: None) -> int:
    """Build the index beside the running one from the shelves, swap it in, note the outbox.

    `between` is called before each record; what it raises gives the building up.
    """
    with workplace.register.read.begin() as session:
        last = session.scalars(select(func.max(OutboxEntry.seq))).one() or 0
        count = session.scalars(select(func.count(Record.id))).one()
    rebuild_library(
        workplace.home.index,
        _each(all_records(workplace), between),
        last,
        server=workplace.settings.index.server,
    )
    with workplace.register.write.begin() as session:
        session.execute(
            update(OutboxEntry)
            .where(OutboxEntry.seq <= last, OutboxEntry.applied_at.is_(None))
            .values(applied_at=workplace.clock())
        )
    return count


def _each(records: Iterable[IndexedRecord], between: Callable[[], None]) -> Iterator[IndexedRecord]:
    for record in records:
        between()
        yield record
