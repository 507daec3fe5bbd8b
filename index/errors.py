"""Errors: what can go wrong with the index, named by consequence.

IndexFailure
  QuestionRefused    input      the query cannot be understood (place and reason)
  IndexDamaged       temporary  damaged, foreign or of another analyzer: rebuild it
  IndexLocked        temporary  another process writes
  IndexUnreachable   temporary  the engine's server does not answer
  EngineMissing      operator   an engine that is not installed, or lacks its setting
"""

from __future__ import annotations

import unicodedata


class IndexFailure(Exception):
    """Any failure of this package."""


class QuestionRefused(IndexFailure):
    """A query that cannot be understood, from the 0-based character `place` for `length`."""

    def __init__(self, message: str, place: int, length: int = 1) -> None:
        super().__init__(message)
        self.place = place
        self.length = max(1, length)

    def pointed(self, query: str) -> str:
        """Return `query` in one line and below it carets under what is wrong.

        A Chinese character is two columns wide on a terminal.
        """
        line = "".join(" " if letter.isspace() else letter for letter in query)
        before = sum(map(_columns, line[: self.place]))
        wrong = sum(map(_columns, line[self.place : self.place + self.length]))
        return f"{line}\n{' ' * before}{'^' * max(1, wrong)}"


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


class IndexDamaged(IndexFailure):
    """The index on disk is damaged, foreign, or was made by another analyzer version."""


class IndexLocked(IndexFailure):
    """Another process holds the index for writing."""


class IndexUnreachable(IndexFailure):
    """The server that keeps the index does not answer."""


class EngineMissing(IndexFailure):
    """An engine that is not installed here, or needs a setting it does not have."""

    def __init__(self, engine: str, lacks: str) -> None:
        super().__init__(f"{engine} lacks {lacks}")
        self.engine = engine
        self.lacks = lacks
