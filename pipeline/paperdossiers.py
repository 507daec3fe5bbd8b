"""Paper dossiers: what the register says of dossiers, as the forms of their paper need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.dossiers import Dossier, Record, Rendition
from archive.events import Event
from archive.instruments import Instrument
from archive.papertrail import ACTS, PaperTrail, trail_of
from archive.seals import SealUse
from archive.takingin import ACCESSION, ORIGINAL
from archive.termrows import TermRow
from pipeline.originals import UNKNOWN

_AT_ONCE: Final = 500
"""How many dossiers are asked for together."""


@dataclass(frozen=True, slots=True)
class PaperDossier:
    """A dossier that stands: its items in their order, its term, the trail of its paper.

    `sealed` has each item's sealed file, or the original taken in, by item number: bytes and
    SHA-256; `originals` how many
    originals of it were sealed, by the book of seals.
    """

    row: Dossier
    records: tuple[Record, ...]
    period: str
    trail: PaperTrail
    sealed: dict[int, tuple[int, str]]
    electronic: tuple[int, int]
    originals: dict[int, int]

    @property
    def counted(self) -> int:
        """Return the pages of the items whose files have pages."""
        return sum(record.pages for record in self.records)

    @property
    def uncounted(self) -> int:
        """Return how many items are texts or Word files taken in, which have no pages yet."""
        return sum(1 for record in self.records if not record.pages)

    @property
    def pages(self) -> int:
        """Return the pages of all items; where some have none, as counted when it was bound."""
        binding = self.trail.binding
        return binding.pages if self.uncounted and binding is not None else self.counted

    @property
    def uncounted_yet(self) -> int:
        """Return how many items `pages` does not count: those without pages until it is bound."""
        return self.uncounted if self.trail.binding is None else 0

    @property
    def pages_said(self) -> str:
        """Return the pages in words, and how many items they do not count."""
        return pages_words(self.pages, self.uncounted_yet)

    @property
    def is_on_paper(self) -> bool:
        """Return whether anybody ever dealt with its paper."""
        trail = self.trail
        return any((trail.places, trail.binding, trail.arranged))

    def secrecy_of(self, record: Record) -> str:
        """Return the secrecy of an item; older items do not say it and have their dossier's."""
        return str(record.description.get("secrecy") or self.row.secrecy)

    @property
    def about(self) -> dict[str, Any]:
        """Return what was filed of the paper that began it."""
        return self.records[0].description

    @property
    def handed_by(self) -> str:
        """Return who hands it over: its department, or who gave what was taken in.

        The register of an accession is theirs whose papers it lists.
        """
        about = self.about
        given = about if self.records[0].kind == ACCESSION else about.get("accession")
        source = (given["source"] or UNKNOWN) if given else ""
        return str(about.get("department") or source)


def pages_words(counted: int, uncounted: int) -> str:
    """Return so many pages in words, and how many items they do not count."""
    return f"{counted} 页" + (f"（另 {uncounted} 件未计页）" if uncounted else "")


def pages_of_items(dossiers: Iterable[PaperDossier]) -> str:
    """Return the pages the files of the dossiers' items have, in words."""
    each = tuple(dossiers)
    return pages_words(sum(one.counted for one in each), sum(one.uncounted for one in each))


def pages_of_volumes(dossiers: Iterable[PaperDossier]) -> str:
    """Return the pages of the dossiers as they are, or were bound, in words."""
    each = tuple(dossiers)
    return pages_words(sum(one.pages for one in each), sum(one.uncounted_yet for one in each))


def dossiers_of(session: Session, codes: Iterable[str] | None = None) -> list[PaperDossier]:
    """Return the dossiers of `codes`, or all, by code; destroyed ones are left out."""
    if codes is None:
        codes = session.scalars(select(Dossier.code).where(Dossier.destroyed_at.is_(None))).all()
    return [each for some in _portions(sorted(set(codes))) for each in _dossiers(session, some)]


def in_box(session: Session, box: str) -> list[str]:
    """Return the codes of the dossiers that stand in a box now."""
    trails = trails_of(session)
    orders = [o for o, each in trails.items() if each.place and each.place.box == box]
    return [
        code
        for some in _portions(orders)
        for code in session.scalars(select(Dossier.code).where(Dossier.order_no.in_(some)))
    ]


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


def _dossiers(session: Session, codes: Sequence[str]) -> list[PaperDossier]:
    rows = session.scalars(
        select(Dossier)
        .where(Dossier.code.in_(codes), Dossier.destroyed_at.is_(None))
        .order_by(Dossier.code)
    ).all()
    ids = [row.id for row in rows]
    records = _records(session, ids)
    files = _files(session, ids)
    copies = _copies(session, ids)
    terms = select(TermRow).where(TermRow.dossier_code.in_(codes))
    periods = {row.dossier_code: row.period for row in session.scalars(terms)}
    trails = trails_of(session, [row.order_no for row in rows])
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
                if each.role in ("sealed", ORIGINAL)
            },
            electronic=_sum(each for record in records[row.id] for each in files[record.id]),
            originals={
                record.item_no: copies[record.id]
                for record in records[row.id]
                if record.id in copies
            },
        )
        for row in rows
        if records[row.id]
    ]


def trails_of(session: Session, orders: Sequence[str] | None = None) -> dict[str, PaperTrail]:
    """Return the trail of the paper of `orders`, or of all, by order."""
    chains: dict[str, list[Event]] = defaultdict(list)
    query = select(Event).where(Event.action.in_(ACTS)).order_by(Event.chain, Event.seq)
    if orders is not None:
        query = query.where(Event.chain.in_(orders))
    for event in session.scalars(query):
        chains[event.chain].append(event)
    return {chain: trail_of(told) for chain, told in chains.items()}


def _records(session: Session, ids: Sequence[int]) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = defaultdict(list)
    query = select(Record).where(Record.dossier_id.in_(ids))
    for record in session.scalars(query.order_by(Record.dossier_id, Record.item_no)):
        found[record.dossier_id].append(record)
    return found


def _files(session: Session, ids: Sequence[int]) -> dict[int, list[Rendition]]:
    found: dict[int, list[Rendition]] = defaultdict(list)
    query = select(Rendition).join(Record).where(Record.dossier_id.in_(ids))
    for rendition in session.scalars(query):
        found[rendition.record_id].append(rendition)
    return found


def _copies(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return by record how many originals its seal was put on."""
    query = (
        select(Record.id, func.max(SealUse.copies))
        .join(Instrument, Instrument.source_sha256 == Record.source_sha256)
        .join(SealUse, SealUse.instrument_id == Instrument.id)
        .where(Record.dossier_id.in_(ids))
        .group_by(Record.id)
    )
    return {int(record): int(copies) for record, copies in session.execute(query)}


def _sum(files: Iterable[Rendition]) -> tuple[int, int]:
    sizes = [each.bytes for each in files]
    return len(sizes), sum(sizes)
