"""Mates: processes beside the worker that take papers on while many wait, each on all of its way.

A mate goes by the worker's own settings and rules, writes to the same register and shelves
under their locks, and dies with the worker. What it says is data: a paper counts as filed where
the register says so. One that crashes, says nothing for too long or says what is no answer is
ended, and what it had in hand is tried again, as after any crash.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Final

from sqlalchemy.exc import SQLAlchemyError

from archive.dossiers import Record
from archive.errors import ArchiveError, ChildLost
from archive.instruments import Instrument, InstrumentState
from pipeline.failures import Outcome
from pipeline.lane import Ended, Lane
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)

_SILENCE: Final = 3600.0
"""Seconds a mate with papers in hand may say nothing: longer than any step is allowed."""

_IDLE: Final = 600.0
"""Seconds after which one that nobody needs is let go."""

_LOSSES: Final = 3
"""After so many lost ones in a run no more are called: something here is against them."""

_MOST_TOLD: Final = 1 << 20
_ENDING: Final = 30.0
_GLANCE_MS: Final = 1000


class MateStopped(Exception):
    """A mate stopped on an error that nobody foresaw."""


class ArchiveDoubted(ArchiveError):
    """A mate met what puts the archive in doubt."""


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who is told of steps, and of how work on a paper ended."""

    stepped: Callable[[str, Instrument], None]
    ended: Callable[[Instrument, Ended], None]


class Mate:
    """One process and the papers in its hand; asked by one thread, heard by one of its own.

    It dies with the thread that makes it.
    """

    def __init__(self, workplace: Workplace, hearers: Hearers, *, silence: float) -> None:
        self._workplace, self._hearers, self._silence = workplace, hearers, silence
        self._lane = Lane(workplace, hearers.stepped)
        self._hand: dict[int, tuple[Instrument, Future[None]]] = {}
        self._turn = threading.Lock()
        self.ready = threading.Event()
        self.is_gone = self.was_lost = False
        self.busy_at = time.monotonic()
        command = [sys.executable, "-I", "-m", "pipeline.mate", str(os.getpid())]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        self._hearing = threading.Thread(target=self._hear, name="mate", daemon=True)
        self._hearing.start()

    @property
    def process_id(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def in_hand(self) -> int:
        """How many papers it took and has not told the end of."""
        return len(self._hand)

    def take(self, instrument: Instrument) -> Future[None]:
        """Give it `instrument`; done once its end was told, or at once where the mate is gone."""
        done: Future[None] = Future()
        with self._turn:
            if self.is_gone:
                done.set_result(None)
            else:
                self._hand[instrument.id] = instrument, done
                # One that is gone meanwhile is heard to be so.
                with contextlib.suppress(OSError):
                    _open(self._process.stdin).write(b"%d\n" % instrument.id)
        return done

    def dismiss(self) -> None:
        """Take no more to it; it ends when nothing is in its hand."""
        self.is_gone = True
        with contextlib.suppress(OSError):
            _open(self._process.stdin).close()

    def end(self) -> None:
        """Dismiss it and see it end, by force where it does not."""
        self.dismiss()
        try:
            self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._hearing.join()

    def _hear(self) -> None:
        reason = "ended"
        at = self._workplace
        try:
            given = pickle.dumps((at.home.root, at.clock, at.rules))
            _open(self._process.stdin).write(len(given).to_bytes(8, "big") + given)
            for line in self._lines():
                self._told(json.loads(line))
        except (OSError, ValueError, LookupError, TypeError, SQLAlchemyError) as error:
            reason = f"{type(error).__name__}: {error}"
        self._process.kill()
        self._process.wait()
        self._lose(reason)
        _open(self._process.stdout).close()

    def _lines(self) -> Iterator[bytes]:
        """Yield what it says, line by line, until it ends; raises TimeoutError, ValueError."""
        pipe, unread, heard_at = _open(self._process.stdout).fileno(), b"", time.monotonic()
        waiting = select.poll()
        waiting.register(pipe, select.POLLIN)
        while True:
            if waiting.poll(_GLANCE_MS):
                if not (heard := os.read(pipe, _MOST_TOLD)):
                    return
                *lines, unread = (unread + heard).split(b"\n")
                if len(unread) > _MOST_TOLD:
                    raise ValueError("said too much")
                heard_at = time.monotonic()
                yield from lines
            elif not self._hand:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > self._silence:
                raise TimeoutError("said nothing for too long")

    def _told(self, said: dict[str, Any]) -> None:
        if "log" in said:
            _relay(**said["log"])
        elif "ready" in said:
            self.ready.set()
        else:
            instrument, done = self._hand[int(said["instrument"])]
            if "step" in said:
                self._hearers.stepped(str(said["step"]), instrument)
                return
            ended = self._ended_as(instrument, said)
            with self._turn:
                del self._hand[instrument.id]
                self.busy_at = time.monotonic()
            self._tell(instrument, ended, done)

    def _ended_as(self, instrument: Instrument, said: dict[str, Any]) -> Ended:
        """Return what it says of a paper's end; raises ValueError where that cannot be."""
        if "filed" in said:
            with self._workplace.register.read.begin() as session:
                record = session.get(Record, int(said["filed"]))
                row = session.get_one(Instrument, instrument.id)
            if (
                record is None
                or row.state is not InstrumentState.FILED
                or record.source_sha256 != row.source_sha256
            ):
                raise ValueError("calls filed what the register does not")
            return Ended(record=record)
        reason, outcome = str(said["reason"]), Outcome(said["stopped"])
        if outcome is not Outcome.STOP:
            return Ended(outcome=outcome, reason=reason)
        error = ArchiveDoubted(reason) if said["doubt"] else MateStopped(reason)
        return Ended(outcome=outcome, reason=reason, error=error)

    def _lose(self, reason: str) -> None:
        with self._turn:
            self.was_lost = bool(self._hand) or not self.is_gone
            self.is_gone = True
            lost = list(self._hand.values())
            self._hand.clear()
        if self.was_lost:
            log.warning("mate lost", extra={"why": reason, "in_hand": len(lost)})
        for instrument, done in lost:
            self._tell(instrument, self._lane.settle(instrument, ChildLost(reason)), done)

    def _tell(self, instrument: Instrument, ended: Ended, done: Future[None]) -> None:
        try:
            self._hearers.ended(instrument, ended)
        finally:
            done.set_result(None)


class Mates:
    """The mates of one worker, as many as `settings.processes` lets work beside it."""

    def __init__(
        self, workplace: Workplace, hearers: Hearers, *, silence: float = _SILENCE
    ) -> None:
        settings = workplace.settings
        self._most, self._room = settings.processes - 1, 2 * settings.lanes
        self._make = partial(Mate, workplace, hearers, silence=silence)
        self._mates: list[Mate] = []
        self._losses = 0

    @property
    def may_call(self) -> bool:
        """Whether one more may be called."""
        return len(self._mates) < self._most and self._losses < _LOSSES

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The processes that were called and not let go."""
        return tuple(mate.process_id for mate in self._mates)

    @property
    def in_hand(self) -> int:
        """How many papers all have in hand."""
        return sum(mate.in_hand for mate in self._mates)

    @property
    def free(self) -> int:
        """How many papers they can take now."""
        return sum(map(self._free, self._mates))

    def call(self) -> Mate:
        """Start one more; it takes papers once it is ready. Call from a thread that stays."""
        log.info("mate called")
        self._mates.append(self._make())
        return self._mates[-1]

    def take(self, instrument: Instrument) -> Future[None]:
        """Give `instrument` to the one with the most room; needs one that is free."""
        return max(self._mates, key=self._free).take(instrument)

    def turn(self) -> None:
        """Let go who had nothing to do for long, and forget who is gone."""
        for mate in list(self._mates):
            if not mate.in_hand and time.monotonic() - mate.busy_at > _IDLE:
                mate.dismiss()
            if mate.is_gone and not mate.in_hand:
                self._mates.remove(mate)
                self._losses += mate.was_lost

    def close(self) -> None:
        """End all."""
        for mate in self._mates:
            mate.dismiss()
        for mate in self._mates:
            mate.end()

    def _free(self, mate: Mate) -> int:
        return max(0, self._room - mate.in_hand) if mate.ready.is_set() and not mate.is_gone else 0


def _relay(name: str, level: int, message: str, extra: dict[str, Any]) -> None:
    """Write what a mate logs among our own lines."""
    logging.getLogger(str(name)).log(int(level), "%s", message, extra=extra)


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe
