"""Indexing: the outbox applied to the index, in batches, in order (入索引)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from archive import takingin
from archive.countersigning import COUNTERSIGNED
from archive.days import business_day
from archive.dossiers import Dossier, Record, Rendition
from archive.numbering import Number
from archive.outbox import OutboxEntry
from index.labels import DESTROYED, FILED, VOID
from index.library import IndexedRecord
from pipeline.knowing import Guarded
from pipeline.papers.change import ChangePaper
from pipeline.papers.contract import ContractPaper
from pipeline.reading import recognised_among, whole_text
from pipeline.takingin.describing import lines_of
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)

_CHANGED = (ContractPaper.kind, ChangePaper.kind)
"""The kinds whose terms a later change alters."""


def apply_outbox(workplace: Workplace, after_commit: Callable[[], None] = lambda: None) -> int:
    """Apply the next batch of the outbox in one commit of the index; return how many.

    The index commits first, then the entries are marked: a crash in between applies the
    same batch again, which changes nothing.
    """
    with workplace.register.read.begin() as session:
        entries = _next_entries(workplace, session, OutboxEntry.applied_at.is_(None))
        if not entries:
            return 0
        records, removed = _changes(workplace, session, entries)
    workplace.library.apply(records, removed, applied=entries[-1].seq)
    after_commit()
    with workplace.register.write.begin() as session:
        session.execute(
            update(OutboxEntry)
            .where(OutboxEntry.seq.in_([entry.seq for entry in entries]))
            .values(applied_at=workplace.clock())
        )
    log.info("index applied", extra={"records": len(records), "applied": entries[-1].seq})
    return len(entries)


def changes_after(
    workplace: Workplace, seq: int
) -> tuple[list[IndexedRecord], list[str], int | None]:
    """Return a batch of what an index that knows up to `seq` must be told, and its last sequence.

    None where there is nothing more.
    """
    with workplace.register.read.begin() as session:
        entries = _next_entries(workplace, session, OutboxEntry.seq > seq)
        if not entries:
            return [], [], None
        return *_changes(workplace, session, entries), entries[-1].seq


def _next_entries(
    workplace: Workplace, session: Session, which: ColumnElement[bool]
) -> Sequence[OutboxEntry]:
    return session.scalars(
        select(OutboxEntry)
        .where(which)
        .order_by(OutboxEntry.seq)
        .limit(workplace.settings.index.batch)
    ).all()


def _changes(
    workplace: Workplace, session: Session, entries: Sequence[OutboxEntry]
) -> tuple[list[IndexedRecord], list[str]]:
    """Return the records to put, as they are now, and the codes to remove."""
    last = {entry.reference_code: entry.action for entry in entries}
    put = [code for code, action in last.items() if action == "put"]
    removed = [code for code, action in last.items() if action == "remove"]
    return list(indexed(workplace, session, put)), removed


def pending(session: Session) -> int:
    """Return how many outbox entries the index does not know yet."""
    query = select(func.count()).where(OutboxEntry.applied_at.is_(None))
    return session.scalars(query).one()


def all_records(workplace: Workplace) -> Iterator[IndexedRecord]:
    """Yield every filed record as the index knows it, read from the shelves."""
    with workplace.register.read.begin() as session:
        codes = session.scalars(select(Record.reference_code).order_by(Record.id)).all()
    for start in range(0, len(codes), 200):
        with workplace.register.read.begin() as session:
            yield from indexed(workplace, session, codes[start : start + 200])


def indexed(
    workplace: Workplace, session: Session, codes: Sequence[str]
) -> Iterator[IndexedRecord]:
    """Yield the records of `codes` as the index knows them, read from the shelves."""
    rows = session.execute(
        select(Record, Dossier, Rendition)
        .join(Dossier, Record.dossier_id == Dossier.id)
        .outerjoin(Rendition, (Rendition.record_id == Record.id) & (Rendition.role == "text"))
        .where(
            Record.reference_code.in_(codes),
            or_(Rendition.id.is_not(None), Dossier.destroyed_at.is_not(None)),
        )
        .order_by(Record.id)
    ).all()
    beside = beside_of(session, {dossier.id for _, dossier, _ in rows})
    read = recognised_among(session, [record.id for record, _, _ in rows])
    void = void_among(session, beside)
    for record, dossier, text in rows:
        if dossier.destroyed_at is not None:
            yield _stub(record, dossier, beside[dossier.id], void)
            continue
        files = [text, *read[record.id]]
        texts = [workplace.store.read_path(file.path, file.sha256).decode() for file in files]
        content, pages = whole_text(record, texts)
        yield replace(described(record, dossier, content, beside[dossier.id], void), pages=pages)


def void_among(session: Session, beside: Mapping[int, Sequence[Record]]) -> frozenset[str]:
    """Return the numbers of records that were given up: they bind nobody."""
    numbers = [record.number for records in beside.values() for record in records]
    return frozenset(
        session.scalars(
            select(Number.text).where(Number.text.in_(numbers), Number.voided_at.is_not(None))
        )
    )


def _stub(
    record: Record, dossier: Dossier, beside: Sequence[Record], void: Collection[str]
) -> IndexedRecord:
    """Return what remains to be found of a destroyed record, marked so that nobody is misled."""
    text = f"{DESTROYED}　销毁清册 {dossier.destroyed_by}"
    return replace(
        described(record, dossier, text, beside, void),
        title=f"（{DESTROYED}）{record.title}",
        pages=(),
    )


def beside_of(session: Session, dossiers: Collection[int]) -> Mapping[int, list[Record]]:
    """Return the records of each dossier, in their places."""
    found: dict[int, list[Record]] = {dossier: [] for dossier in dossiers}
    for record in session.scalars(
        select(Record).where(Record.dossier_id.in_(dossiers)).order_by(Record.item_no)
    ):
        found[record.dossier_id].append(record)
    return found


def status_of(record: Record, dossier: Dossier, void: Collection[str]) -> str:
    """Return what is said of a record wherever it is shown: one of the words of `index.labels`.

    Whoever changes what this says of a record queues its dossier for the index (outbox, put).
    """
    if dossier.destroyed_at is not None:
        return DESTROYED
    return VOID if record.number in void else FILED


def described(
    record: Record, dossier: Dossier, text: str, beside: Sequence[Record], void: Collection[str]
) -> IndexedRecord:
    """Return a record as the index knows it, among all those of its dossier; `void` are numbers.

    A void one is marked in its title: nobody must take it for one that binds.
    """
    about = record.description
    changes = [
        each
        for each in beside
        if record.kind in _CHANGED
        and each.kind == ChangePaper.kind
        and each.item_no > record.item_no
        and each.number not in void
    ]
    total = about.get("amount", {}).get("total")
    parties = [about.get("party_a", {}), about.get("party_b", {})]
    persons = [party.get(role, "") for party in parties for role in ("legal_rep", "agent")]
    project = about.get("project", {})
    status = status_of(record, dossier, void)
    now = changes[-1].description["after_total"] if changes else None
    guarded = Guarded.of(record, dossier, beside[0])
    return IndexedRecord(
        reference_code=record.reference_code,
        contract_number=dossier.contract_number,
        number=_number_of(record),
        order_no=dossier.order_no,
        kind=record.kind,
        title=f"（{VOID}）{record.title}" if status == VOID else record.title,
        text="\n".join([text, _flag(about), lines_of(about)]).rstrip("\n"),
        party_a=parties[0].get("name", ""),
        party_b=parties[1].get("name", ""),
        project=project.get("name", ""),
        persons=tuple(name for name in [*persons, project.get("manager", "")] if name),
        amount=Decimal(total) if total is not None else None,
        formed_on=record.formed_on,
        formed_in=about.get("signed_year") if record.formed_on is None else None,
        filed_on=business_day(record.filed_at),
        type_code=about.get("type_code", ""),
        status=status,
        secrecy=guarded.secrecy,
        retention=dossier.retention,
        department=guarded.department,
        handler=guarded.handler,
        pages=tuple(about.get("page_starts", ())),
        changed_by=tuple(change.number for change in changes),
        amount_now=Decimal(now) if now is not None else None,
    )


def _number_of(record: Record) -> str:
    """Return the number a record is asked for by: taken in, that of its catalogue."""
    former = record.description.get("contract_number") if record.kind == takingin.KIND else None
    return former or record.number


def _flag(about: Mapping[str, Any]) -> str:
    """Return the words by which a contract with a text of its own, or countersigned, is found."""
    deviation, signed = about.get("deviation"), about.get(COUNTERSIGNED)
    said = [f"{deviation['flag']} {deviation['summary']}"] if deviation else []
    if signed:
        said.append(f"签署件已归卷 {signed['way']} {signed['signed_on'] or ''}".rstrip())
    return "\n".join(said)
