"""Witnessing: the journal begun for an older archive, and told of what stands elsewhere (见证)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import directory
from archive.db import begins_with
from archive.errors import ArchiveError, JournalDamaged, JournalMissing
from archive.events import Event
from archive.journal import moment
from archive.journaling import begin, entries_of
from archive.links import Entry, Told
from archive.sealbook import CHAIN
from archive.store import Store


def begin_journal(store: Store, at: datetime, *, why: str) -> tuple[Path, ...]:
    """Begin the journal anew over what stands, and return the damaged files that were set aside.

    It is told of every version that stands; what was removed before can never show: `why` says
    who answers for that. An object that cannot be read stays unlinked, for `audit` to report.
    """
    store.mend()
    with store.desk.turn():
        return begin(store.journal, store.desk, at, _standing(store), why=why)


def witness(session: Session, store: Store, at: datetime) -> int:
    """Link how far the histories of people and seals have come; return how many were news.

    They stand outside the archive. What a crash left untold, or what came while there was no
    journal to be told, is told the next time.
    """
    if not store.journal.files():
        return 0
    heads = dict(_heads(session))
    with contextlib.suppress(JournalMissing, JournalDamaged), store.writing():
        known = {
            link.entry.object: link.entry.version for link in store.journal.links_naming(Told.CHAIN)
        }
        news = [
            Entry(Told.CHAIN, chain, "", seq, "", seq, head, moment(at))
            for chain, (seq, head) in sorted(heads.items())
            if known.get(chain, 0) < seq
        ]
        if news:
            place = store.desk.begin("journal")
            store.desk.settle(place)
            store.journal.append(news)
            store.desk.clear(place)
        return len(news)
    return 0


def _heads(session: Session) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yield how far each history has come that belongs to no dossier."""
    ours = begins_with(session, Event.chain, CHAIN) | (Event.chain == directory.CHAIN)
    newest = select(Event.chain, func.max(Event.seq)).where(ours).group_by(Event.chain)
    for chain, seq in session.execute(newest):
        digest = session.scalars(
            select(Event.hash).where(Event.chain == chain, Event.seq == seq)
        ).one()
        yield chain, (seq, digest)


def _standing(store: Store) -> Iterator[Entry]:
    for path in store.objects():
        with contextlib.suppress(ArchiveError, OSError):
            yield from entries_of(store.place(path), path)
