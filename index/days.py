"""Days: the days of a query: 2026, 2026Q1, 2026上半年, 2026-03, 2026年3月5日, and ranges."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Any

from index.amounts import Span, bounded
from index.analysis import normalise
from index.errors import QuestionRefused
from index.numerals import small, year

_WRONG = (
    "日期应写成 2026、2026Q1、2026-03、2026-03-05、2026年3月5日、2026上半年，"
    "或范围 2026-01..2026-06、>=2026-03"
)
_QUARTER = re.compile(r"(.{4})年?(?:q([1-4])|第?([一二三四1-4])季度?)")
_HALF = re.compile(r"(.{4})年?([上下])半年")
_DAY = re.compile(
    r"(.{4})(?:[-/.年](?:([^-/.年月]{1,3})(?:[-/.月](?:([^-/.月日]{1,3})[日号]?)?)?)?)?"
)
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def read_days(text: str, place: int) -> Span[date]:
    """Read a day, month, quarter, half-year or year, or a range; raises QuestionRefused."""
    return bounded(normalise(text).strip(), place, _WRONG, lambda typed: _period(typed, place))


def whole_years(span: Span[Any]) -> tuple[int, int]:
    """Return the first and the last year of which every day lies within a span of days."""
    first, last = date.min.year, date.max.year
    if span.low is not None:
        begins = (span.low.month, span.low.day) == (1, 1) and not span.excludes_low
        first = span.low.year + (not begins)
    if span.high is not None:
        ends = (span.high.month, span.high.day) == (12, 31) and not span.excludes_high
        last = span.high.year - (not ends)
    return first, last


def _period(typed: str, place: int) -> tuple[date, date]:
    """Return the first and the last day of what was typed."""
    try:
        period = _part_of_year(typed) or _days(typed)
    except ValueError as error:
        raise QuestionRefused(_WRONG, place, len(typed)) from error
    if period is None:
        raise QuestionRefused(_WRONG, place, len(typed))
    return period


def _part_of_year(typed: str) -> tuple[date, date] | None:
    quarter, half = _QUARTER.fullmatch(typed), _HALF.fullmatch(typed)
    if quarter:
        first = 3 * (small(quarter[2] or quarter[3]) or 0) - 2
        return _months(_year(quarter[1]), first, first + 2)
    if half:
        first = 1 if half[2] == "上" else 7
        return _months(_year(half[1]), first, first + 5)
    return None


def _days(typed: str) -> tuple[date, date] | None:
    match = _DIGITS.fullmatch(typed) or _DAY.fullmatch(typed)
    if match is None:
        return None
    at_year = _year(match[1])
    if match[2] is None:
        return _months(at_year, 1, 12)
    month = small(match[2]) or 0
    if match[3] is None:
        return _months(at_year, month, month)
    only = date(at_year, month, small(match[3]) or 0)
    return only, only


def _year(typed: str) -> int:
    number = year(typed)
    if number is None or number < 1000:  # noqa: PLR2004 a year has four digits
        raise ValueError(typed)
    return number


def _months(at_year: int, first: int, last: int) -> tuple[date, date]:
    return date(at_year, first, 1), date(at_year, last, monthrange(at_year, last)[1])
