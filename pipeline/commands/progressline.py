"""Progress line: how far long work has come, in one line of a terminal, and nowhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Self, TextIO

_EVERY = 0.2
"""Seconds between two looks a person can follow."""

_BACK, _ERASE = "\r", "\x1b[K"


class ProgressLine:
    """Told how far work is; shows it on standard error where that is a terminal.

    Nothing is kept but the last line, and nothing of it is left when the work is done.
    """

    def __init__(
        self, stream: TextIO | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream or sys.stderr
        self._is_shown = self._stream.isatty()
        self._monotonic = monotonic
        self._what = ""
        self._begun = self._shown = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Take the line away."""
        if self._is_shown and self._what:
            self._stream.write(f"{_BACK}{_ERASE}")
            self._stream.flush()

    def __call__(self, what: str, done: int) -> None:
        """Show that `done` were done of `what`, with how many a second."""
        if not self._is_shown:
            return
        now = self._monotonic()
        if what != self._what:
            self._what, self._begun, self._shown = what, now, 0.0
        if self._shown and now - self._shown < _EVERY:
            return
        self._shown = now
        taken = now - self._begun
        rate = f"，每秒 {done / taken:.0f} 卷" if taken >= 1 else ""
        self._stream.write(f"{_BACK}{what} {done} 卷{rate}{_ERASE}")
        self._stream.flush()
