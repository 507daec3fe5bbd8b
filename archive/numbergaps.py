"""Number gaps: where the ledger and its counters disagree, and what was passed over (缺号)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.db import begins_with
from archive.numbering import FORMER, Counter, Number

_DIGITS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a series where the ledger and its counter disagree (缺号)."""

    series: str
    year: int
    value: int
    problem: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A place in a series that was passed over, because `number` was given elsewhere before."""

    series: str
    year: int
    value: int
    number: str


def gaps(session: Session) -> list[Gap]:
    """Return every place where ledger and counters disagree; empty when all is well.

    A number passed over because it was given elsewhere is no gap.
    """
    return [found for found in _looked_through(session) if isinstance(found, Gap)]


def passed_over(session: Session) -> list[PassedOver]:
    """Return every place a series passed over."""
    return [found for found in _looked_through(session) if isinstance(found, PassedOver)]


def _looked_through(session: Session) -> Iterator[Gap | PassedOver]:
    counters = {
        (counter.series, counter.year): counter.last for counter in session.scalars(select(Counter))
    }
    held = session.execute(
        select(
            Number.series, Number.year, func.min(Number.value), func.max(Number.value), func.count()
        ).group_by(Number.series, Number.year)
    ).all()
    whole = {
        (series, year): highest
        for series, year, lowest, highest, count in held
        if lowest == 1 and count == highest
    }
    odd = {*counters, *((series, year) for series, year, *_rest in held)}
    odd -= {key for key, last in counters.items() if whole.get(key, 0) == last}
    for key in sorted(odd):
        yield from _in_series(session, *key, counters.get(key, 0))


def _in_series(session: Session, series: str, year: int, last: int) -> Iterator[Gap | PassedOver]:
    found = set(
        session.scalars(select(Number.value).where(Number.series == series, Number.year == year))
    )
    for value in range(1, last + 1):
        if value in found:
            continue
        number = _given_elsewhere(session, series, year, value)
        if number is None:
            yield Gap(series, year, value, "缺号：台账中没有此号")
        else:
            yield PassedOver(series, year, value, number)
    for value in sorted(found):
        if not 1 <= value <= last:
            yield Gap(series, year, value, "超号：此号不在计数器范围内")


def _given_elsewhere(session: Session, series: str, year: int, value: int) -> str | None:
    """Return the number given elsewhere that stands where `value` of the series would.

    The ledger alone tells it: whoever passed it over got the next value of the series, so the
    text of that one with `value` in the place of its own is the number passed over.
    """
    following = session.scalars(
        select(Number)
        .where(Number.series == series, Number.year == year, Number.value > value)
        .order_by(Number.value)
        .limit(1)
    ).first()
    if following is None:
        return None
    texts = {
        following.text[: run.start()] + said + following.text[run.end() :]
        for run in _DIGITS.finditer(following.text)
        if int(run[0]) == following.value
        for said in (str(value).zfill(len(run[0])), str(value))
    }
    is_former = begins_with(session, Number.holder, FORMER)
    return session.scalars(select(Number.text).where(Number.text.in_(texts), is_former)).first()
