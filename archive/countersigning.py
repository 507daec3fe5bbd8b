"""Countersigning: the original both parties signed joins the item this firm sealed (签署件归卷)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from archive.additions import Addition, FileContents
from archive.custody import Act, Evidence, enter
from archive.dossiers import Dossier, Record
from archive.events import Event
from archive.store import Store

COUNTERSIGNED: Final = "countersigned"
COUNTERSIGNED_TEXT: Final = "countersigned_text"
"""The roles of the countersigned original, and of what was read off its pictures."""
ACTION: Final = "record:countersigned"
SIGNED_ON: Final = "record:signed"
"""The other party's signing told before the original came in; `ACTION` may tell it too."""


def countersigned_of(record: Record) -> Mapping[str, Any] | None:
    """Return what is said of the record's countersigned original, None where it is missing."""
    found: Mapping[str, Any] | None = record.description.get(COUNTERSIGNED)
    return found


def signing_day_of(record: Record) -> date | None:
    """Return the day the other party signed, None while nobody said it."""
    said = (countersigned_of(record) or {}).get("signed_on") or record.description.get("signed_on")
    return date.fromisoformat(said) if said else None


def join_countersigned(
    session: Session,
    store: Store,
    record: Record,
    *,
    files: FileContents,
    said: Mapping[str, Any],
    actor: str,
    at: datetime,
    proof: Evidence | None = None,
) -> Event:
    """Let the countersigned original join its record, or say more of it; return the event.

    `said` is what the description says from now on, `proof` what proves it; the sealed file stays
    as it is. Raises
    RetentionRefused where another stands there already, or the dossier was destroyed.
    """
    row = session.get_one(Dossier, record.dossier_id)
    addition = Addition(record.reference_code, files, said)
    details = {"reference_code": record.reference_code} | dict(said[COUNTERSIGNED])
    act = Act(ACTION, actor, at, details, evidence=proof, additions=(addition,))
    return enter(session, store, row, act)


def note_signing(
    session: Session,
    store: Store,
    record: Record,
    signed_on: date,
    *,
    actor: str,
    at: datetime,
    proof: Evidence | None = None,
    corrected: Mapping[str, str] | None = None,
) -> Event:
    """Enter the day the other party signed, before or after the original came in (签订日期).

    `corrected` says from which day, why and with whom an earlier entry is corrected. Raises
    RetentionRefused where the dossier was destroyed.
    """
    row = session.get_one(Dossier, record.dossier_id)
    day = {"signed_on": signed_on.isoformat()}
    standing = countersigned_of(record)
    said = {COUNTERSIGNED: dict(standing) | day} if standing else day
    addition = Addition(record.reference_code, {}, said)
    details: dict[str, Any] = {"reference_code": record.reference_code} | day
    if corrected is not None:
        details |= {"corrected": dict(corrected)}
    act = Act(SIGNED_ON, actor, at, details, evidence=proof, additions=(addition,))
    return enter(session, store, row, act)
