"""Tantivy: the embedded engine for hundreds of thousands of records on one machine.

A folder holds `state.json`, the writer's lock and one shelf: a folder of Tantivy's own files.
Its commit is Tantivy's: records and the note of what was applied count from the same moment.
`state.json` says which shelf it is and proves its files.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tantivy

from index.access import EVERYTHING, Access
from index.analysis import ANALYZER
from index.engines import tantivydocs as docs
from index.engines.lock import writing
from index.engines.state import (
    STATE,
    Proof,
    State,
    check,
    clear_shelves,
    lock_of,
    sound_state,
    stamp_of,
)
from index.engines.tantivyanswer import answer_of, codes_of, names_in
from index.engines.tantivycommitting import (
    CHANGING,
    ENGINE,
    FORMAT,
    applied_in,
    committing,
    found,
    is_mostly_dead,
    opened,
    records_in,
)
from index.errors import IndexDamaged
from index.lexicon import Lexicons
from index.library import Answer, IndexedRecord, IndexStatus, Library, Question, Suggestion
from index.searching import suggested

_TRIES = 200
_PAUSE = 0.01  # seconds
_FEW_DEAD = 100


__all__ = ("found", "library")


def library(folder: Path, note: str, server: str | None) -> Library:
    """Return the library whose shelf `note` names."""
    del server
    return TantivyLibrary(folder, note)


class TantivyLibrary(Library):
    """All records on one Tantivy shelf; threads take turns, processes read side by side."""

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
        """
        records = {record.reference_code: record for record in put}
        gone = frozenset(remove)
        if both := gone.intersection(records):
            raise ValueError(f"both put and removed: {', '.join(sorted(both))}")
        with writing(self._folder, lock_of(self._note)), _named_damage(self._folder):
            state = self._sound_state()
            self._check(state)
            shelf = self._folder / state.shelf
            index = opened(shelf)
            newest = max(applied, applied_in(index.searcher()))
            with committing(self._folder, self._note, state, index) as writer:
                for code in (*gone, *records):
                    writer.delete_documents_by_term("code", code)
                for record in records.values():
                    writer.add_document(docs.document(record))
                writer.delete_documents_by_term("code", docs.NOTE_CODE)
                writer.add_document(docs.note(newest))
            if is_mostly_dead(shelf):
                self._compact(index, newest)

    def search(self, question: Question) -> Answer:
        """Answer `question` exactly; raises QuestionRefused, IndexDamaged."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            return answer_of(
                question, view.searcher, view.schema, lambda: view.lexicons.of(question.access)
            )

    def finds(self, question: Question) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises as `search`."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            return codes_of(
                question, view.searcher, view.schema, lambda: view.lexicons.of(question.access)
            )

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
                lambda asked: answer_of(asked, view.searcher, view.schema, lambda: lexicon),
            )

    def status(self) -> IndexStatus:
        """Return what stands in the index; raises IndexDamaged."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            return IndexStatus(
                engine=ENGINE,
                records=view.searcher.num_docs - 1,
                applied=applied_in(view.searcher),
                analyzer=view.state.analyzer,
                bytes=sum(proof.bytes for proof in self._sound_state().files.values()),
            )

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records in the index; raises IndexDamaged."""
        with self._turn, _named_damage(self._folder):
            view = self._current()
            everything = tantivy.Query.term_query(view.schema, "is", docs.RECORD, "basic")
            terms = view.searcher.terms_with_prefix("code", "", everything)
            return frozenset(code for code, count in terms if count)

    def verify(self) -> None:
        """Read every file of the index again; raises IndexDamaged naming the one that differs."""
        with self._turn, _named_damage(self._folder):
            self._checked.clear()
            self._view = None
            self._current()

    def _compact(self, index: Any, applied: int) -> None:
        """Build the shelf anew of its own records: what was removed still takes more than them."""
        index.reload()
        found(self._folder, records_in(index), applied=applied, note=self._note)
        clear_shelves(self._folder)

    def _sound_state(self) -> State:
        return sound_state(self._folder, self._note, (ENGINE, FORMAT, ANALYZER))

    def _current(self) -> _View:
        """Return a view of the last commit, the one in hand if it still is.

        What cannot be read while another writer moved on is looked at again.
        """
        for _ in range(_TRIES):
            before = self._stamps()
            try:
                return self._newest()
            except (OSError, ValueError, IndexDamaged):
                if before == self._stamps():
                    raise
                time.sleep(_PAUSE)
        raise IndexDamaged(f"{self._folder} changes all the time")

    def _stamps(self) -> tuple[object, object]:
        note = self._folder / self._note
        with suppress(IndexDamaged):
            shelf = self._folder / self._sound_state().shelf
            return stamp_of(note), stamp_of(shelf / "meta.json")
        return stamp_of(note), None

    def _newest(self) -> _View:
        state = self._sound_state()
        old = self._view
        stamp = stamp_of(self._folder / state.shelf / "meta.json")
        if old is not None and (old.state.shelf, old.stamp) == (state.shelf, stamp):
            return old
        if old is not None and old.state.shelf == state.shelf:
            old.index.reload()
            self._view = _View(state, stamp, old.index, self._sounds)
        else:
            self._check(state)
            self._view = _View(state, stamp, opened(self._folder / state.shelf), self._sounds)
        return self._view

    def _check(self, state: State) -> None:
        """Check the files of `state`, each once a process; those a later commit took away not."""
        known = {(state.shelf, *each) for each in state.files.items()}
        for _, name, proof in known - self._checked:
            with suppress(FileNotFoundError):
                check(self._folder / state.shelf, {name: proof})
        self._checked = {each for each in known if each[1] not in CHANGING}


class _View:
    """The index as of one commit."""

    def __init__(self, state: State, stamp: object, index: Any, sounds: dict[str, str]) -> None:
        self.state = state
        self.stamp = stamp
        self.index = index
        self.schema = index.schema
        self.searcher = index.searcher()
        self.lexicons = Lexicons(
            lambda access: names_in(self.searcher, self.schema, access), sounds
        )


@contextmanager
def _named_damage(folder: Path) -> Iterator[None]:
    """Call by its name what reading a damaged index ends in."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, LookupError) as error:
        raise IndexDamaged(f"{folder} cannot be read: {type(error).__name__}: {error}") from error
