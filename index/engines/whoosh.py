"""Whoosh: the embedded engine, for some ten thousands of records on one machine.

A folder holds `state.json`, the writer's lock and one shelf: a folder of Whoosh's own files.
Whoosh brings candidates and keeps the columns; what answers is decided in `searching`.
"""

from __future__ import annotations

import pickle
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.access import EVERYTHING, Access
from index.analysis import ANALYZER
from index.cards import Card, named
from index.engines.committing import ENGINE, FORMAT, commit, contents, found, keep
from index.engines.lock import writing
from index.engines.mapped import MappedStorage
from index.engines.quiet import FileIndex, LockError
from index.engines.shelf import WhooshShelf, row_of
from index.engines.state import STATE, Proof, State, check, lock_of, sound_state, stamp_of
from index.errors import IndexDamaged, IndexLocked
from index.lexicon import Lexicons
from index.library import Answer, IndexedRecord, IndexStatus, Library, Question, Suggestion
from index.searching import answer, finds, suggested

_TRIES = 200
_PAUSE = 0.01  # seconds; a commit is between two states for a few milliseconds
_SYMPTOMS = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    struct.error,
    pickle.PickleError,
    zlib.error,
)


__all__ = ("found", "library")


def library(folder: Path, note: str, server: str | None) -> Library:
    """Return the library whose shelf `note` names."""
    del server
    return WhooshLibrary(folder, note)


class WhooshLibrary(Library):
    """All records on one Whoosh shelf; threads take turns, processes read side by side."""

    def __init__(self, folder: Path, note: str = STATE) -> None:
        self._folder = folder
        self._note = note
        self._turn = threading.Lock()
        self._view: _View | None = None
        self._checked: set[tuple[str, str, Proof]] = set()
        self._sounds: dict[str, str] = {}

    def apply(self, put: Iterable[IndexedRecord], remove: Iterable[str], *, applied: int) -> None:
        """Put and remove in one commit and note `applied`; applying twice changes nothing.

        Raises IndexLocked while another writes, ValueError on a code both put and removed.
        Records and `applied` count from the same moment; a crash before it changes nothing.
        """
        rows = {record.reference_code: row_of(record) for record in put}
        gone = frozenset(remove)
        if both := gone.intersection(rows):
            raise ValueError(f"both put and removed: {', '.join(sorted(both))}")
        with writing(self._folder, lock_of(self._note)), _named_damage(self._folder):
            state = self._sound_state()
            self._check(state)
            generation = state.generation
            if rows or gone:
                shelf = self._folder / state.shelf
                generation = commit(shelf, tuple(rows.values()), gone, generation)
            newest = max(applied, state.applied)
            after = replace(state, generation=generation, applied=newest)
            keep(self._folder, after, self._note)

    def search(self, question: Question) -> Answer:
        """Answer `question` exactly; raises QuestionRefused, IndexDamaged."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            return answer(question, view.shelves, lambda: view.lexicons.of(question.access))

    def finds(self, question: Question) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises as `search`."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            return finds(question, view.shelves, lambda: view.lexicons.of(question.access))

    def suggest(
        self, typed: str, limit: int = 8, *, access: Access = EVERYTHING
    ) -> tuple[Suggestion, ...]:
        """Return names and numbers that what was typed so far may become; best first."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            lexicon = view.lexicons.of(access)
            return suggested(
                typed,
                limit,
                lexicon,
                access,
                lambda asked: answer(asked, view.shelves, lambda: lexicon),
            )

    def status(self) -> IndexStatus:
        """Return what stands in the index; raises IndexDamaged."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            return IndexStatus(
                engine=view.state.engine,
                records=sum(map(len, view.shelves)),
                applied=view.state.applied,
                analyzer=view.state.analyzer,
                bytes=sum(proof.bytes for proof in view.state.files.values()),
            )

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records in the index; raises IndexDamaged."""
        with self._turn, _named_damage(self._folder):
            return frozenset(
                shelf.card(record).reference_code
                for shelf in self._current().shelves
                for record in shelf.all()
            )

    def verify(self) -> None:
        """Read every file of the index again; raises IndexDamaged naming the one that differs."""
        with self._turn, _named_damage(self._folder):
            self._checked.clear()
            self._view = None
            self._current()

    def _sound_state(self) -> State:
        return sound_state(self._folder, self._note, (ENGINE, FORMAT, ANALYZER))

    def _current(self) -> _View:
        """Return a view of the last state, the one in hand if it still is."""
        old = self._view
        if old is not None and old.stamp == stamp_of(self._folder / self._note):
            return old
        self._view = self._opened(old)
        if old is not None:
            old.close()
        return self._view

    def _opened(self, old: _View | None) -> _View:
        """Open the last state; a file that is missing was superseded meanwhile, or is lost."""
        cards = {} if old is None else {shelf.name: shelf.cards for shelf in old.shelves}
        for attempt in range(_TRIES):
            try:
                stamp = stamp_of(self._folder / self._note)
                state = self._sound_state()
                self._check(state)
                return _View(self._folder / state.shelf, state, stamp, cards, self._sounds)
            except FileNotFoundError as error:
                if attempt == _TRIES - 1:
                    raise IndexDamaged(f"{self._folder} lacks a file: {error}") from error
                time.sleep(_PAUSE)
        raise AssertionError("the last attempt returns or raises")

    def _check(self, state: State) -> None:
        """Check the files of `state`, each once a process: none is ever written again."""
        known = {(state.shelf, *each) for each in state.files.items()}
        new = known - self._checked
        check(self._folder / state.shelf, {name: proof for _, name, proof in new})
        self._checked = known


class _View:
    """The index as of one moment: all its files are open, so a later commit does not matter."""

    def __init__(
        self,
        shelf: Path,
        state: State,
        stamp: object,
        cards: Mapping[str, dict[int, Card]],
        sounds: dict[str, str],
    ) -> None:
        self.state = state
        self.stamp = stamp
        storage = MappedStorage(str(shelf))
        toc = contents(storage, state.generation)
        self._reader: Any = FileIndex._reader(  # noqa: SLF001 no public way to a given generation
            storage, toc.schema, toc.segments, toc.generation
        )
        leaves = [leaf for leaf, _ in self._reader.leaf_readers() if leaf.doc_count_all()]
        self.shelves = [
            WhooshShelf(leaf, cards.get(leaf.segment().segment_id(), {})) for leaf in leaves
        ]
        self.lexicons = Lexicons(self.names, sounds)

    def names(self, access: Access) -> Mapping[tuple[str, str], int]:
        """Return how many records a person may know of have each name, by what it is a name of."""
        counts: Counter[tuple[str, str]] = Counter()
        if not access.is_whole:
            for shelf in self.shelves:
                for card in map(shelf.card, shelf.all()):
                    if access.allows(card):
                        counts.update(named(card))
            return counts
        for shelf in self.shelves:
            for kind, name, count in shelf.names():
                counts[kind, name] += count
        return counts

    def close(self) -> None:
        """Let go of the files."""
        self._reader.close()


@contextmanager
def _named_damage(folder: Path) -> Iterator[None]:
    """Call by its name what reading a damaged index ends in."""
    try:
        yield
    except LockError as error:
        raise IndexLocked(f"{folder} is being written by another") from error
    except _SYMPTOMS as error:
        raise IndexDamaged(f"{folder} cannot be read: {type(error).__name__}: {error}") from error
