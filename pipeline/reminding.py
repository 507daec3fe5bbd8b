"""Reminding: what is due is told in the histories, once each, as the days pass (督办)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from archive.days import business_day
from pipeline.approvallists import note_overdue
from pipeline.missing import note_missing
from pipeline.wiring import Workplace

_EVERY = 300.0
"""Seconds between looks at the calendar."""


def remind(workplace: Workplace) -> int:
    """Note approvals and papers of dossiers that are due or late; return how many are new."""
    return note_overdue(workplace) + note_missing(workplace)


class Reminder:
    """Reminds once a day of the firm, at the first turn of a day."""

    def __init__(self, workplace: Workplace, monotonic: Callable[[], float]) -> None:
        self._workplace = workplace
        self._monotonic = monotonic
        self._told_on: date | None = None
        self._looked: float | None = None

    def turn(self) -> int:
        """Remind where a day has begun since the last turn; return how much was told."""
        now = self._monotonic()
        if self._looked is not None and now - self._looked < _EVERY:
            return 0
        self._looked = now
        today = business_day(self._workplace.clock())
        if today == self._told_on:
            return 0
        told = remind(self._workplace)
        self._told_on = today
        return told
