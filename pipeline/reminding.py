"""Reminding: what is due is told in the histories, once each, as the days pass (督办)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy.exc import OperationalError

from archive.days import business_day
from archive.errors import RetentionRefused
from pipeline.approvallists import note_overdue
from pipeline.inspection import tasks
from pipeline.missing import noting_missing
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)

_EVERY = 300.0
"""Seconds between looks at the calendar."""


_AT_MOST = 0.2
"""Seconds of a turn: nothing that comes in waits for the reminders of a large archive."""


def reminders(workplace: Workplace) -> Iterator[int]:
    """Note approvals, papers of dossiers and finds that are due or late, some at a time.

    Yield after each part how many were told anew.
    """
    yield note_overdue(workplace)
    yield from noting_missing(workplace)
    yield tasks.remind(workplace)


class Reminder:
    """Reminds once a day of the firm, from the first turn of a day on, a part a turn."""

    def __init__(self, workplace: Workplace, monotonic: Callable[[], float]) -> None:
        self._workplace = workplace
        self._monotonic = monotonic
        self._told_on: date | None = None
        self._looked: float | None = None
        self._under_way: Iterator[int] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether there is more to tell today."""
        return self._under_way is not None

    def turn(self) -> int:
        """Remind, or go on, where a day has begun; return how much was told in this turn."""
        now = self._monotonic()
        if self._under_way is None:
            if self._looked is not None and now - self._looked < _EVERY:
                return 0
            self._looked = now
            today = business_day(self._workplace.clock())
            if today == self._told_on:
                return 0
            self._told_on, self._under_way = today, reminders(self._workplace)
        told = 0
        try:
            for each in self._under_way:
                told += each
                if self._monotonic() - now > _AT_MOST:
                    return told
        except (RetentionRefused, OperationalError) as error:
            # somebody else writes just now: the next look is soon, and nothing is told twice
            log.warning("reminders put off", extra={"error": type(error).__name__})
            self._told_on = None
        self._under_way = None
        return told
