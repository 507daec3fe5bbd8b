"""Tantivy: the embedded engine for hundreds of thousands of records on one machine.

A folder holds `state.json`, the writer's lock and one shelf: a folder of Tantivy's own files.
Its commit is Tantivy's: records and the note of what was applied count from the same moment.
`state.json` says which shelf it is and proves its files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import tantivy

from index.access import Access
from index.analysis import ANALYZER
from index.engines import tantivydocs as docs
from index.engines.frame import ShelvedFrame, View, told_apart
from index.engines.lock import writing
from index.engines.state import STATE, State, check, clear_shelves, lock_of, stamp_of
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
from index.engines.tantivycounting import Kept
from index.errors import IndexDamaged
from index.lexicon import Lexicon, Lexicons, Sounds
from index.library import Answer, IndexedRecord, IndexStatus, Library, Question

_TRIES = 200
_PAUSE = 0.01  # seconds


__all__ = ("found", "library")


def library(folder: Path, note: str, server: str | None) -> Library:
    """Return the library whose shelf `note` names."""
    del server
    return TantivyLibrary(folder, note)


class TantivyLibrary(ShelvedFrame):
    """All records on one Tantivy shelf; processes read side by side."""

    wanted = (ENGINE, FORMAT, ANALYZER)
    symptoms = (OSError, ValueError, TypeError, LookupError)

    def __init__(self, folder: Path, note: str = STATE) -> None:
        super().__init__(folder, note)
        self._view: _View | None = None
        self._parties: dict[int, str] = {}

    def apply(self, put: Iterable[IndexedRecord], remove: Iterable[str], *, applied: int) -> None:
        """Put and remove in one commit and note `applied`; applying twice changes nothing.

        Raises IndexLocked while another writes, ValueError on a code both put and removed.
        """
        records, gone = told_apart(put, remove)
        with writing(self._folder, lock_of(self._note)), self._named_damage():
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

    def _compact(self, index: Any, applied: int) -> None:
        """Build the shelf anew of its own records: what was removed still takes more than them."""
        index.reload()
        found(self._folder, records_in(index), applied=applied, note=self._note)
        clear_shelves(self._folder)

    def _forget(self) -> None:
        self._view = None

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
            index = old.index
            index.reload()
        else:
            self._check(state)
            index = opened(self._folder / state.shelf)
        self._view = _View(state, stamp, index, self._sounds, self._parties)
        return self._view

    def _check(self, state: State) -> None:
        """Check the files of `state`, each once a process; those a later commit took away not."""
        known = {(state.shelf, *each) for each in state.files.items()}
        for _, name, proof in known - self._checked:
            with suppress(FileNotFoundError):
                check(self._folder / state.shelf, {name: proof})
        self._checked = {each for each in known if each[1] not in CHANGING}


class _View(View):
    """The index as of one commit."""

    def __init__(
        self, state: State, stamp: object, index: Any, sounds: Sounds, parties: dict[int, str]
    ) -> None:
        self.state = state
        self.stamp = stamp
        self.index = index
        self._schema = index.schema
        self._searcher = index.searcher()
        self._kept = Kept(parties)
        self._lexicons = Lexicons(partial(names_in, self._searcher, self._schema), sounds)

    def answer(self, question: Question, lexicon: Callable[[], Lexicon]) -> Answer:
        """Answer `question`; raises QuestionRefused."""
        return answer_of(question, self._searcher, self._schema, lexicon, self._kept)

    def finds(self, question: Question, lexicon: Callable[[], Lexicon]) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises QuestionRefused."""
        return codes_of(question, self._searcher, self._schema, lexicon)

    def lexicon(self, access: Access) -> Lexicon:
        """Return the names of the records that `access` allows."""
        return self._lexicons.of(access)

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records."""
        everything = tantivy.Query.term_query(self._schema, "is", docs.RECORD, "basic")
        terms = self._searcher.terms_with_prefix("code", "", everything)
        return frozenset(code for code, count in terms if count)

    def status(self, state: State) -> IndexStatus:
        """Return what stands in the index; `state` is what its note says."""
        return IndexStatus(
            engine=ENGINE,
            records=self._searcher.num_docs - 1,
            applied=applied_in(self._searcher),
            analyzer=state.analyzer,
            bytes=sum(proof.bytes for proof in state.files.values()),
        )
