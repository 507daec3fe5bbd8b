"""Amounts: the amounts and years of a query: 1,234.50, 12.5万, 壹佰元, 100..200, 2024..2026."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from index.analysis import normalise
from index.errors import QuestionRefused
from index.numerals import FIGURES, number_of

_FIGURE = re.compile(rf"(?:¥|人民币|rmb)?([0-9.{FIGURES}]{{1,30}})[元圆]?[整正]?")
_COMPARED = re.compile(r"(>=|<=|>|<|≥|≤)(.*)")
_BETWEEN = (re.compile(r"(.*?)(?:\.\.+|~|至|到)(.*)"), re.compile(r"([^-]*)-([^-]*)"))

Value = TypeVar("Value", Decimal, date)


@dataclass(frozen=True, slots=True)
class Span(Generic[Value]):
    """From `low` to `high`, both within unless excluded; None is no bound."""

    low: Value | None
    high: Value | None
    excludes_low: bool = False
    excludes_high: bool = False

    def holds(self, value: Any) -> bool:
        """Say whether `value` lies within."""
        if self.low is not None and (value < self.low or (self.excludes_low and value == self.low)):
            return False
        return self.high is None or not (
            value > self.high or (self.excludes_high and value == self.high)
        )


def read_amounts(text: str, place: int) -> Span[Decimal]:
    """Read an amount in yuan or a range of them; raises QuestionRefused."""
    wrong = "金额应写成 1234.50、12.5万、10万..50万 或 >=100"
    return _figures(text, place, wrong)


def read_years(text: str, place: int) -> Span[Decimal]:
    """Read a year or a range of them; raises QuestionRefused."""
    wrong = "年度应写成 2026、2024..2026 或 >=2024"
    span = _figures(re.sub("年度?", "", text), place, wrong)
    for year in (span.low, span.high):
        if year is not None and not (year == int(year) and 1000 <= year <= 9999):  # noqa: PLR2004 a year has four digits
            raise QuestionRefused(wrong, place, len(text))
    return span


def _figures(text: str, place: int, wrong: str) -> Span[Decimal]:
    typed = normalise(text).strip()

    def read(figure: str) -> tuple[Decimal, Decimal]:
        value = _figure(figure, place, wrong)
        return value, value

    if _BETWEEN[1].fullmatch(typed):
        typed = typed.replace("-", "..")
    return bounded(typed, place, wrong, read)


def bounded(
    typed: str, place: int, wrong: str, read: Callable[[str], tuple[Value, Value]]
) -> Span[Value]:
    """Read one value, a comparison or a range; `read` gives the first and last of a value."""
    compared = _COMPARED.fullmatch(typed)
    if compared:
        first, last = read(compared[2])
        if compared[1] == ">":
            return Span(last, None, excludes_low=True)
        if compared[1] == "<":
            return Span(None, first, excludes_high=True)
        return Span(first, None) if compared[1] in {">=", "≥"} else Span(None, last)
    between = _BETWEEN[0].fullmatch(typed)
    if between is None:
        return Span(*read(typed))
    low = read(between[1])[0] if between[1] else None
    high = read(between[2])[1] if between[2] else None
    if low is None and high is None:
        raise QuestionRefused(wrong, place, len(typed))
    if low is not None and high is not None and low > high:
        raise QuestionRefused("范围的前一个大于后一个", place, len(typed))
    return Span(low, high)


def _figure(typed: str, place: int, wrong: str) -> Decimal:
    match = _FIGURE.fullmatch(typed)
    value = number_of(match[1]) if match else None
    if value is None:
        raise QuestionRefused(wrong, place, max(1, len(typed)))
    return value
