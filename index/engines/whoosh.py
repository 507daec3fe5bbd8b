"""Whoosh: the embedded engine, for some ten thousands of records on one machine.

A folder holds `state.json`, the writer's lock and one shelf: a folder of Whoosh's own files.
Whoosh brings candidates and keeps the columns; what answers is decided in `searching`.
"""

from __future__ import annotations

import pickle
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.access import Access
from index.analysis import ANALYZER
from index.cards import Card, named
from index.engines.committing import ENGINE, FORMAT, commit, contents, found, keep
from index.engines.frame import ShelvedFrame, View, told_apart
from index.engines.lock import writing
from index.engines.mapped import MappedStorage
from index.engines.quiet import FileIndex, LockError
from index.engines.shelf import WhooshShelf, row_of
from index.engines.state import STATE, State, check, lock_of, stamp_of
from index.errors import IndexDamaged, IndexLocked
from index.lexicon import Lexicon, Lexicons, Sounds
from index.library import Answer, IndexedRecord, IndexStatus, Library, Question
from index.searching import answer, finds

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


class WhooshLibrary(ShelvedFrame):
    """All records on one Whoosh shelf; processes read side by side."""

    wanted = (ENGINE, FORMAT, ANALYZER)
    symptoms = _SYMPTOMS

    def __init__(self, folder: Path, note: str = STATE) -> None:
        super().__init__(folder, note)
        self._view: _View | None = None

    def apply(self, put: Iterable[IndexedRecord], remove: Iterable[str], *, applied: int) -> None:
        """Put and remove in one commit and note `applied`; applying twice changes nothing.

        Raises IndexLocked while another writes, ValueError on a code both put and removed.
        Records and `applied` count from the same moment; a crash before it changes nothing.
        """
        records, gone = told_apart(put, remove)
        rows = tuple(map(row_of, records.values()))
        with writing(self._folder, lock_of(self._note)), self._named_damage():
            state = self._sound_state()
            self._check(state)
            generation = state.generation
            if rows or gone:
                try:
                    generation = commit(self._folder / state.shelf, rows, gone, generation)
                except LockError as error:
                    raise IndexLocked(f"{self._folder} is being written by another") from error
            newest = max(applied, state.applied)
            after = replace(state, generation=generation, applied=newest)
            keep(self._folder, after, self._note)

    def _current(self) -> _View:
        old = self._view
        if old is not None and old.stamp == stamp_of(self._folder / self._note):
            return old
        self._view = self._opened(old)
        if old is not None:
            old.close()
        return self._view

    def _forget(self) -> None:
        self._view = None

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


class _View(View):
    """The index as of one moment: all its files are open, so a later commit does not matter."""

    def __init__(
        self,
        shelf: Path,
        state: State,
        stamp: object,
        cards: Mapping[str, dict[int, Card]],
        sounds: Sounds,
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
        self._lexicons = Lexicons(self._names, sounds)

    def answer(self, question: Question, lexicon: Callable[[], Lexicon]) -> Answer:
        """Answer `question`; raises QuestionRefused."""
        return answer(question, self.shelves, lexicon)

    def finds(self, question: Question, lexicon: Callable[[], Lexicon]) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises QuestionRefused."""
        return finds(question, self.shelves, lexicon)

    def lexicon(self, access: Access) -> Lexicon:
        """Return the names of the records that `access` allows."""
        return self._lexicons.of(access)

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records."""
        return frozenset(
            shelf.card(record).reference_code for shelf in self.shelves for record in shelf.all()
        )

    def status(self, state: State) -> IndexStatus:
        """Return what stands in the index; `state` is what its note says."""
        return IndexStatus(
            engine=state.engine,
            records=sum(map(len, self.shelves)),
            applied=state.applied,
            analyzer=state.analyzer,
            bytes=sum(proof.bytes for proof in state.files.values()),
        )

    def _names(self, access: Access) -> Mapping[tuple[str, str], int]:
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
