"""Rebuilding: register and index restored from the shelves; open work queued again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
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
from pipeline.wiring import Workplace


class RegisterStands(Exception):
    """The register holds records; it is not replaced unless that is asked for."""


@dataclass(frozen=True, slots=True)
class RebuiltAll:
    """What came back; `requeued` orders were received but never filed.

    A lost or damaged journal is damage here: nothing is filed until two people began it anew.
    """

    dossiers: int
    records: int
    events: int
    damaged: tuple[Any, ...]
    requeued: int


def rebuild_all(workplace: Workplace, *, replace: bool, told: Told = told_to_nobody) -> RebuiltAll:
    """Restore the register, then queue received orders again, then build the index.

    An existing register is renamed, never deleted.
    """
    if replace:
        _set_aside(workplace, workplace.clock())
    else:
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
    return RebuiltAll(
        dossiers=rebuilt.dossiers,
        records=rebuilt.records,
        events=rebuilt.events + of_people,
        damaged=(*rebuilt.damaged, *lost),
        requeued=requeued,
    )


def _set_aside(workplace: Workplace, at: datetime) -> None:
    register = workplace.__dict__.pop("register", None)
    if register is not None:
        register.engine.dispose()
    database = workplace.home.database
    for suffix in ("", "-wal", "-shm"):
        old = database.with_name(database.name + suffix)
        if old.exists():
            old.rename(database.with_name(f"{database.name}.{at:%Y%m%dT%H%M%S}{suffix}"))


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
