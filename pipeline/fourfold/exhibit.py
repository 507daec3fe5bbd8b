"""Exhibit: one dossier as it is examined, wherever it stands: shelf, package, or not yet filed.

Reading it refuses nothing: what cannot be read is a finding, not an error.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any, Final

from archive.errors import ArchiveError
from archive.events import Event, from_json
from archive.fixity import ALTERED, STRAY_FILE, examine
from archive.shelved import Shelved
from archive.store import Store
from pipeline.fourfold.measuring import Measured, Opened, measured, whole

Row = Mapping[str, Any]
SEALED: Final = "sealed"
RESULT: Final = "fourfold"
"""The role of what was found of a paper when it was filed."""
METADATA: Final = "metadata.json"
EVENTS: Final = "events.jsonl"
TABLES: Final = (
    "instruments",
    "approvals",
    "seal_uses",
    "numbers",
    "counters",
    "deviations",
    "approval_acts",
    "seal_requests",
)
OWN_FILES: Final = frozenset({METADATA, EVENTS, *(f"{table}.json" for table in TABLES)})
_SMALL: Final = 1 << 20
"""Bytes up to which a file is kept once it was read."""
UNREADABLE: Final = (ArchiveError, OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Exhibit:
    """A dossier with its files; `files` says which digest its own list gives each of them.

    `states` are the SHA-512 of every version by logical path; `structure` and `strays` what
    its container found wrong; `unreadable` why its metadata could not be read. `opened` opens a
    file to be read in pieces; without it `read` gives the bytes, as of a paper not filed yet.
    """

    place: str
    dossier: Row
    items: tuple[Row, ...]
    tables: Mapping[str, tuple[Row, ...]]
    events: tuple[Event, ...]
    files: Mapping[str, str]
    read: Callable[[str], bytes]
    states: tuple[Mapping[str, str], ...] = ()
    structure: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    is_filed: bool = True
    opened: Opened | None = None
    _contents: dict[str, bytes] = field(default_factory=dict, compare=False)
    _measured: dict[str, Measured] = field(default_factory=dict, compare=False)

    def content(self, path: str) -> bytes:
        """Return the bytes of a file, for what needs all of them; raises what reading raises.

        Small files are read once; of others the last is kept, so that one stands in memory.
        """
        if path not in self._contents:
            content = self.read(path)
            for other in [p for p, each in self._contents.items() if len(each) > _SMALL]:
                del self._contents[other]
            self._contents[path] = content
        return self._contents[path]

    def measured(self, path: str) -> Measured:
        """Return a file's size and digests, read once, in pieces; raises what reading raises."""
        if path not in self._measured:
            with self.opened(path) if self.opened else io.BytesIO(self.content(path)) as file:
                self._measured[path] = measured(file)
        return self._measured[path]

    @cached_property
    def code(self) -> str:
        """The reference code as the metadata says it, or where the dossier stands."""
        return str(self.dossier.get("code") or self.place)

    @cached_property
    def pdfs(self) -> tuple[Row, ...]:
        """The rows of all PDF files."""
        return tuple(
            file
            for item in self.items
            for file in item["files"]
            if file["media_type"] == "application/pdf" and file["path"] in self.files
        )

    def rows(self, table: str, item: Row) -> tuple[Row, ...]:
        """Return the rows of `table` that belong to the paper `item`."""
        source = item["source_sha256"]
        return tuple(row for row in self.tables.get(table, ()) if row["instrument"] == source)

    def paper(self, item: Row) -> Row:
        """Return the register's row of the paper `item`, empty where there is none."""
        source = item["source_sha256"]
        rows = self.tables.get("instruments", ())
        return next((row for row in rows if row["source_sha256"] == source), {})

    def file(self, item: Row, role: str) -> Row | None:
        """Return the row of the file of `item` with that role."""
        return next((file for file in item["files"] if file["role"] == role), None)

    def sealed_items(self) -> Iterable[Row]:
        """Return the papers that carry seals; lists and certificates of disposal do not."""
        return (item for item in self.items if self.file(item, SEALED) is not None)


def on_shelf(store: Store, object_path: str) -> Exhibit:
    """Return the dossier that stands at `object_path`, every byte compared with its inventory."""
    examined = examine(store, object_path)
    inventory = examined.inventory
    strays = [f"{path}：{told}" for path, told in examined.problems if STRAY_FILE in told]
    structure = [
        f"{path}：{told}"
        for path, told in examined.problems
        if STRAY_FILE not in told and told != ALTERED
    ]
    if inventory is None:
        return unread(object_path, structure or ["清单不可用"])
    state = inventory.state

    def opened(path: str) -> IO[bytes]:
        return store.place(f"{object_path}/{inventory.path_of(path)}").open("rb")

    return told_by(
        object_path,
        {path: inventory.sha256_of(path) for path in state},
        opened,
        states=tuple(version.state for version in inventory.versions),
        structure=tuple(structure),
        strays=tuple(strays),
    )


def told_by(
    place: str,
    files: Mapping[str, str],
    opened: Opened,
    *,
    states: tuple[Mapping[str, str], ...] = (),
    structure: tuple[str, ...] = (),
    strays: tuple[str, ...] = (),
) -> Exhibit:
    """Return the dossier its own files tell; `files` holds path -> SHA-256 of its list."""

    def read(path: str) -> bytes:
        with opened(path) as file:
            return whole(file)

    try:
        metadata = json.loads(read(METADATA))
        lines = read(EVENTS).splitlines()
        events = tuple(from_json(json.loads(line)) for line in lines)
        tables = {
            table: tuple(json.loads(read(f"{table}.json")))
            for table in TABLES
            if f"{table}.json" in files
        }
        dossier, items = dict(metadata["dossier"]), tuple(metadata["items"])
        _ = [file["path"] for item in items for file in item["files"]]
    except UNREADABLE as error:
        return unread(place, [*structure, f"元数据读不出：{type(error).__name__}：{error}"])
    return Exhibit(
        place=place,
        dossier=dossier,
        items=items,
        tables=tables,
        events=events,
        files=files,
        read=read,
        opened=opened,
        states=states,
        structure=structure,
        strays=strays,
    )


def to_be_filed(shelved: Shelved, item: Row, contents: Mapping[str, bytes]) -> Exhibit:
    """Return the paper `item` as it is about to stand on the shelf, alone, with its history.

    `contents` are the bytes of its files by role.
    """
    by_path = {file["path"]: contents[file["role"]] for file in item["files"]}
    return Exhibit(
        place=item["reference_code"],
        dossier=shelved.dossier,
        items=(item,),
        tables={table: tuple(getattr(shelved.carried, table)) for table in TABLES},
        events=shelved.carried.events,
        files={file["path"]: file["sha256"] for file in item["files"]},
        read=by_path.__getitem__,
        is_filed=False,
    )


def unread(place: str, problems: Iterable[str]) -> Exhibit:
    """Return a dossier nothing can be said of, and why."""
    return Exhibit(place, {}, (), {}, (), {}, _nothing, unreadable=tuple(problems))


def _nothing(path: str) -> bytes:
    raise KeyError(path)
