"""Leash: the parent's end of one child: what it is asked, how long it may take, its end."""

from __future__ import annotations

import json
import math
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from templates.rendering.confinement import environment

_ANSWER_LIMIT_BYTES: Final = 64 * 1024


class ChildFailed(Exception):
    """A child did not come up, went away, took too long, or said no."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What every child of a pool is started with."""

    program: Path
    fonts: Path
    memory_limit_mb: int
    start_deadline: timedelta


class Leash:
    """One child and its folder; used by one thread at a time, but killed from any."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._unread = b""
        self._ending = threading.Lock()
        self.served = 0
        self.resident_mb = 0

    @classmethod
    def start(cls, work: Path, limits: Limits) -> Self:
        """Start a child in a folder of its own below `work`; raises ChildFailed.

        The child dies with the thread that calls this.
        """
        folder = Path(tempfile.mkdtemp(prefix="child-", dir=work))
        command = [sys.executable, "-I", "-m", "templates.rendering.child", str(limits.program)]
        command += [str(folder), str(os.getpid()), str(limits.memory_limit_mb)]
        with (folder / "child.log").open("wb") as complaints:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd=folder,
                env=dict(environment(folder, limits.fonts)),
                start_new_session=True,
            )
        leash = cls(process, folder)
        try:
            leash.resident_mb = leash._answer(limits.start_deadline)
        except ChildFailed:
            leash.discard()
            raise
        return leash

    @property
    def process_id(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def convert(self, docx: bytes, allowed: timedelta) -> bytes:
        """Return what the child makes of `docx` within `allowed`; raises ChildFailed."""
        source = self._folder / f"{self.served}.docx"
        target = self._folder / f"{self.served}.pdf"
        self.served += 1
        try:
            source.write_bytes(docx)
            self._ask({"source": str(source), "target": str(target)})
            self.resident_mb = self._answer(allowed)
            return target.read_bytes()
        except OSError as error:
            raise ChildFailed(f"nothing came out: {error}") from error
        finally:
            source.unlink(missing_ok=True)
            target.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the child and all it started, from any thread; killing twice is harmless.

        Whoever waits for its answer gets ChildFailed. Its pipes stay open for them: a closed
        one's number could already be somebody else's file.
        """
        with self._ending:
            if self._process.poll() is None:
                # Not waited for yet, so the id cannot have been given to another process.
                try:
                    os.killpg(self._process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    self._process.kill()
                self._process.wait()

    def discard(self) -> None:
        """Kill the child and clear away its pipes and its folder, when nobody uses it."""
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ask(self, question: dict[str, str]) -> None:
        # A line is far shorter than a pipe holds, so a stopped child cannot block the writer.
        if self._process.stdin is None:
            raise ChildFailed("the child has no input")
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise ChildFailed("the child is gone") from error

    def _answer(self, allowed: timedelta) -> int:
        said = json.loads(self._line(allowed))
        if not said["ok"]:
            raise ChildFailed(str(said["error"]))
        return int(said["rss_mb"])

    def _line(self, allowed: timedelta) -> bytes:
        if self._process.stdout is None:
            raise ChildFailed("the child has no output")
        until = time.monotonic() + allowed.total_seconds()
        try:
            pipe = self._process.stdout.fileno()
            waiting = select.poll()  # unlike select it knows handles above 1023
            waiting.register(pipe, select.POLLIN)
            while b"\n" not in self._unread:
                left = until - time.monotonic()
                if left <= 0 or not waiting.poll(math.ceil(left * 1000)):
                    raise ChildFailed(f"no answer within {allowed.total_seconds():.0f} s")
                heard = os.read(pipe, _ANSWER_LIMIT_BYTES)
                if not heard:
                    raise ChildFailed(f"the child ended: {self._last_words()}")
                self._unread += heard
        except (OSError, ValueError) as error:
            raise ChildFailed("the child is gone") from error
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _last_words(self) -> str:
        try:
            complaints = (self._folder / "child.log").read_bytes()
        except OSError:
            return "no reason given"
        lines = complaints[-2000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no reason given"
