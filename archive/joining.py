"""Joining: a dossier with one more paper in it, its history one unbroken chain (并卷)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from pathlib import PurePath
from typing import Final

from archive import events
from archive.carrying import Carried, Row, merged
from archive.days import BUSINESS_ZONE
from archive.digests import sha256, sm3
from archive.errors import EventConflict
from archive.fileformats import format_of, program_of
from archive.instruments import InstrumentState
from archive.shelved import FILED, Shelved, filings, is_told_first
from archive.submission import Composed, Place

_NAMESPACE: Final = uuid.UUID("5b0f8f0e-6a43-5d5c-9a57-0f2d0c9c1d11")
_SUFFIXES: Final = {
    "application/json": ".json",
    "application/ofd": ".ofd",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xml": ".xml",
    "application/yaml": ".yaml",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
}
"""What a file ends in on the shelf; the name it was handed in under stands in its metadata."""


def joined(standing: Shelved | None, place: Place, composed: Composed, *, version: int) -> Shelved:
    """Return the dossier with the submission in it as of `version`; the same paper once.

    Whatever the shelf said stays, but for rows the register knows better by now.
    """
    dossier = standing.dossier if standing else place.dossier
    items = list(standing.items) if standing else []
    source = composed.submission.source_sha256
    if source not in {item["source_sha256"] for item in items}:
        items.append(_item(place, composed, version=version))
    tables = {
        table: merged(table, getattr(standing.carried, table) if standing else (), rows)
        for table, rows in _tables(composed.carried).items()
    }
    filed_at = {item["source_sha256"]: item["filed_at"] for item in items}
    tables["instruments"] = tuple(
        _filed(row, filed_at[row["source_sha256"]]) if row["source_sha256"] in filed_at else row
        for row in tables["instruments"]
    )
    chain = chained(standing, items, composed.carried.events, order_no=dossier["order_no"])
    return Shelved(
        dossier=dossier, items=tuple(items), carried=Carried(events=tuple(chain), **tables)
    )


def lasting_id(name: str) -> str:
    """Return the UUID of `name`, the same whenever it is asked for (唯一标识)."""
    return str(uuid.uuid5(_NAMESPACE, name))


def _tables(carried: Carried) -> Mapping[str, tuple[Row, ...]]:
    return {
        "instruments": carried.instruments,
        "approvals": carried.approvals,
        "seal_uses": carried.seal_uses,
        "numbers": carried.numbers,
        "counters": carried.counters,
        "deviations": carried.deviations,
        "approval_acts": carried.approval_acts,
        "seal_requests": carried.seal_requests,
    }


def _filed(instrument: Row, filed_at: str) -> Row:
    settled = {"state": InstrumentState.FILED.value, "filed_at": filed_at}
    return instrument | settled | {"reason": None, "not_before": None}


def chained(
    standing: Shelved | None,
    items: Sequence[Row],
    known: tuple[events.Event, ...],
    *,
    order_no: str,
) -> list[events.Event]:
    """Return the events with exactly one filing for each of `items`.

    The register leads: a filing or an act of custody the shelf tells but the register does not
    know yet is chained anew behind it. Other events it does not know mean that it is older
    than the shelf, a backup say: where it only lacks them the shelf leads, otherwise raises
    EventConflict.
    """
    chain = list(known)
    shelf = standing.carried.events if standing else ()
    pairs = zip(shelf, known, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0].hash == pair[1].hash, pairs))
    ahead = shelf[common:]
    if not all(is_told_first(event) for event in ahead):
        if common < len(known):
            raise EventConflict(order_no, common + 1, "the shelf tells another history")
        chain, ahead = list(shelf), ()
    for event in ahead:
        if event.action != FILED and not any(_is_same_act(event, other) for other in chain):
            chain.append(_behind(chain, event))
    filed = {event.subject for event in filings(chain)}
    for item in items:
        if item["reference_code"] not in filed:
            chain.append(
                events.prepare(
                    chain[-1] if chain else None,
                    chain=order_no,
                    at=datetime.fromisoformat(item["filed_at"]),
                    actor=item["filed_by"],
                    action=FILED,
                    subject=item["reference_code"],
                    details={
                        "number": item["number"],
                        "source_sha256": item["source_sha256"],
                        "files": {file["role"]: file["sha256"] for file in item["files"]},
                    },
                )
            )
    return chain


def _behind(chain: Sequence[events.Event], event: events.Event) -> events.Event:
    """Return `event` as it follows the last of `chain`."""
    return events.prepare(
        chain[-1] if chain else None,
        chain=event.chain,
        at=event.at,
        actor=event.actor,
        action=event.action,
        subject=event.subject,
        details=event.details,
    )


def _is_same_act(one: events.Event, other: events.Event) -> bool:
    return (one.action, one.subject, one.at, one.details) == (
        other.action,
        other.subject,
        other.at,
        other.details,
    )


def _item(place: Place, composed: Composed, *, version: int) -> Row:
    submission = composed.submission
    code = str(place.code)
    return {
        "uuid": lasting_id(f"{place.code.object_id}#{place.code.item}"),
        "reference_code": code,
        "item_no": place.code.item,
        "kind": submission.kind,
        "kind_name": place.kind_name,
        "number": submission.number,
        "title": submission.title,
        "responsible": submission.responsible,
        "formed_on": submission.formed_on.isoformat() if submission.formed_on else None,
        "pages": submission.pages,
        "secrecy": submission.secrecy,
        "source_sha256": submission.source_sha256,
        "version": version,
        "filed_at": composed.at.astimezone(BUSINESS_ZONE).isoformat(),
        "filed_by": composed.actor,
        "description": dict(submission.description),
        "files": list(composed.rows) or rows_of(place.code.item or 0, submission.files),
    }


def rows_of(item_no: int, files: Mapping[str, tuple[str, str, bytes]]) -> list[Row]:
    """Return what a dossier says of the files of item `item_no`, by role."""
    return [file_row(role, item_no, *files[role]) for role in sorted(files)]


def file_row(role: str, item_no: int, name: str, media_type: str, content: bytes) -> Row:
    """Return what a dossier says of one file of item `item_no`, and where it stands there."""
    suffix = _SUFFIXES.get(media_type.partition(";")[0].strip(), ".bin")
    return {
        "role": role,
        "name": PurePath(name).name,
        "path": f"items/{item_no:03}/{role}{suffix}",
        "media_type": media_type,
        "format": format_of(media_type, content),
        "program": program_of(role),
        "bytes": len(content),
        "sha256": sha256(content),
        "sm3": sm3(content),
    }
