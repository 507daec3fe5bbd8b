"""Lateness: which steps of an approval are due, late, and to whom that is escalated (督办)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from archive.days import business_day
from archive.deciding import Standing
from archive.routesteps import Step

WorkdayAfter = Callable[[date, int], date]
"""The n-th workday after a day; which days are worked on is for the calendar to say."""


@dataclass(frozen=True, slots=True)
class Due:
    """A step whose turn it is: since when, until when, and whose business it is when late."""

    step: Step
    opened_on: date
    due_on: date

    def is_late(self, on: date) -> bool:
        """Return whether the last day is over."""
        return on > self.due_on

    def is_near(self, on: date) -> bool:
        """Return whether it is the last day or later: who decides is reminded."""
        return on >= self.due_on


def due_steps(
    standing: Standing, *, received_at: datetime, workday_after: WorkdayAfter
) -> tuple[Due, ...]:
    """Return the open steps that have a deadline, counted from the day they were opened.

    The day itself does not count (民法典 201). A paper that waits for its drafter to change
    it is nobody else's turn: it has none.
    """
    if standing.is_ended:
        return ()
    opened_on = business_day(standing.opened_at(received_at))
    return tuple(
        Due(step, opened_on, workday_after(opened_on, step.workdays))
        for step in standing.open
        if step.workdays is not None
    )
