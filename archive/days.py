"""Days: an instant belongs to the world, a day to the place where the firm works."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

BUSINESS_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The People's Republic keeps one zone, +08:00, and no summer time since 1991."""


def business_day(at: datetime) -> date:
    """Return the day of `at` where the firm works: 2026-12-31 16:30 UTC is already 2027."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}")
    return at.astimezone(BUSINESS_ZONE).date()


def formed_word(formed_on: date | None, formed_in: int | None = None) -> str:
    """Return the day a paper was formed on as people read it; what nobody knows is said so."""
    if formed_on is not None:
        return formed_on.isoformat()
    return f"{formed_in} 年（日期不详）" if formed_in else "不详"


def span_word(days: Iterable[date | None]) -> str:
    """Return from when to when papers were formed (起止日期), as far as it is known."""
    formed = list(days)
    known = [day for day in formed if day is not None]
    if not known:
        return "不详"
    more = "（部分日期不详）" if len(known) < len(formed) else ""
    return f"{min(known)}至{max(known)}{more}"
