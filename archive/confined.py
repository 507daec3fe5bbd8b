"""Confined: a child that looks at PDFs and signs them, within limits, and may crash or hang.

PDFium keeps global state and can be made to run for ever; a signature token is a foreign
library. None of them is let into the process that files records.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import pickle
import select
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, Final, Self

from archive.errors import ChildLost, SealRefused, SigningFailed, StampBroken, StampRefused

_HEAD: Final = struct.Struct(">QQ")
_MOST_TOLD: Final = 16 * 1024 * 1024
_MOST_RETURNED: Final = 256 * 1024 * 1024
_REASONS: Final = 2000
"""Bytes of what a child wrote before its end that are worth telling."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child told (JSON values), and the bytes it made."""

    told: dict[str, Any]
    made: bytes


class _Ended(ChildLost):
    """The child is gone."""


class Confined:
    """One child, started when first asked and again after it was lost; asked by one at a time.

    `memory_mb` is the address space it may use; of the environment it sees `environment`.
    """

    def __init__(
        self, *, memory_mb: int = 1024, environment: Mapping[str, str] | None = None
    ) -> None:
        self._memory_mb = memory_mb
        self._environment = dict(environment or {})
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the child."""
        self.close()

    def ask(self, act: str, question: Any, *, allowed: timedelta) -> Answer:
        """Return what the child answers to `act` within `allowed`, waiting for a turn apart.

        Raises what the act raises (StampBroken, StampRefused, SealRefused, SigningFailed),
        ChildLost where the child crashed, used too much memory or took too long; the next one
        is a new child.
        """
        asked = pickle.dumps((act, allowed.total_seconds(), question))
        with self._turn:
            until = time.monotonic() + allowed.total_seconds()
            was_idle = self._process is not None
            try:
                answer = self._exchange(asked, until)
            except _Ended:
                # One that died while idle has not seen this question; a new one shall.
                if not was_idle:
                    raise
                answer = self._exchange(asked, until)
        if "error" in answer.told:
            raise _error(answer.told)
        return answer

    def close(self) -> None:
        """Stop the child, where one runs."""
        with self._turn:
            self._end()

    def _exchange(self, asked: bytes, until: float) -> Answer:
        try:
            process = self._running()
            self._send(process, asked, until)
            return self._hear(process, until)
        except BaseException:
            self._end()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-I", "-m", "archive.confinedchild", str(self._memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"} | self._environment,
                start_new_session=True,
                bufsize=0,
            )
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
        return self._process

    def _send(self, process: subprocess.Popen[bytes], asked: bytes, until: float) -> None:
        left = memoryview(_HEAD.pack(len(asked), 0) + asked)
        handle = _open(process.stdin)
        while left:
            if not _is_ready(handle, select.POLLOUT, until):
                raise ChildLost("did not take the question in time")
            try:
                left = left[os.write(handle, left) :]
            except BrokenPipeError as error:
                raise _Ended(f"ended: {self._last_words()}") from error

    def _hear(self, process: subprocess.Popen[bytes], until: float) -> Answer:
        told, made = _HEAD.unpack(self._read(process, _HEAD.size, until))
        if told > _MOST_TOLD or made > _MOST_RETURNED:
            raise ChildLost("answered too much")
        content = self._read(process, told, until)
        try:
            said = json.loads(content)
        except ValueError as error:
            raise ChildLost("answered what is no answer") from error
        return Answer(told=said, made=self._read(process, made, until))

    def _read(self, process: subprocess.Popen[bytes], size: int, until: float) -> bytes:
        handle, heard = _open(process.stdout), bytearray()
        while len(heard) < size:
            if not _is_ready(handle, select.POLLIN, until):
                raise ChildLost("gave no answer in time")
            part = os.read(handle, min(size - len(heard), 1 << 20))
            if not part:
                raise _Ended(f"ended: {self._last_words()}")
            heard += part
        return bytes(heard)

    def _last_words(self) -> str:
        if self._complaints is None:
            return "no reason given"
        self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, self._complaints.tell() - _REASONS))
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no reason given"

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        if self._complaints is not None:
            self._complaints.close()
            self._complaints = None


def _open(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise ChildLost("has no pipe")
    return pipe.fileno()


def _error(told: dict[str, Any]) -> Exception:
    name, problems = str(told["error"]), [str(problem) for problem in told["problems"]]
    if name == "StampBroken":
        return StampBroken(problems)
    if name == "StampRefused":
        return StampRefused("；".join(problems))
    if name == "SealRefused":
        return SealRefused("；".join(problems))
    if name == "SigningFailed":
        return SigningFailed("；".join(problems))
    return ChildLost("；".join(problems))


def _is_ready(handle: int, event: int, until: float) -> bool:
    """Wait for `event` no longer than `until`; unlike select it knows handles above 1023."""
    waiting = select.poll()
    waiting.register(handle, event)
    return bool(waiting.poll(math.ceil(max(0.0, until - time.monotonic()) * 1000)))
