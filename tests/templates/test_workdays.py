from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.checks.periods import _on_a_day_off
from templates.workdays import is_published, is_workday, workday_after

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 4), True),  # a Sunday made up for New Year
        (date(2026, 2, 14), True),
        (date(2026, 2, 20), False),  # a Friday off for Spring Festival
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 6, 19), False),
        (date(2026, 6, 22), True),
        (date(2026, 6, 27), False),
    ],
)
def test_make_up_days_are_worked_on_and_days_off_are_not(day: date, *, works: bool) -> None:
    assert is_workday(day) is works


def test_five_workdays_over_the_national_holiday() -> None:
    assert workday_after(date(2026, 9, 30), 5) == date(2026, 10, 13)
    assert workday_after(date(2026, 9, 30), 1) == date(2026, 10, 8)


def test_a_year_not_arranged_yet_is_told_from_one_that_is() -> None:
    assert is_published(2026)
    assert not is_published(2090)
    assert not is_workday(date(2090, 10, 1))


@given(days, st.integers(1, 30))
def test_the_day_after_so_many_workdays_is_one_and_the_count_is_right(
    day: date, count: int
) -> None:
    last = workday_after(day, count)
    between = (day + timedelta(days=n) for n in range(1, (last - day).days + 1))
    assert is_workday(last)
    assert sum(map(is_workday, between)) == count


def test_a_milestone_in_a_year_not_arranged_yet_says_so() -> None:
    (saturday,) = [date(2090, 7, day) for day in range(1, 8) if date(2090, 7, day).weekday() == 5]
    assert "2090 年的放假调休安排尚未收录" in _on_a_day_off(saturday)
    assert "尚未收录" not in _on_a_day_off(date(2026, 6, 27))
