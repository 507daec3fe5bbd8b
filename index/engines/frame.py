"""Frame: what a library does on every engine: one thread at a time asks one view of its index."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import ClassVar, Protocol

from index.access import EVERYTHING, Access
from index.engines.state import Proof, State, sound_state
from index.errors import IndexDamaged
from index.lexicon import Lexicon, Sounds
from index.library import Answer, IndexedRecord, IndexStatus, Library, Question, Suggestion
from index.searching import suggested, with_meant


class View(Protocol):
    """An index as of one moment."""

    def answer(self, question: Question, lexicon: Callable[[], Lexicon]) -> Answer:
        """Answer `question`; raises QuestionRefused."""

    def finds(self, question: Question, lexicon: Callable[[], Lexicon]) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises QuestionRefused."""

    def lexicon(self, access: Access) -> Lexicon:
        """Return the names of the records that `access` allows."""

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records."""

    def status(self, state: State) -> IndexStatus:
        """Return what stands in the index; `state` is what its note says."""


class Frame(Library):
    """A library whose threads take turns; `wanted` is its engine, format and analyzer."""

    wanted: ClassVar[tuple[str, int, str]]

    def __init__(self, folder: Path, note: str) -> None:
        self._folder = folder
        self._note = note
        self._turn = threading.Lock()
        self._sounds = Sounds()

    @abstractmethod
    def _at_work(self) -> AbstractContextManager[View]:
        """Take the turn, give the view of the last state, call by its name what goes wrong."""

    def search(self, question: Question) -> Answer:
        """Answer `question` exactly; raises QuestionRefused, IndexDamaged, IndexUnreachable."""
        with self._at_work() as view:

            def find(asked: Question) -> Answer:
                return view.answer(asked, lexicon)

            def lexicon() -> Lexicon:
                return view.lexicon(question.access)

            return with_meant(question, find(question), lexicon, find)

    def finds(self, question: Question) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises as `search`."""
        with self._at_work() as view:
            return view.finds(question, lambda: view.lexicon(question.access))

    def suggest(
        self, typed: str, limit: int = 8, *, access: Access = EVERYTHING
    ) -> tuple[Suggestion, ...]:
        """Return names and numbers that what was typed so far may become; best first."""
        with self._at_work() as view:
            lexicon = view.lexicon(access)
            return suggested(
                typed, limit, lexicon, access, lambda asked: view.answer(asked, lambda: lexicon)
            )

    def status(self) -> IndexStatus:
        """Return what stands in the index; raises IndexDamaged, IndexUnreachable."""
        with self._at_work() as view:
            return view.status(self._sound_state())

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records in the index; raises as `status`."""
        with self._at_work() as view:
            return view.codes()

    def _sound_state(self) -> State:
        return sound_state(self._folder, self._note, self.wanted)


class ShelvedFrame(Frame):
    """A library whose records are in files of a shelf; each file is checked once a process.

    `symptoms` are what reading a damaged shelf ends in.
    """

    symptoms: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, folder: Path, note: str) -> None:
        super().__init__(folder, note)
        self._checked: set[tuple[str, str, Proof]] = set()

    @abstractmethod
    def _current(self) -> View:
        """Return a view of the last state, the one in hand if it still is."""

    @abstractmethod
    def _forget(self) -> None:
        """Let go of the view in hand."""

    def verify(self) -> None:
        """Read every file of the index again; raises IndexDamaged naming the one that differs."""
        with self._turn, self._named_damage():
            self._checked.clear()
            self._forget()
            self._current()

    @contextmanager
    def _at_work(self) -> Iterator[View]:
        with self._turn, self._named_damage():
            yield self._current()

    @contextmanager
    def _named_damage(self) -> Iterator[None]:
        """Call by its name what reading a damaged index ends in."""
        try:
            yield
        except self.symptoms as error:
            what = f"{type(error).__name__}: {error}"
            raise IndexDamaged(f"{self._folder} cannot be read: {what}") from error


def told_apart(
    put: Iterable[IndexedRecord], remove: Iterable[str]
) -> tuple[Mapping[str, IndexedRecord], frozenset[str]]:
    """Return the records put, by code, and the codes removed; raises ValueError on one in both."""
    records = {record.reference_code: record for record in put}
    gone = frozenset(remove)
    if both := gone.intersection(records):
        raise ValueError(f"both put and removed: {', '.join(sorted(both))}")
    return records, gone


def once(records: Iterable[IndexedRecord]) -> Iterator[IndexedRecord]:
    """Yield `records`; raises ValueError on a code given twice."""
    seen: set[str] = set()
    for record in records:
        if record.reference_code in seen:
            raise ValueError(f"given twice: {record.reference_code}")
        seen.add(record.reference_code)
        yield record
