"""Days: an instant belongs to the world, a day to the place where the firm works."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

BUSINESS_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The People's Republic keeps one zone, +08:00, and no summer time since 1991."""


def business_day(at: datetime) -> date:
    """Return the day of `at` where the firm works: 2026-12-31 16:30 UTC is already 2027."""
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}")
    return at.astimezone(BUSINESS_ZONE).date()
