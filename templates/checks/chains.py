"""Chains: the days of an order in the order they must have (K18, 倒签)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from templates.checks.remarks import block
from templates.checks.rules import Figures
from templates.errors import Finding
from templates.wording import chinese_date


@dataclass(frozen=True, slots=True)
class Dated:
    """Something done on a day, and the place in the order that says so."""

    place: str
    what: str
    day: date


def check_after(first: Dated, later: Iterable[Dated], *, on: date) -> Iterator[Finding]:
    """Yield what of `later` is dated before `first`, or after the day of the check."""
    for each in later:
        if each.day < first.day:
            message = (
                f"{each.what} {chinese_date(each.day)} 早于{first.what} "
                f"{chinese_date(first.day)}；请核对日期，不得倒签"
            )
            yield block("K18", each.place, message)
        elif each.day > on:
            message = f"{each.what} {chinese_date(each.day)} 晚于今日 {chinese_date(on)}；请核对"
            yield block("K18", each.place, message)


def check_years(days: Sequence[Dated], figures: Figures) -> Iterator[Finding]:
    """Yield days of a year no document of ours can mean."""
    for each in days:
        if not figures.earliest_year <= each.day.year <= figures.latest_year:
            message = (
                f"{each.what}写作 {each.day.isoformat()}，年份不在 {figures.earliest_year} 至 "
                f"{figures.latest_year} 之间；请核对"
            )
            yield block("K18", each.place, message)
