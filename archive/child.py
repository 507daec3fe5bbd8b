"""Child: another process of ours, asked and heard through pipes within a time; it may be lost."""

from __future__ import annotations

import contextlib
import math
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import IO, Final

from archive.errors import ChildLost

_REASONS: Final = 2000
"""Bytes of what a child wrote before its end that are worth telling."""


class ChildEnded(ChildLost):
    """The child is gone: it crashed, was killed or used too much memory."""


class Child:
    """One module of ours run by our own interpreter, apart from us: Ctrl-C is not meant for it.

    Nobody but us holds the far end of its pipes: when we are gone it reads their end and stops.
    `until` is always a moment of `time.monotonic`.
    """

    def __init__(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", **(environment or {})},
            start_new_session=True,
            bufsize=0,
        )
        for pipe in (self._process.stdin, self._process.stdout):
            os.set_blocking(_handle(pipe), False)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended by itself."""
        return self._process.poll() is None

    @property
    def answers(self) -> int:
        """The handle its answers are read from."""
        return _handle(self._process.stdout)

    def send(self, content: bytes, until: float) -> None:
        """Hand `content` over; raises ChildLost where it is not taken in time, ChildEnded."""
        left, handle = memoryview(content), _handle(self._process.stdin)
        while left:
            if not _is_ready(handle, select.POLLOUT, until):
                raise ChildLost("did not take the question in time")
            try:
                left = left[os.write(handle, left) :]
            except BrokenPipeError as error:
                raise ChildEnded(f"ended: {self._last_words()}") from error

    def read(self, size: int, until: float) -> bytes:
        """Return the next `size` bytes it says; raises ChildLost where they are late, ChildEnded.

        Two calls hear what one call would have heard: nothing is read ahead.
        """
        heard = bytearray()
        while len(heard) < size:
            if not _is_ready(self.answers, select.POLLIN, until):
                raise ChildLost("gave no answer in time")
            part = os.read(self.answers, min(size - len(heard), 1 << 20))
            if not part:
                raise ChildEnded(f"ended: {self._last_words()}")
            heard += part
        return bytes(heard)

    def end(self) -> None:
        """Kill it, wait until it is gone, and close its pipes; a second time does nothing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _last_words(self) -> str:
        self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, self._complaints.tell() - _REASONS))
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no reason given"


def _handle(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise ChildLost("has no pipe")
    return pipe.fileno()


def _is_ready(handle: int, event: int, until: float) -> bool:
    """Wait for `event` no longer than `until`; unlike select it knows handles above 1023."""
    waiting = select.poll()
    waiting.register(handle, event)
    return bool(waiting.poll(math.ceil(max(0.0, until - time.monotonic()) * 1000)))
