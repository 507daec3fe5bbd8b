"""Books: what the register says of some dossiers, read together (账)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.acts import ApprovalAct
from archive.approvals import Approval
from archive.deviations import Deviation
from archive.dossiers import Dossier, Record, Rendition
from archive.events import Event
from archive.holds import Hold, HoldTarget
from archive.instruments import Instrument
from archive.numbering import Number
from archive.sealrequests import SealRequest
from archive.seals import SealUse
from archive.shelved import Shelved
from archive.termrows import TermRow

_OfPaper = TypeVar("_OfPaper", SealUse, Approval, ApprovalAct, SealRequest)


@dataclass(frozen=True, slots=True)
class Books:
    """The register's rows by what the shelf knows them by.

    Dossiers by object path, records by dossier id, renditions by record id, events by chain
    in their order, numbers by text; papers, their decisions and acts, seal requests and seal
    uses by their source; revisions of a standard text by order; standing holds by dossier code,
    and the numbers of all that have a row of their own; terms by dossier code.
    """

    dossiers: Mapping[str, Dossier]
    records: Mapping[int, list[Record]]
    renditions: Mapping[int, list[Rendition]]
    chains: Mapping[str, list[Event]]
    numbers: Mapping[str, Number]
    uses: Mapping[str, list[SealUse]]
    papers: Mapping[str, Instrument]
    decisions: Mapping[str, list[Approval]]
    deviations: Mapping[str, list[Deviation]]
    holds: Mapping[str, set[str]]
    hold_rows: frozenset[str]
    terms: Mapping[str, TermRow]
    acts: Mapping[str, list[ApprovalAct]]
    requests: Mapping[str, list[SealRequest]]


def books_of(session: Session, dossiers: Mapping[str, Shelved]) -> Books:
    """Return what the register says of `dossiers`, by object path, in a handful of queries."""
    paths = select(Dossier).where(Dossier.object_path.in_(dossiers))
    standing = {row.object_path: row for row in session.scalars(paths)}
    ids = {row.id for row in standing.values()}
    records: dict[int, list[Record]] = defaultdict(list)
    for record in session.scalars(select(Record).where(Record.dossier_id.in_(ids))):
        records[record.dossier_id].append(record)
    renditions: dict[int, list[Rendition]] = defaultdict(list)
    kept = select(Rendition).join(Record).where(Record.dossier_id.in_(ids))
    for rendition in session.scalars(kept):
        renditions[rendition.record_id].append(rendition)
    orders = {each.dossier["order_no"] for each in dossiers.values()}
    sources = {item["source_sha256"] for each in dossiers.values() for item in each.items}
    codes = {each.dossier["code"] for each in dossiers.values()}
    holds = _holds(session, codes)
    terms = session.scalars(select(TermRow).where(TermRow.dossier_code.in_(codes)))
    return Books(
        dossiers=standing,
        records=records,
        renditions=renditions,
        chains=_chains(session, orders),
        numbers=_numbers(session, dossiers.values()),
        uses=_by_source(session, SealUse, sources),
        papers=_papers(session, sources),
        decisions=_by_source(session, Approval, sources),
        acts=_by_source(session, ApprovalAct, sources),
        deviations=_deviations(session, orders),
        holds=holds,
        hold_rows=_hold_rows(session, {number for each in holds.values() for number in each}),
        terms={row.dossier_code: row for row in terms},
        requests=_by_source(session, SealRequest, sources),
    )


def _chains(session: Session, orders: Collection[str]) -> Mapping[str, list[Event]]:
    chains: dict[str, list[Event]] = defaultdict(list)
    query = select(Event).where(Event.chain.in_(orders)).order_by(Event.chain, Event.seq)
    for event in session.scalars(query):
        chains[event.chain].append(event)
    return chains


def _numbers(session: Session, dossiers: Collection[Shelved]) -> Mapping[str, Number]:
    texts = {row["text"] for each in dossiers for row in each.carried.numbers}
    query = select(Number).where(Number.text.in_(texts))
    return {number.text: number for number in session.scalars(query)}


def _papers(session: Session, sources: Collection[str]) -> Mapping[str, Instrument]:
    query = select(Instrument).where(Instrument.source_sha256.in_(sources))
    return {paper.source_sha256: paper for paper in session.scalars(query)}


def _by_source(
    session: Session, kind: type[_OfPaper], sources: Collection[str]
) -> Mapping[str, list[_OfPaper]]:
    """Return what is registered of the papers made from `sources`, by source."""
    rows: dict[str, list[_OfPaper]] = defaultdict(list)
    query = (
        select(Instrument.source_sha256, kind)
        .join(kind, kind.instrument_id == Instrument.id)
        .where(Instrument.source_sha256.in_(sources))
    )
    for source, row in session.execute(query):
        rows[source].append(row)
    return rows


def _deviations(session: Session, orders: Collection[str]) -> Mapping[str, list[Deviation]]:
    deviations: dict[str, list[Deviation]] = defaultdict(list)
    query = select(Deviation).where(Deviation.order_no.in_(orders)).order_by(Deviation.seq)
    for row in session.scalars(query):
        deviations[row.order_no].append(row)
    return deviations


def _holds(session: Session, codes: Collection[str]) -> Mapping[str, set[str]]:
    holds: dict[str, set[str]] = defaultdict(set)
    query = select(HoldTarget).where(
        HoldTarget.dossier_code.in_(codes), HoldTarget.released_at.is_(None)
    )
    for target in session.scalars(query):
        holds[target.dossier_code].add(target.hold_number)
    return holds


def _hold_rows(session: Session, numbers: Collection[str]) -> frozenset[str]:
    return frozenset(session.scalars(select(Hold.number).where(Hold.number.in_(numbers))))
