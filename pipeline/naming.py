"""Naming: the paper a name stands for, and the word for how far it has come."""

from __future__ import annotations

from typing import Final

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from archive.dossiers import Record
from archive.instruments import Instrument, InstrumentState
from index.labels import DESTROYED

STATE_WORDS: Final = {
    InstrumentState.RECEIVED: "已接收",
    InstrumentState.DRAFTED: "已起草",
    InstrumentState.NUMBERED: "已编号",
    InstrumentState.SEALED: "已用印",
    InstrumentState.FILED: "已归档",
    InstrumentState.SUPERSEDED: "已被新版取代",
    InstrumentState.REFUSED: "已退回",
    InstrumentState.VOIDED: "已作废",
}
_OPENING_FIRST = case((Instrument.kind == "contract", 0), else_=1)


def state_word(state: InstrumentState, *, destroyed_by: str | None = None) -> str:
    """Return where a paper stands; one whose dossier was destroyed is not called filed."""
    return DESTROYED if destroyed_by else STATE_WORDS[state]


def find_instrument(session: Session, name: str) -> Instrument | None:
    """Return the instrument with that number or reference code, or the order's newest contract."""
    by_number = session.scalars(select(Instrument).where(Instrument.number == name)).first()
    if by_number is not None:
        return by_number
    by_code = session.scalars(
        select(Instrument)
        .join(Record, Record.number == Instrument.number)
        .where(Record.reference_code == name)
    ).first()
    if by_code is not None:
        return by_code
    return session.scalars(
        select(Instrument)
        .where(Instrument.order_no == name)
        .order_by(_OPENING_FIRST, Instrument.round, Instrument.revision.desc())
    ).first()
