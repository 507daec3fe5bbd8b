"""Registering: the register's rows, read from what stands on a shelf (登记)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from archive.acts import ApprovalAct
from archive.approvals import Approval
from archive.carrying import from_row, values_from
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
from archive.termrows import write_terms
from archive.voiding import write_voids

_OF_INSTRUMENTS: Final[
    tuple[tuple[type[Approval | SealUse | ApprovalAct | SealRequest], str, tuple[str, ...]], ...]
] = (
    (Approval, "approvals", ("step", "terms_digest")),
    (ApprovalAct, "approval_acts", ("seq",)),
    (SealUse, "seal_uses", ("number",)),
    (SealRequest, "seal_requests", ("terms_digest", "round")),
)
"""What belongs to an instrument: where a dossier carries it, and what one row is known by."""


@dataclass(slots=True)
class _Entering:
    """A dossier on its way into the register: what its shelf says, and its row once it has one."""

    object_path: str
    inventory: Inventory
    shelved: Shelved
    dossier: Dossier


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
    (dossier,) = register_shelved(session, {object_path: (inventory, shelved)}, queued_at=queued_at)
    return dossier


def register_shelved(
    session: Session,
    read: Mapping[str, tuple[Inventory, Shelved]],
    *,
    queued_at: datetime | None = None,
) -> list[Dossier]:
    """Write dossiers read from their shelves, by object path, a statement for all of a kind.

    Raises ObjectDamaged naming the first of them, EventConflict, IntegrityError: whose fault
    it is shows where each is registered by itself.
    """
    try:
        entering = _dossiers(session, read)
        sources = _instruments(session, entering)
        _decisions(session, entering, sources)
        _numbers(session, entering)
        _deviations(session, entering)
        _records(session, entering, queued_at)
    except (KeyError, TypeError, ValueError) as error:
        raise ObjectDamaged(next(iter(read)), [f"cannot be registered: {error!r}"]) from error
    _events(session, entering)
    session.flush()
    for each in entering:
        write_voids(session, each.shelved.carried.events)
        write_holds(session, each.dossier.code, each.shelved.carried.events)
        write_disposal(session, each.shelved)
        write_inspected(session, each.shelved)
    write_terms(session, [each.shelved for each in entering])
    session.flush()
    return [each.dossier for each in entering]


def _dossiers(session: Session, read: Mapping[str, tuple[Inventory, Shelved]]) -> list[_Entering]:
    codes = [shelved.dossier["code"] for _inventory, shelved in read.values()]
    query = select(Dossier).where(Dossier.code.in_(codes))
    standing = {row.code: row for row in session.scalars(query)}
    entering = []
    for object_path, (inventory, shelved) in read.items():
        dossier = standing.get(shelved.dossier["code"])
        if dossier is None:
            said = {"object_path": object_path, "head": inventory.head}
            dossier = from_row(Dossier, dict(shelved.dossier) | said)
            session.add(dossier)
        dossier.head = inventory.head
        if shelved.destroyed is not None and dossier.destroyed_at is None:
            dossier.destroyed_at = datetime.fromisoformat(shelved.destroyed["at"])
            dossier.destroyed_by = shelved.destroyed["list"]
            _strip(session, dossier, dossier.destroyed_at)
        entering.append(_Entering(object_path, inventory, shelved, dossier))
    session.flush()
    return entering


def _strip(session: Session, dossier: Dossier, queued_at: datetime) -> None:
    """Reduce the records of a destroyed dossier to their stubs, in the index too."""
    session.flush()
    for record in session.scalars(select(Record).where(Record.dossier_id == dossier.id)):
        record.description = {}
        session.execute(delete(Rendition).where(Rendition.record_id == record.id))
        session.add(
            OutboxEntry(reference_code=record.reference_code, action="put", queued_at=queued_at)
        )


def _instruments(session: Session, entering: Sequence[_Entering]) -> dict[str, int]:
    """Write the instruments and return their ids by source; those of the items are FILED."""
    rows = {row["source_sha256"] for each in entering for row in each.shelved.carried.instruments}
    query = select(Instrument).where(Instrument.source_sha256.in_(rows))
    standing = {row.source_sha256: row for row in session.scalars(query)}
    for each in entering:
        filed = {item["source_sha256"]: item["filed_at"] for item in each.shelved.items}
        known = {row["source_sha256"]: row for row in each.shelved.carried.instruments}
        if lost := set(filed) - set(known):
            raise ValueError(f"no instrument for {', '.join(sorted(lost))}")
        for source, row in known.items():
            if source not in standing:
                standing[source] = from_row(Instrument, row)
                session.add(standing[source])
            if source in filed:
                instrument = standing[source]
                if instrument.state is not InstrumentState.VOIDED:
                    instrument.state, instrument.reason = InstrumentState.FILED, None
                instrument.filed_at = datetime.fromisoformat(filed[source])
                instrument.not_before = None
                instrument.dossier_id = each.dossier.id
    session.flush()
    return {source: row.id for source, row in standing.items()}


def _decisions(session: Session, entering: Sequence[_Entering], sources: Mapping[str, int]) -> None:
    for kind, table, names in _OF_INSTRUMENTS:
        key = [getattr(kind, name) for name in names]
        query = select(kind.instrument_id, *key).where(kind.instrument_id.in_(sources.values()))
        standing = {tuple(row) for row in session.execute(query)}
        for each in entering:
            for row in getattr(each.shelved.carried, table):
                owner = sources[row["instrument"]]
                known = (owner, *(row[name] for name in names))
                if known not in standing:
                    standing.add(known)
                    written = from_row(kind, row)
                    written.instrument_id = owner
                    session.add(written)


def _numbers(session: Session, entering: Sequence[_Entering]) -> None:
    """Write the numbers the ledger lacks; a counter only ever goes up."""
    rows = {row["text"]: row for each in entering for row in each.shelved.carried.numbers}
    standing = set(session.scalars(select(Number.text).where(Number.text.in_(rows))))
    session.add_all(from_row(Number, row) for text, row in rows.items() if text not in standing)
    told = [row for each in entering for row in each.shelved.carried.counters]
    counters = {
        (counter.series, counter.year): counter
        for counter in session.scalars(
            select(Counter).where(Counter.series.in_({row["series"] for row in told}))
        )
    }
    for row in told:
        key = (row["series"], row["year"])
        if key not in counters:
            counters[key] = from_row(Counter, row)
            session.add(counters[key])
        elif counters[key].last < row["last"]:
            counters[key].last = row["last"]


def _deviations(session: Session, entering: Sequence[_Entering]) -> None:
    rows = {
        (row["order_no"], row["seq"]): row
        for each in entering
        for row in each.shelved.carried.deviations
    }
    query = select(Deviation.order_no, Deviation.seq).where(
        Deviation.order_no.in_({order for order, _seq in rows})
    )
    standing = {tuple(row) for row in session.execute(query)}
    session.add_all(from_row(Deviation, row) for key, row in rows.items() if key not in standing)


def _records(session: Session, entering: Sequence[_Entering], queued_at: datetime | None) -> None:
    query = select(Record).where(Record.dossier_id.in_([each.dossier.id for each in entering]))
    standing: dict[int, dict[str, Record]] = {each.dossier.id: {} for each in entering}
    for record in session.scalars(query):
        standing[record.dossier_id][record.reference_code] = record
    new = []
    for each in entering:
        for item in each.shelved.items:
            if item["reference_code"] not in standing[each.dossier.id]:
                record = from_row(Record, item)
                record.dossier_id = each.dossier.id
                new.append((each, item, record))
    session.add_all(record for _each, _item, record in new)
    session.flush()
    _add_renditions(
        session,
        (
            _rendition(each, record, file)
            for each, item, record in new
            if each.shelved.destroyed is None
            for file in item["files"]
        ),
    )
    for each in entering:
        entered = [record for owner, _item, record in new if owner is each]
        _queue(session, each, standing[each.dossier.id], entered, queued_at)
    session.flush()


def _queue(
    session: Session,
    each: _Entering,
    standing: Mapping[str, Record],
    entered: Sequence[Record],
    queued_at: datetime | None,
) -> None:
    """Queue for the index what entered the dossier, and what that says anew of those beside it.

    What is said of a paper depends on those beside it: a contract is altered by its changes.
    """
    grown = _grown(session, each, standing) if standing else set()
    if not (entered or grown):
        return
    told = set(standing) if entered else grown
    moments = [record.filed_at for record in entered]
    at = queued_at or max(moments, default=each.shelved.carried.events[-1].at)
    session.add_all(
        OutboxEntry(reference_code=code, action="put", queued_at=at)
        for code in (*sorted(told), *(record.reference_code for record in entered))
    )


def _grown(session: Session, each: _Entering, standing: Mapping[str, Record]) -> set[str]:
    """Write what joined filed items since, and return the codes of those items."""
    if each.shelved.destroyed is not None:
        return set()
    owners = [record.id for record in standing.values()]
    query = select(Rendition.record_id, Rendition.role).where(Rendition.record_id.in_(owners))
    known = {(owner, role) for owner, role in session.execute(query)}
    grown = set()
    for item in each.shelved.items:
        record = standing.get(item["reference_code"])
        if record is None:
            continue
        new = [file for file in item["files"] if (record.id, file["role"]) not in known]
        _add_renditions(session, (_rendition(each, record, file) for file in new))
        if new or record.description != item["description"]:
            record.description = item["description"]
            grown.add(record.reference_code)
    return grown


def _rendition(each: _Entering, record: Record, file: Mapping[str, Any]) -> dict[str, Any]:
    path = f"{each.dossier.object_path}/{each.inventory.path_of(file['path'])}"
    return values_from(Rendition, dict(file) | {"path": path}) | {"record_id": record.id}


def _add_renditions(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Write them in one statement: nobody asks for their ids."""
    if given := list(rows):
        session.execute(insert(Rendition), given)


def _events(session: Session, entering: Sequence[_Entering]) -> None:
    """Write the events the register lacks; `Shelved.read` proved each chain from its beginning."""
    wanted = [event for each in entering for event in each.shelved.carried.events]
    rows = session.execute(
        select(Event.chain, Event.seq, Event.hash).where(
            Event.chain.in_({event.chain for event in wanted})
        )
    )
    standing = {(chain, seq): digest for chain, seq, digest in rows}
    begun = {chain for chain, _seq in standing}
    session.add_all(event for event in wanted if event.chain not in begun)
    for event in wanted:
        if event.chain not in begun:
            continue
        known = standing.get((event.chain, event.seq))
        if known is None:
            insert_prepared(session, event)
        elif known != event.hash:
            raise EventConflict(event.chain, event.seq, "another event stands there")
