"""Ledger: every number ever given, with its holder or the reason it was given up (编号台账)."""

from __future__ import annotations

from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.days import BUSINESS_ZONE
from archive.instruments import Instrument
from archive.numbergaps import gaps, passed_over
from archive.numbering import Counter, Number
from pipeline.knowing import ALL, Known


def list_numbers(
    session: Session,
    *,
    series: str | None,
    year: int | None,
    only_void: bool,
    text: str | None,
    limit: int,
    known: Known = ALL,
) -> list[dict[str, Any]]:
    """Return numbers, newest first; `series` is a rule's name or one whole series below it.

    Where not all is `known`, only those of papers and dossiers that are.
    """
    query = (
        select(Number, Instrument.title, Instrument.order_no)
        .outerjoin(Instrument, Instrument.number == Number.text)
        .order_by(Number.id.desc())
    )
    if series is not None:
        below = Number.series.startswith(f"{series}:", autoescape=True)
        query = query.where((Number.series == series) | below)
    if year is not None:
        query = query.where(Number.year == year)
    if only_void:
        query = query.where(Number.voided_at.is_not(None))
    if text is not None:
        query = query.where(Number.text.contains(text, autoescape=True))
    if known.is_whole:
        query = query.limit(limit)
    rows = session.execute(query.execution_options(yield_per=1000))
    shown = (row for row in rows if known.has_number(row[0].text) or known.has_dossier(row[0].text))
    return [_line(*row) for row in islice(shown, limit)]


def _line(number: Number, title: str | None, order_no: str | None) -> dict[str, Any]:
    return {
        "number": number.text,
        "series": number.series,
        "year": number.year or None,
        "value": number.value,
        "holder": number.holder,
        "order_no": order_no,
        "title": title,
        "taken_at": number.taken_at.astimezone(BUSINESS_ZONE).isoformat(),
        "voided_at": (
            number.voided_at.astimezone(BUSINESS_ZONE).isoformat() if number.voided_at else None
        ),
        "void_reason": number.void_reason,
    }


def report_gaps(session: Session) -> dict[str, Any]:
    """Return every place where ledger and counters disagree, and how much was looked at.

    A number that was given up is no gap: its row stands in the ledger with its reason. Nor is
    one a series passed over, because a contract taken in had it before.
    """
    found = gaps(session)
    return {
        "ok": not found,
        "passed_over": [
            {
                "series": each.series,
                "year": each.year or None,
                "value": each.value,
                "number": each.number,
            }
            for each in passed_over(session)
        ],
        "series": session.scalar(select(func.count()).select_from(Counter)),
        "numbers": session.scalar(select(func.count()).select_from(Number)),
        "void": session.scalar(
            select(func.count()).select_from(Number).where(Number.voided_at.is_not(None))
        ),
        "gaps": [
            {
                "series": gap.series,
                "year": gap.year or None,
                "value": gap.value,
                "problem": gap.problem,
            }
            for gap in found
        ],
    }
