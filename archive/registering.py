"""Registering: the register's rows, read from what stands on a shelf (登记)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from archive.acts import ApprovalAct
from archive.approvals import Approval
from archive.carrying import from_row
from archive.deviations import Deviation
from archive.disposalrows import write_disposal
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import EventConflict, ObjectDamaged
from archive.events import Event, insert_prepared
from archive.holds import write_holds
from archive.inspectionrows import write_inspected
from archive.instruments import Instrument, InstrumentState
from archive.inventory import Inventory
from archive.numbering import Counter, Number
from archive.outbox import OutboxEntry
from archive.sealrequests import SealRequest
from archive.seals import SealUse
from archive.shelved import Shelved
from archive.store import Store
from archive.termrows import write_term
from archive.voiding import write_voids


def register_dossier(
    session: Session, store: Store, object_path: str, *, queued_at: datetime | None = None
) -> Dossier:
    """Write what stands at `object_path` into the register and return its dossier.

    The same for a dossier just filed and for one met on a rebuild: only what is not there
    yet is written. The index's order is queued at `queued_at`, or at the moment of filing.
    Raises ObjectMissing, ObjectDamaged, DigestMismatch, EventConflict.
    """
    inventory = store.inventory(object_path)
    shelved = Shelved.read(store, object_path, inventory)
    try:
        dossier = _dossier(session, shelved, object_path, inventory)
        sources = _instruments(session, shelved, dossier)
        _decisions(session, shelved, sources)
        _numbers(session, shelved)
        _deviations(session, shelved)
        _records(session, shelved, dossier, inventory, queued_at)
    except (KeyError, TypeError, ValueError) as error:
        raise ObjectDamaged(object_path, [f"cannot be registered: {error!r}"]) from error
    _events(session, shelved.carried.events)
    session.flush()
    write_voids(session, shelved.carried.events)
    write_holds(session, dossier.code, shelved.carried.events)
    write_term(session, shelved)
    write_disposal(session, shelved)
    write_inspected(session, shelved)
    session.flush()
    return dossier


def _dossier(session: Session, shelved: Shelved, object_path: str, inventory: Inventory) -> Dossier:
    code = shelved.dossier["code"]
    dossier = session.scalars(select(Dossier).where(Dossier.code == code)).first()
    said = dict(shelved.dossier) | {"object_path": object_path, "head": inventory.head}
    if dossier is None:
        dossier = from_row(Dossier, said)
        session.add(dossier)
    dossier.head = inventory.head
    if shelved.destroyed is not None and dossier.destroyed_at is None:
        dossier.destroyed_at = datetime.fromisoformat(shelved.destroyed["at"])
        dossier.destroyed_by = shelved.destroyed["list"]
        _strip(session, dossier, dossier.destroyed_at)
    session.flush()
    return dossier


def _strip(session: Session, dossier: Dossier, queued_at: datetime) -> None:
    """Reduce the records of a destroyed dossier to their stubs, in the index too."""
    session.flush()
    for record in session.scalars(select(Record).where(Record.dossier_id == dossier.id)):
        record.description = {}
        session.execute(delete(Rendition).where(Rendition.record_id == record.id))
        session.add(
            OutboxEntry(reference_code=record.reference_code, action="put", queued_at=queued_at)
        )


def _instruments(session: Session, shelved: Shelved, dossier: Dossier) -> dict[str, int]:
    """Write the instruments and return their ids by source; those of the items are FILED."""
    filed = {item["source_sha256"]: item["filed_at"] for item in shelved.items}
    rows = {row["source_sha256"]: row for row in shelved.carried.instruments}
    if lost := set(filed) - set(rows):
        raise ValueError(f"no instrument for {', '.join(sorted(lost))}")
    query = select(Instrument).where(Instrument.source_sha256.in_(rows))
    standing = {row.source_sha256: row for row in session.scalars(query)}
    for source, row in rows.items():
        if source not in standing:
            standing[source] = from_row(Instrument, row)
            session.add(standing[source])
        if source in filed:
            instrument = standing[source]
            if instrument.state is not InstrumentState.VOIDED:
                instrument.state, instrument.reason = InstrumentState.FILED, None
            instrument.filed_at = datetime.fromisoformat(filed[source])
            instrument.not_before = None
            instrument.dossier_id = dossier.id
    session.flush()
    return {source: row.id for source, row in standing.items()}


def _decisions(session: Session, shelved: Shelved, sources: Mapping[str, int]) -> None:
    owners = sources.values()
    approvals = select(Approval.instrument_id, Approval.step, Approval.terms_digest).where(
        Approval.instrument_id.in_(owners)
    )
    decided = {tuple(row) for row in session.execute(approvals)}
    for row in shelved.carried.approvals:
        owner = sources[row["instrument"]]
        if (owner, row["step"], row["terms_digest"]) not in decided:
            approval = from_row(Approval, row)
            approval.instrument_id = owner
            session.add(approval)
    _acts(session, shelved, sources)
    uses = select(SealUse.number).where(SealUse.instrument_id.in_(owners))
    used = set(session.scalars(uses))
    for row in shelved.carried.seal_uses:
        if row["number"] not in used:
            use = from_row(SealUse, row)
            use.instrument_id = sources[row["instrument"]]
            session.add(use)
    _requests(session, shelved, sources)


def _requests(session: Session, shelved: Shelved, sources: Mapping[str, int]) -> None:
    query = select(SealRequest.instrument_id, SealRequest.terms_digest, SealRequest.round).where(
        SealRequest.instrument_id.in_(sources.values())
    )
    standing = {tuple(row) for row in session.execute(query)}
    for row in shelved.carried.seal_requests:
        owner = sources[row["instrument"]]
        if (owner, row["terms_digest"], row["round"]) not in standing:
            request = from_row(SealRequest, row)
            request.instrument_id = owner
            session.add(request)


def _acts(session: Session, shelved: Shelved, sources: Mapping[str, int]) -> None:
    query = select(ApprovalAct.instrument_id, ApprovalAct.seq).where(
        ApprovalAct.instrument_id.in_(sources.values())
    )
    standing = {tuple(row) for row in session.execute(query)}
    for row in shelved.carried.approval_acts:
        owner = sources[row["instrument"]]
        if (owner, row["seq"]) not in standing:
            act = from_row(ApprovalAct, row)
            act.instrument_id = owner
            session.add(act)


def _numbers(session: Session, shelved: Shelved) -> None:
    """Write the numbers the ledger lacks; a counter only ever goes up."""
    texts = [row["text"] for row in shelved.carried.numbers]
    standing = set(session.scalars(select(Number.text).where(Number.text.in_(texts))))
    session.add_all(
        from_row(Number, row) for row in shelved.carried.numbers if row["text"] not in standing
    )
    series = {row["series"] for row in shelved.carried.counters}
    counters = {
        (counter.series, counter.year): counter
        for counter in session.scalars(select(Counter).where(Counter.series.in_(series)))
    }
    for row in shelved.carried.counters:
        counter = counters.get((row["series"], row["year"]))
        if counter is None:
            session.add(from_row(Counter, row))
        elif counter.last < row["last"]:
            counter.last = row["last"]


def _deviations(session: Session, shelved: Shelved) -> None:
    orders = {row["order_no"] for row in shelved.carried.deviations}
    query = select(Deviation).where(Deviation.order_no.in_(orders))
    standing = {(row.order_no, row.seq) for row in session.scalars(query)}
    session.add_all(
        from_row(Deviation, row)
        for row in shelved.carried.deviations
        if (row["order_no"], row["seq"]) not in standing
    )


def _records(
    session: Session,
    shelved: Shelved,
    dossier: Dossier,
    inventory: Inventory,
    queued_at: datetime | None,
) -> None:
    query = select(Record).where(Record.dossier_id == dossier.id)
    standing = {record.reference_code: record for record in session.scalars(query)}
    grown = _grown(session, shelved, dossier, inventory, standing) if standing else set()
    new = [item for item in shelved.items if item["reference_code"] not in standing]
    records = [from_row(Record, item) for item in new]
    for record in records:
        record.dossier_id = dossier.id
    session.add_all(records)
    session.flush()
    for item, record in zip(new, records, strict=True):
        for file in item["files"] if shelved.destroyed is None else ():
            session.add(_rendition(dossier, inventory, record, file))
    if records or grown:
        # What is said of a paper depends on those beside it: a contract is altered by its changes
        told = set(standing) if records else grown
        moments = [record.filed_at for record in records]
        at = queued_at or max(moments, default=shelved.carried.events[-1].at)
        session.add_all(
            OutboxEntry(reference_code=code, action="put", queued_at=at)
            for code in (*sorted(told), *(record.reference_code for record in records))
        )
    session.flush()


def _grown(
    session: Session,
    shelved: Shelved,
    dossier: Dossier,
    inventory: Inventory,
    standing: Mapping[str, Record],
) -> set[str]:
    """Write what joined filed items since, and return the codes of those items."""
    if shelved.destroyed is not None:
        return set()
    owners = [record.id for record in standing.values()]
    query = select(Rendition.record_id, Rendition.role).where(Rendition.record_id.in_(owners))
    known = {(owner, role) for owner, role in session.execute(query)}
    grown = set()
    for item in shelved.items:
        record = standing.get(item["reference_code"])
        if record is None:
            continue
        new = [file for file in item["files"] if (record.id, file["role"]) not in known]
        session.add_all(_rendition(dossier, inventory, record, file) for file in new)
        if new or record.description != item["description"]:
            record.description = item["description"]
            grown.add(record.reference_code)
    return grown


def _rendition(
    dossier: Dossier, inventory: Inventory, record: Record, file: Mapping[str, Any]
) -> Rendition:
    path = f"{dossier.object_path}/{inventory.path_of(file['path'])}"
    rendition = from_row(Rendition, dict(file) | {"path": path})
    rendition.record_id = record.id
    return rendition


def _events(session: Session, wanted: Sequence[Event]) -> None:
    chains = {event.chain for event in wanted}
    rows = session.execute(
        select(Event.chain, Event.seq, Event.hash).where(Event.chain.in_(chains))
    )
    standing = {(chain, seq): digest for chain, seq, digest in rows}
    if not standing:
        session.add_all(wanted)  # `Shelved.read` proved the chain from its beginning
        return
    for event in wanted:
        known = standing.get((event.chain, event.seq))
        if known is None:
            insert_prepared(session, event)
        elif known != event.hash:
            raise EventConflict(event.chain, event.seq, "another event stands there")
