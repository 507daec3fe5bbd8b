"""Journaling: what the journal is told of an object, read from what stands on the shelf (记账)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.desk import Desk
from archive.digests import sha512
from archive.inventory import Inventory
from archive.journal import Journal, moment
from archive.links import Entry, Told
from archive.objectfolder import INVENTORY, read_inventory

EVENTS: Final = "events.jsonl"


def entries_of(
    folder: Path, object_path: str, *, first: int = 1, told: Told = Told.KEPT
) -> Iterator[Entry]:
    """Yield an entry for each version of the object from `first` on; `told` is that of v1."""
    inventory = read_inventory(folder, object_path)
    for version in range(first, inventory.head + 1):
        events, head = history_of(folder, inventory, version)
        yield Entry(
            told=told if version == 1 else Told.KEPT,
            object=inventory.object_id,
            path=object_path,
            version=version,
            inventory=sha512((folder / f"v{version}" / INVENTORY).read_bytes()),
            events=events,
            head=head,
            at=moment(inventory.versions[version - 1].created),
        )


def history_of(folder: Path, inventory: Inventory, version: int) -> tuple[int, str]:
    """Return how many events a version tells and the hash of the last; 0 and nothing for none."""
    digest = inventory.versions[version - 1].state.get(EVENTS)
    places = [path for path, kept in inventory.manifest.items() if kept.sha512 == digest]
    if not places:
        return 0, ""
    lines = (folder / places[0]).read_bytes().splitlines()
    return len(lines), _hash_in(lines[-1]) if lines else ""


def catch_up(journal: Journal, folder: Path, object_path: str) -> None:
    """Link the versions of an object that a crash left unlinked; `folder` is where it stands."""
    known = [link.entry for link in journal.links_naming(object_path)]
    object_id = read_inventory(folder, object_path).object_id
    linked = max((entry.version for entry in known if entry.object == object_id), default=0)
    told = Told.BURIED if known and not linked else Told.KEPT
    if missing := list(entries_of(folder, object_path, first=linked + 1, told=told)):
        journal.append(missing)


def begin(
    journal: Journal, desk: Desk, at: datetime, standing: Iterable[Entry] = (), *, why: str = ""
) -> tuple[Path, ...]:
    """Begin the journal, told of what stands already; needs the desk's turn.

    Return the files of a damaged one that were set aside.
    """
    place = desk.begin("journal")
    aside = journal.begin(place, at, standing, why=why)
    desk.clear(place)
    return aside


def link(
    journal: Journal, folder: Path, object_path: str, *, first: int, told: Told = Told.KEPT
) -> None:
    """Link the versions from `first` on."""
    journal.append(list(entries_of(folder, object_path, first=first, told=told)))


def _hash_in(line: bytes) -> str:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    found = said.get("hash") if isinstance(said, dict) else None
    return found if isinstance(found, str) else ""
