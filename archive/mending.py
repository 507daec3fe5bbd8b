"""Mending: what a crash left on the desk is finished and told to the journal (续完)."""

from __future__ import annotations

import contextlib
from pathlib import Path

from archive.burying import finish_burial
from archive.desk import Desk
from archive.errors import JournalDamaged, JournalMissing, ObjectDamaged, ShelfNameRefused
from archive.journal import Journal
from archive.journaling import catch_up
from archive.objectfolder import finish_version, is_object
from archive.storageroot import StorageRoot


def finish_leftovers(shelves: StorageRoot, desk: Desk, journal: Journal) -> tuple[str, ...]:
    """Finish every version and removal left behind; return their objects. Needs the turn.

    Where there is no journal to tell, the place stays on the desk until there is one.
    """
    finished = []
    for place, object_path in desk.leftovers():
        try:
            journal.mend()
            with contextlib.suppress(ShelfNameRefused, ObjectDamaged):
                if object_path and _finish(shelves, object_path, place):
                    finished.append(object_path)
                if object_path and is_object(shelves.place(object_path)):
                    catch_up(journal, shelves.place(object_path), object_path)
        except (JournalMissing, JournalDamaged):
            continue
        desk.clear(place)
    return tuple(finished)


def _finish(shelves: StorageRoot, object_path: str, place: Path) -> bool:
    """Finish the version or the removal left at `place`; return whether there was one."""
    target = shelves.place(object_path)
    if finish_burial(target, place):
        return True
    return is_object(target) and finish_version(target, place, object_path)
