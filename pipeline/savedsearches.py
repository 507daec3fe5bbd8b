"""Saved searches: questions kept under a name, and what answers them since they were last seen.

Each is a file of its own in searches/ of the home, written whole: they are no records, and must
not be lost with the register. Which hits are new is told by the codes seen, so that also an old
record that came to answer is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from index.library import Hit, Library, Question
from pipeline.asking import access_of, all_hits
from pipeline.keeping import keep, sync_folder
from pipeline.wiring import Workplace


class SearchUnknown(Exception):
    """The person has no saved search of that name."""


class SearchExists(Exception):
    """The person has another saved search of that name already."""


class SearchDamaged(Exception):
    """The file of a saved search cannot be read; it names the file."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A question under a name; `person` is blank for the account that runs guidang.

    `seen` are the reference codes of what answered when somebody last looked.
    """

    name: str
    person: str
    text: str
    filters: dict[str, str]
    sort: str
    saved_at: datetime
    seen_at: datetime
    seen: frozenset[str] = field(repr=False)

    def question(self, workplace: Workplace) -> Question:
        """Return what is asked, in the name of the person as the rules are now."""
        access = access_of(workplace, self.person or None)
        return Question(self.text, self.filters, sort=self.sort, access=access)


def save(workplace: Workplace, name: str, person: str | None, question: Question) -> SavedSearch:
    """Keep a question under a name; all that answers now counts as seen.

    Keeping the same again changes nothing; raises SearchExists where the name means another.
    """
    now = workplace.clock()
    made = SavedSearch(
        name=name,
        person=person or "",
        text=question.text,
        filters=dict(question.filters),
        sort=question.sort,
        saved_at=now,
        seen_at=now,
        seen=frozenset(),
    )
    path = _path(workplace, made.person, name)
    if path.exists():
        old = _read(path)
        if (old.text, old.filters, old.sort) != (made.text, made.filters, made.sort):
            raise SearchExists(name)
        return old
    made = replace(made, seen=workplace.library.finds(made.question(workplace)))
    _keep(workplace, made)
    return made


def saved(workplace: Workplace, person: str | None) -> list[SavedSearch]:
    """Return the saved searches of a person by name; nobody else's."""
    found = [each for each in _all(workplace) if each.person == (person or "")]
    return sorted(found, key=lambda each: each.name)


def find(workplace: Workplace, name: str, person: str | None) -> SavedSearch:
    """Return one saved search of a person; raises SearchUnknown, SearchDamaged."""
    path = _path(workplace, person or "", name)
    if not path.exists():
        raise SearchUnknown(name)
    return _read(path)


def new_codes(workplace: Workplace, search: SavedSearch) -> frozenset[str]:
    """Return the codes of what answers now and did not when somebody last looked."""
    return workplace.library.finds(search.question(workplace)) - search.seen


def new_hits(library: Library, question: Question, codes: frozenset[str]) -> Iterator[Hit]:
    """Yield the hits of `codes`, last filed first; the rest is not read further than needed."""
    left = set(codes)
    for hit in all_hits(library, replace(question, sort="filed_on")) if left else ():
        if hit.reference_code in left:
            left.remove(hit.reference_code)
            yield hit
            if not left:
                return


def note_seen(workplace: Workplace, search: SavedSearch, codes: frozenset[str]) -> None:
    """Keep that all of `codes` were looked at now; what came meanwhile stays new."""
    _keep(workplace, replace(search, seen=codes, seen_at=workplace.clock()))


def remove(workplace: Workplace, name: str, person: str | None) -> None:
    """Forget a saved search; raises SearchUnknown."""
    path = _path(workplace, person or "", name)
    try:
        path.unlink()
    except FileNotFoundError as error:
        raise SearchUnknown(name) from error
    sync_folder(path.parent)


def _all(workplace: Workplace) -> Iterator[SavedSearch]:
    return map(_read, sorted(workplace.home.searches.glob("*.json")))


def _keep(workplace: Workplace, search: SavedSearch) -> None:
    content: dict[str, Any] = {
        "name": search.name,
        "person": search.person,
        "text": search.text,
        "filters": search.filters,
        "sort": search.sort,
        "saved_at": search.saved_at.isoformat(),
        "seen_at": search.seen_at.isoformat(),
        "seen": sorted(search.seen),
    }
    path = _path(workplace, search.person, search.name)
    keep(path.parent, path.name, json.dumps(content, ensure_ascii=False, indent=0).encode())


def _read(path: Path) -> SavedSearch:
    try:
        said = json.loads(path.read_bytes())
        return SavedSearch(
            name=said["name"],
            person=said["person"],
            text=said["text"],
            filters=dict(said["filters"]),
            sort=said["sort"],
            saved_at=datetime.fromisoformat(said["saved_at"]),
            seen_at=datetime.fromisoformat(said["seen_at"]),
            seen=frozenset(said["seen"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SearchDamaged(str(path)) from error


def _path(workplace: Workplace, person: str, name: str) -> Path:
    # A name may hold what no file may be called.
    digest = hashlib.sha256(f"{person}\x00{name}".encode()).hexdigest()[:32]
    return workplace.home.searches / f"{digest}.json"
