"""Marks: what must be seen wherever a kept dossier is shown: that it is frozen, or destroyed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.dossiers import Dossier
from archive.holds import HoldTarget
from archive.instruments import Instrument

_AT_ONCE = 500


def marks_of(session: Session, order_nos: Collection[str]) -> Mapping[str, dict[str, Any]]:
    """Return the marks of the dossiers of these orders: standing holds, and the list that ended it.

    Orders without a dossier have no entry.
    """
    wanted = sorted(set(order_nos))
    marks: dict[str, dict[str, Any]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        rows = session.execute(
            select(Dossier.order_no, Dossier.destroyed_by, HoldTarget.hold_number)
            .outerjoin(
                HoldTarget,
                (HoldTarget.dossier_code == Dossier.code) & HoldTarget.released_at.is_(None),
            )
            .where(Dossier.order_no.in_(some))
            .order_by(HoldTarget.id)
        )
        for order_no, destroyed_by, hold in rows:
            mark = marks.setdefault(order_no, {"holds": [], "destroyed_by": destroyed_by})
            mark["holds"] += [hold] if hold else []
    return marks


def destroyed_by(session: Session, paper: Instrument) -> str | None:
    """Return the list by which the dossier of `paper` was destroyed, None where it stands."""
    if paper.dossier_id is None:
        return None
    return session.get_one(Dossier, paper.dossier_id).destroyed_by


def no_marks() -> dict[str, Any]:
    """Return the marks of what is not filed."""
    return {"holds": [], "destroyed_by": None}
