"""Voiding: filed papers that were given up, as the history of their dossier says it (作废).

The sealed file is never touched and the paper stays a record; the event says that it binds no
more, who gave it up, and what became of its copies. State and ledger follow from the event, so
that a rebuilt register says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.dossiers import Record
from archive.events import Event
from archive.instruments import Instrument, InstrumentState
from archive.numbering import Number, void_number
from archive.outbox import OutboxEntry

VOIDED: Final = "paper:voided"
ASKED: Final = "paper:void-asked"


def voids_of(history: Iterable[Event]) -> dict[str, Event]:
    """Return the events that voided filed papers, by the digest of the paper's source."""
    return {event.details["source_sha256"]: event for event in history if event.action == VOIDED}


def reason_of(event: Event) -> str:
    """Return why a paper is void, as its row says it."""
    return f"作废：{event.details['reason']}"


def row_with(row: Mapping[str, Any], void: Event | None) -> dict[str, Any]:
    """Return what a paper's row says once it is void; as it is where it is not."""
    if void is None:
        return dict(row)
    return dict(row) | {"state": InstrumentState.VOIDED.value, "reason": reason_of(void)}


def write_voids(session: Session, history: Iterable[Event]) -> None:
    """Bring rows and ledger to what the history says; what says it already stays."""
    for source, event in voids_of(history).items():
        row = session.scalars(select(Instrument).where(Instrument.source_sha256 == source)).first()
        if row is None or row.state is InstrumentState.VOIDED:
            continue
        row.state, row.reason = InstrumentState.VOIDED, reason_of(event)
        text = str(event.details["number"])
        if session.scalars(select(Number.id).where(Number.text == text)).first() is not None:
            void_number(session, text, reason=reason_of(event), at=event.at)
        dossier = select(Record.dossier_id).where(Record.source_sha256 == source)
        beside = select(Record.reference_code).where(Record.dossier_id.in_(dossier))
        session.add_all(  # a void change alters its contract no longer
            OutboxEntry(reference_code=code, action="put", queued_at=event.at)
            for code in session.scalars(beside.order_by(Record.item_no)).all()
        )
