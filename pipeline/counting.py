"""Counting: how many papers stand where."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from archive.instruments import OPEN_STATES, Instrument
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class StandingStill:
    """Open papers that do not move: those that wait for people, and those that were parked."""

    waiting: int
    parked: int


def standing_still(workplace: Workplace) -> StandingStill:
    """Return how many open papers stand still now, whenever they came to."""
    parked = Instrument.reason.like("搁置：%")
    with workplace.register.read.begin() as session:
        counted = session.execute(
            select(func.count().filter(~parked), func.count().filter(parked)).where(
                Instrument.state.in_(OPEN_STATES), Instrument.reason.is_not(None)
            )
        ).one()
    return StandingStill(*counted)


def under_way_count(workplace: Workplace) -> int:
    """Return how many papers are open: received, and not filed yet."""
    with workplace.register.read.begin() as session:
        return session.scalars(select(func.count()).where(Instrument.state.in_(OPEN_STATES))).one()
