"""Errors: what can go wrong with the index, named by consequence.

IndexFailure
  QuestionRefused    input      the query cannot be understood (place and reason)
  IndexDamaged       temporary  damaged, foreign or of another analyzer: rebuild it
  IndexLocked        temporary  another process writes
"""

from __future__ import annotations


class IndexFailure(Exception):
    """Any failure of this package."""


class QuestionRefused(IndexFailure):
    """A query that cannot be understood; `place` is the 0-based character it goes wrong at."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


class IndexDamaged(IndexFailure):
    """The index on disk is damaged, foreign, or was made by another analyzer version."""


class IndexLocked(IndexFailure):
    """Another process holds the index for writing."""
