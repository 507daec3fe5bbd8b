"""Rebuilding: the register written anew from the shelves alone (重建)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import directory
from archive.db import Base
from archive.dossiers import Dossier, Record
from archive.errors import ArchiveError, RegisterOccupied
from archive.events import Event
from archive.fixity import Examined
from archive.instruments import Instrument
from archive.inventory import Inventory
from archive.numbering import Counter
from archive.registering import register_dossier, register_shelved
from archive.sealbook import CHAIN
from archive.shelved import Shelved
from archive.store import Store
from archive.verifying import STRAY, Damage, examined_all


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the register holds again, and what could not be restored or is damaged."""

    dossiers: int
    records: int
    events: int
    damaged: tuple[Damage, ...]


def rebuild(
    session: Session, store: Store, *, after: Callable[[int], None] = lambda _dossiers: None
) -> Rebuilt:
    """Write the empty register of `session` from what stands on the shelves.

    Every record is queued for the index. A damaged dossier whose own description is sound is
    restored and reported; one that does not say what it is, is reported only. Orders that
    were under way are not on a shelf: numbers taken after the last filing of their series
    are not known here, so the orders under way must be looked at by people. `after` hears how
    many dossiers were read so far. Raises RegisterOccupied where the register holds more than
    seals and people.
    """
    for table in (Dossier, Instrument, Counter):
        if _count(session, table):
            raise RegisterOccupied(f"the register holds {table.__tablename__} already")
    of_orders = select(Event.id).where(
        Event.chain.not_like(f"{CHAIN}%"), Event.chain != directory.CHAIN
    )
    if session.scalars(of_orders.limit(1)).first():
        raise RegisterOccupied("the register holds events already")
    store.mend()
    damaged = [Damage(path, STRAY) for path in store.strays()]
    read = 0
    with closing(examined_all(store)) as batches:
        for batch in batches:
            damaged += [Damage(*problem) for examined in batch for problem in examined.problems]
            damaged += _registered(session, store, batch)
            read += len(batch)
            after(read)
    return Rebuilt(
        dossiers=_count(session, Dossier),
        records=_count(session, Record),
        events=_count(session, Event),
        damaged=tuple(damaged),
    )


def _registered(session: Session, store: Store, batch: Sequence[Examined]) -> list[Damage]:
    """Register a batch as one; where that fails, each by itself, to tell which cannot be."""
    read: dict[str, tuple[Inventory, Shelved]] = {}
    damaged: dict[str, Exception] = {}
    for examined in batch:
        path = examined.object_path
        try:
            inventory = examined.inventory or store.inventory(path)
            read[path] = inventory, Shelved.read(store, path, inventory)
        except ArchiveError as error:
            damaged[path] = error
    try:
        with session.begin_nested():
            register_shelved(session, read)
    except (ArchiveError, IntegrityError):
        session.expunge_all()
        for path in read:
            try:
                with session.begin_nested():
                    register_dossier(session, store, path)
            except (ArchiveError, IntegrityError) as error:
                damaged[path] = error
    session.expunge_all()
    return [Damage(path, f"案卷未能恢复登记：{error}") for path, error in sorted(damaged.items())]


def _count(session: Session, table: type[Base]) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()
