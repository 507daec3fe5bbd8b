"""Holding: a step writes only to a paper that stands where the step expects it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from archive.instruments import OPEN_STATES, Instrument, InstrumentState
from pipeline.failures import Overtaken


def hold(session: Session, instrument: Instrument, expected: InstrumentState) -> Instrument:
    """Return the row of `instrument` for writing; raises Overtaken where it moved on.

    A newer revision may end a paper while a lane is working on it. The check stands in the
    transaction that writes, under the write lock.
    """
    row = session.get_one(Instrument, instrument.id)
    if row.state is not expected:
        raise Overtaken(f"{row.kind} {row.order_no} r{row.revision}: {row.state.value}")
    return row


def hold_open(session: Session, instrument: Instrument) -> Instrument:
    """Return the row of `instrument` while it is under way; raises Overtaken where it ended."""
    row = session.get_one(Instrument, instrument.id)
    if row.state not in OPEN_STATES:
        raise Overtaken(f"{row.kind} {row.order_no} r{row.revision}: {row.state.value}")
    return row
