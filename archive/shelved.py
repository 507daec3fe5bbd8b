"""Shelved: a dossier as its own files say it, enough to write the register anew (案卷正本)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from archive.carrying import Carried, Row
from archive.errors import EventDamaged, ObjectDamaged
from archive.events import Event, as_json, from_json, verify_chain
from archive.inventory import Inventory
from archive.metadata import metadata_of
from archive.metadataxml import to_xml
from archive.referencecode import ReferenceCode
from archive.store import Store

SCHEMA: Final = "guidang.dossier/1"
STONE_SCHEMA: Final = "guidang.tombstone/1"
FILED: Final = "record:filed"
DESTROYED: Final = "dossier:destroyed"
_TOLD_FIRST: Final = frozenset(
    {"record", "retention", "hold", "disposal", "dossier", "inspection", "cleanup"}
)
_METADATA: Final = "metadata.json"
_METADATA_XML: Final = "metadata.xml"
_EVENTS: Final = "events.jsonl"
_TABLES: Final = ("instruments", "approvals", "seal_uses", "numbers", "counters")
_LATER_TABLES: Final = ("deviations", "approval_acts", "seal_requests")
"""What dossiers carry only where there is any: those of before know no such file."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """One dossier: what it is, its items, and what the register knew of its order.

    Where it was destroyed, `destroyed` says when and by which list, and the items' files are
    known by their digests alone.
    """

    dossier: Mapping[str, Any]
    items: tuple[Row, ...]
    carried: Carried
    destroyed: Mapping[str, Any] | None = None

    @property
    def code(self) -> ReferenceCode:
        """Return the dossier's reference code; raises ValueError."""
        return ReferenceCode.parse(self.dossier["code"])

    @property
    def object_id(self) -> str:
        """Return the name its object carries: the dossier's, or that of the stone in its place."""
        return self.code.object_id if self.destroyed is None else self.code.stone_id

    def to_files(self) -> dict[str, bytes]:
        """Return the files that say it, by logical path; same content, same bytes."""
        metadata = metadata_of(self.dossier, self.items, self.carried, self.destroyed)
        metadata["schema"] = SCHEMA if self.destroyed is None else STONE_SCHEMA
        files = {
            _METADATA: _written(metadata),
            _METADATA_XML: to_xml(metadata),
            _EVENTS: b"".join(_line(as_json(event)) for event in self.carried.events),
        }
        for table in _TABLES:
            files[f"{table}.json"] = _written(list(getattr(self.carried, table)))
        for table in _LATER_TABLES:
            if rows := getattr(self.carried, table):
                files[f"{table}.json"] = _written(list(rows))
        return files

    @classmethod
    def read(cls, store: Store, object_path: str, inventory: Inventory) -> Self:
        """Read the newest version; raises ObjectMissing, DigestMismatch, ObjectDamaged."""
        lost = [name for name in (_METADATA, _EVENTS) if name not in inventory.state]
        if lost:
            raise ObjectDamaged(object_path, [f"{', '.join(lost)} is missing"])
        try:
            metadata = json.loads(_bytes(store, object_path, inventory, _METADATA))
            if metadata["schema"] not in (SCHEMA, STONE_SCHEMA):
                raise ObjectDamaged(object_path, [f"{metadata['schema']} is no schema known here"])
            tables = {
                table: tuple(json.loads(_bytes(store, object_path, inventory, f"{table}.json")))
                for table in (*_TABLES, *_LATER_TABLES)
                if table in _TABLES or f"{table}.json" in inventory.state
            }
            lines = _bytes(store, object_path, inventory, _EVENTS).splitlines()
            events = tuple(from_json(json.loads(line)) for line in lines)
            shelved = cls(
                dossier=metadata["dossier"],
                items=tuple(metadata["items"]),
                carried=Carried(events=events, **tables),
                destroyed=(metadata["destroyed"] if metadata["schema"] == STONE_SCHEMA else None),
            )
            problems = list(shelved._contradictions(object_path, inventory))
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ObjectDamaged(object_path, [f"cannot be read: {error!r:.300}"]) from error
        except EventDamaged as error:
            raise ObjectDamaged(object_path, [f"cannot be read: {error}"]) from error
        if problems:
            raise ObjectDamaged(object_path, problems)
        return shelved

    def _contradictions(self, object_path: str, inventory: Inventory) -> Iterable[str]:
        code = self.code
        if (object_path, inventory.object_id) != (code.object_path, self.object_id):
            yield f"stands at another place than {code} belongs to"
        if any(event.chain != self.dossier["order_no"] for event in self.carried.events):
            yield "events are of another order"
        yield from verify_chain(self.carried.events)
        for item in self.items:
            if ReferenceCode.parse(item["reference_code"]).dossier != code:
                yield f"{item['reference_code']} is no item of {code}"
            if self.destroyed is None:
                yield from _file_problems(item, inventory)
        if self.destroyed is None:
            yield from _evidence_problems(self.carried.events, inventory)
        if (self.destroyed is not None) != any(e.action == DESTROYED for e in self.carried.events):
            yield "events and description differ about whether it was destroyed"
        filed = [event.subject for event in filings(self.carried.events)]
        if sorted(filed) != sorted(item["reference_code"] for item in self.items):
            yield "events and items differ about what was filed"


def filings(events: Iterable[Event]) -> Iterable[Event]:
    """Yield those of `events` that say a record was filed; their subject is its code."""
    return (event for event in events if event.action == FILED)


def is_told_first(event: Event) -> bool:
    """Return whether the shelf tells `event` before the register: a filing, or an act of custody.

    Acts of custody are those upon a dossier kept already: its dates, holds and disposal.
    """
    return event.action.partition(":")[0] in _TOLD_FIRST


def _file_problems(item: Mapping[str, Any], inventory: Inventory) -> Iterable[str]:
    for file in item["files"]:
        if file["path"] not in inventory.state:
            yield f"{item['reference_code']}: {file['role']} is missing"
        elif inventory.sha256_of(file["path"]) != file["sha256"]:
            yield f"{item['reference_code']}: {file['role']} is another file than was filed"


def _evidence_problems(events: Iterable[Event], inventory: Inventory) -> Iterable[str]:
    for event in events:
        kept = event.details.get("evidence")
        if not isinstance(kept, dict) or "path" not in kept:
            continue
        if kept["path"] not in inventory.state:
            yield f"the evidence of event {event.seq} is missing"
        elif inventory.sha256_of(kept["path"]) != kept["sha256"]:
            yield f"the evidence of event {event.seq} is another file than was entered"


def _bytes(store: Store, object_path: str, inventory: Inventory, logical: str) -> bytes:
    path = f"{object_path}/{inventory.path_of(logical)}"
    return store.read_path(path, inventory.sha256_of(logical))


def _written(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _line(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n").encode()
