"""Amounts: the amounts and years of a query: 1,234.50, 12.5万, 100..200, >=100, 2024..2026."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from index.analysis import normalise
from index.errors import QuestionRefused

_FIGURE = re.compile(r"(?:¥|人民币)*(\d{1,15}(?:\.\d{1,6})?)(万|亿)?元?", re.ASCII)
_UNITS = {None: Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_COMPARED = re.compile(r"(>=|<=|>|<|≥|≤)(.*)")
_BETWEEN = re.compile(r"(.*?)(?:\.\.|~|至|到|-)(.*)")


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both within unless excluded; None is no bound."""

    low: Decimal | None
    high: Decimal | None
    excludes_low: bool = False
    excludes_high: bool = False

    def holds(self, value: Decimal) -> bool:
        """Say whether `value` lies within."""
        if self.low is not None and (value < self.low or (self.excludes_low and value == self.low)):
            return False
        return self.high is None or not (
            value > self.high or (self.excludes_high and value == self.high)
        )


def read_amounts(text: str, place: int) -> Span:
    """Read an amount in yuan or a range of them; raises QuestionRefused."""
    return _span(text, place, "金额应写成 1234.50、12.5万、100..200 或 >=100")


def read_years(text: str, place: int) -> Span:
    """Read a year or a range of them; raises QuestionRefused."""
    wrong = "年度应写成 2026、2024..2026 或 >=2024"
    span = _span(re.sub("年度?", "", text), place, wrong)
    for year in (span.low, span.high):
        if year is not None and not (year == int(year) and 1000 <= year <= 9999):  # noqa: PLR2004 a year has four digits
            raise QuestionRefused(wrong, place)
    return span


def _span(text: str, place: int, wrong: str) -> Span:
    typed = normalise(text).strip()
    compared = _COMPARED.fullmatch(typed)
    if compared:
        figure = _figure(compared[2], place, wrong)
        if compared[1] in {">", ">=", "≥"}:
            return Span(figure, None, excludes_low=compared[1] == ">")
        return Span(None, figure, excludes_high=compared[1] == "<")
    between = _BETWEEN.fullmatch(typed)
    if between is None:
        figure = _figure(typed, place, wrong)
        return Span(figure, figure)
    low = _figure(between[1], place, wrong) if between[1] else None
    high = _figure(between[2], place, wrong) if between[2] else None
    if low is None and high is None:
        raise QuestionRefused(wrong, place)
    if low is not None and high is not None and low > high:
        raise QuestionRefused("范围的前一个数大于后一个数", place)
    return Span(low, high)


def _figure(typed: str, place: int, wrong: str) -> Decimal:
    match = _FIGURE.fullmatch(typed)
    if match is None:
        raise QuestionRefused(wrong, place)
    return Decimal(match[1]) * _UNITS[match[2]]
