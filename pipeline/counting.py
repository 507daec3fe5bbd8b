"""Counting: how many papers stand where."""

from __future__ import annotations

from sqlalchemy import func, select

from archive.instruments import OPEN_STATES, Instrument
from pipeline.wiring import Workplace


def waiting_count(workplace: Workplace) -> int:
    """Return how many open papers wait for people; parked ones count as failed, not waiting."""
    with workplace.register.read.begin() as session:
        return session.scalars(
            select(func.count()).where(
                Instrument.state.in_(OPEN_STATES),
                Instrument.reason.is_not(None),
                Instrument.reason.not_like("搁置：%"),
            )
        ).one()
