"""Workdays: which days are worked on in mainland China, make-up days included (工作日)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


def is_workday(day: date) -> bool:
    """Return whether `day` is worked on: weekends, statutory holidays and make-up days (调休).

    For a year whose arrangement is not published yet (`is_published`), weekends and the
    statutory holidays alone count.
    """
    return bool(_calendar(day.year).is_working_day(day))


def is_published(year: int) -> bool:
    """Return whether the State Council's arrangement of `year` is in the data at hand."""
    return any(day.year == year for day in _calendar(year).weekend_workdays)


def workday_after(day: date, count: int) -> date:
    """Return the `count`-th workday after `day`, which itself does not count (民法典 201)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


@lru_cache(maxsize=64)
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)
