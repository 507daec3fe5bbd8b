"""Paper dossiers: what the register says of dossiers, as the forms of their paper need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.dossiers import Dossier, Record, Rendition
from archive.events import Event
from archive.papertrail import ACTS, PaperTrail, trail_of
from archive.termrows import TermRow


@dataclass(frozen=True, slots=True)
class PaperDossier:
    """A dossier that stands: its items in their order, its term, the trail of its paper.

    `sealed` has each item's sealed file by item number: bytes and SHA-256.
    """

    row: Dossier
    records: tuple[Record, ...]
    period: str
    trail: PaperTrail
    sealed: dict[int, tuple[int, str]]
    electronic: tuple[int, int]

    @property
    def pages(self) -> int:
        """Return the pages of all items, as counted in their PDFs."""
        return sum(record.pages for record in self.records)

    @property
    def about(self) -> dict[str, Any]:
        """Return what was filed of the paper that began it."""
        return self.records[0].description


def dossiers_of(session: Session, codes: Iterable[str] | None = None) -> list[PaperDossier]:
    """Return the dossiers of `codes`, or all, by code; destroyed ones are left out."""
    query = select(Dossier).where(Dossier.destroyed_at.is_(None))
    wanted = None if codes is None else set(codes)
    rows = [row for row in session.scalars(query) if wanted is None or row.code in wanted]
    rows.sort(key=lambda row: row.code)
    ids = [row.id for row in rows]
    records = _records(session, ids)
    files = _files(session, ids)
    periods = {row.dossier_code: row.period for row in session.scalars(select(TermRow))}
    trails = trails_of(session)
    return [
        PaperDossier(
            row=row,
            records=tuple(records[row.id]),
            period=periods.get(row.code, row.retention),
            trail=trails.get(row.order_no, PaperTrail()),
            sealed={
                record.item_no: (each.bytes, each.sha256)
                for record in records[row.id]
                for each in files[record.id]
                if each.role == "sealed"
            },
            electronic=_sum(each for record in records[row.id] for each in files[record.id]),
        )
        for row in rows
        if records[row.id]
    ]


def trails_of(session: Session) -> dict[str, PaperTrail]:
    """Return the trail of every dossier's paper by order."""
    chains: dict[str, list[Event]] = defaultdict(list)
    query = select(Event).where(Event.action.in_(ACTS)).order_by(Event.chain, Event.seq)
    for event in session.scalars(query):
        chains[event.chain].append(event)
    return {chain: trail_of(told) for chain, told in chains.items()}


def _records(session: Session, ids: Sequence[int]) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = defaultdict(list)
    wanted = set(ids)
    for record in session.scalars(select(Record).order_by(Record.dossier_id, Record.item_no)):
        if record.dossier_id in wanted:
            found[record.dossier_id].append(record)
    return found


def _files(session: Session, ids: Sequence[int]) -> dict[int, list[Rendition]]:
    found: dict[int, list[Rendition]] = defaultdict(list)
    wanted = set(ids)
    rows = session.execute(select(Record.dossier_id, Rendition).join(Record))
    for dossier_id, rendition in rows:
        if dossier_id in wanted:
            found[rendition.record_id].append(rendition)
    return found


def _sum(files: Iterable[Rendition]) -> tuple[int, int]:
    sizes = [each.bytes for each in files]
    return len(sizes), sum(sizes)
