"""Opening: the library that stands in a folder, whatever engine it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from index.access import EVERYTHING, Access
from index.engines.lock import writing
from index.engines.state import STATE, clear_shelves, read_state, stamp_of
from index.errors import EngineMissing, IndexDamaged
from index.library import (
    Answer,
    IndexedRecord,
    IndexStatus,
    Library,
    Question,
    Suggestion,
)

_Said = TypeVar("_Said")
_TRIES = 20
DEFAULT = "whoosh"
ENGINES = ("whoosh", "tantivy", "postgres")
"""Each is a module of `engines` with `library(folder, note, server)` and
`found(folder, records, applied=, note=, server=)`."""


def open_library(
    folder: Path, *, create: bool = True, note: str = STATE, server: str | None = None
) -> Library:
    """Return the library in `folder`; of its content nothing is read before it is asked.

    With `create` a folder that is absent or empty becomes an empty library. Without, a lost
    index is IndexDamaged when asked, instead of an empty one that finds nothing. `server` is
    the connection string of the engine that needs one. Raises EngineMissing.
    """
    if create and (not folder.exists() or not any(folder.iterdir())):
        folder.mkdir(parents=True, exist_ok=True)
        with writing(folder):
            if not (folder / note).exists():
                found(folder, (), applied=0, engine=DEFAULT, note=note, server=server)
    return _Following(folder, note, server)


class _Following(Library):
    """The library that a note names, also after the note came to name another engine's."""

    def __init__(self, folder: Path, note: str, server: str | None) -> None:
        self._folder = folder
        self._note = note
        self._server = server
        self._opened: tuple[str, Library] | None = None

    def apply(self, put: Iterable[IndexedRecord], remove: Iterable[str], *, applied: int) -> None:
        """Put and remove in one commit and note `applied`; applying twice changes nothing."""
        self._now().apply(put, remove, applied=applied)

    def search(self, question: Question) -> Answer:
        """Answer `question` exactly; raises QuestionRefused, IndexDamaged."""
        return self._ask(lambda library: library.search(question))

    def finds(self, question: Question) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises as `search`."""
        return self._ask(lambda library: library.finds(question))

    def suggest(
        self, typed: str, limit: int = 8, *, access: Access = EVERYTHING
    ) -> tuple[Suggestion, ...]:
        """Return names and numbers that what was typed so far may become; best first."""
        return self._ask(lambda library: library.suggest(typed, limit, access=access))

    def status(self) -> IndexStatus:
        """Return what stands in the index; raises IndexDamaged."""
        return self._ask(lambda library: library.status())

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records in the index."""
        return self._ask(lambda library: library.codes())

    def verify(self) -> None:
        """Read every file of the index again; raises IndexDamaged naming what differs."""
        self._ask(lambda library: library.verify())

    def _ask(self, ask: Callable[[Library], _Said]) -> _Said:
        """Ask the library in force; again if another took its place and took away what was read."""
        for _ in range(_TRIES):
            before = stamp_of(self._folder / self._note)
            try:
                return ask(self._now())
            except IndexDamaged:
                if stamp_of(self._folder / self._note) == before:
                    raise
        raise IndexDamaged(f"{self._folder} changes all the time")

    def _now(self) -> Library:
        engine = engine_of(self._folder, self._note)
        opened = self._opened
        if opened is None or opened[0] != engine:
            made: Library = _engine(engine).library(self._folder, self._note, self._server)
            opened = self._opened = (engine, made)
        return opened[1]


def engine_of(folder: Path, note: str = STATE) -> str:
    """Return the engine an index was made by; the default where nobody can say."""
    try:
        engine = read_state(folder, note).engine
    except IndexDamaged:
        return DEFAULT
    return engine if engine in ENGINES else DEFAULT


def rebuild(
    folder: Path,
    records: Iterable[IndexedRecord],
    applied: int,
    *,
    engine: str | None = None,
    server: str | None = None,
) -> Library:
    """Build the library of `records` anew and put it in place of what stands in `folder`.

    The new shelf is built beside the old one and takes its place by the one write of
    `state.json`: until then the old answers. Raises ValueError on a code given twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with writing(folder):
        chosen = engine or engine_of(folder)
        found(folder, records, applied=applied, engine=chosen, server=server)
    return open_library(folder, create=False, server=server)


def found(
    folder: Path,
    records: Iterable[IndexedRecord],
    *,
    applied: int,
    engine: str,
    note: str = STATE,
    server: str | None = None,
) -> None:
    """Build a shelf of `records` that `note` names; the caller holds the folder for writing."""
    _engine(engine).found(folder, records, applied=applied, note=note, server=server)
    clear_shelves(folder)


def _engine(name: str) -> Any:
    try:
        return import_module(f"index.engines.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("index"):
            raise
        raise EngineMissing(name, error.name or "") from error
