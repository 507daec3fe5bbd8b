"""Metadata: everything a dossier's version says of itself, for programs and for people (元数据).

Told from the dossier alone and never stored in the register: a rebuild needs `dossier` and
`items` only, the rest is what a reader in thirty years would otherwise have to piece together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from archive.carrying import Carried, Row
from archive.days import BUSINESS_ZONE
from archive.events import Event
from archive.retention import term_of

_OPINIONS: Final = ("opinion", "reason")
_PERSONAL: Final = ("post", "department", "principal", "step")
_OF_USES: Final = (
    "number",
    "seal_code",
    "at",
    "requested_by",
    "approved_by",
    "keeper",
    "pages",
    "copies",
    "places",
    "file_sha256",
    "sealed_sha256",
    "instrument",
)


def metadata_of(
    dossier: Mapping[str, Any],
    items: Sequence[Row],
    carried: Carried,
    destroyed: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return what stands in metadata.json and metadata.xml, the schema's name aside."""
    said: dict[str, Any] = {
        "dossier": dict(dossier),
        "items": list(items),
        "acts": [_act(event) for event in carried.events],
        "seal_uses": [_use(row) for row in carried.seal_uses],
    }
    if destroyed is not None:
        return said | {"destroyed": dict(destroyed)}
    return said | {"term": _term(dossier, items, carried.events)}


def _term(
    dossier: Mapping[str, Any], items: Iterable[Row], events: Sequence[Event]
) -> dict[str, Any]:
    rule = dossier.get("retention_trigger", "")
    term = term_of(dossier["retention"], rule, events, items)
    return {
        "period": term.period,
        "rule": rule,
        "starts_on": term.starts_on.isoformat() if term.starts_on else None,
        "expires_on": term.expires_on.isoformat() if term.expires_on else None,
        "missing": [str(trigger) for trigger in term.missing],
    }


def _act(event: Event) -> dict[str, Any]:
    """Return one act as people ask for it: what, who, in which post, when, saying what, on what."""
    details = event.details
    said = {
        "seq": event.seq,
        "action": event.action,
        "actor": event.actor,
        "at": event.at.astimezone(BUSINESS_ZONE).isoformat(),
        "subject": event.subject,
        "digest": event.hash,
    }
    said |= {name: details[name] for name in _PERSONAL if isinstance(details.get(name), str)}
    opinion = next((details[n] for n in _OPINIONS if isinstance(details.get(n), str)), None)
    if opinion is not None:
        said["opinion"] = opinion
    if isinstance(details.get("basis"), str):
        said["basis"] = details["basis"]
    return said


def _use(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _OF_USES if name in row}
