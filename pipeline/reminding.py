"""Reminding: what is due is told in the histories, once each, as the days pass (督办)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from sqlalchemy.exc import OperationalError

from archive.days import business_day
from archive.errors import RetentionRefused
from pipeline.approvallists import note_overdue
from pipeline.inspection import tasks
from pipeline.missing import note_missing
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)

_EVERY = 300.0
"""Seconds between looks at the calendar."""


def remind(workplace: Workplace) -> int:
    """Note approvals, papers of dossiers and finds that are due or late; return the new ones."""
    return note_overdue(workplace) + note_missing(workplace) + tasks.remind(workplace)


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
        try:
            told = remind(self._workplace)
        except (RetentionRefused, OperationalError) as error:
            # somebody else writes just now: the next look is soon, and nothing is told twice
            log.warning("reminders put off", extra={"error": type(error).__name__})
            return 0
        self._told_on = today
        return told
