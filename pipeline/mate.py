"""Mate: the far end of `mates`, a process that takes papers the rest of their way.

It is given home, clock and rules, pickled by the worker, then a paper's id a line; it says a
line of JSON for every step, for the end of each paper, and for what it logs.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import sys
import threading
import traceback
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TextIO

import structlog

from archive.instruments import Instrument
from pipeline.beginning import collect_seldom, warm_offices
from pipeline.failures import is_integrity
from pipeline.lane import Ended, Lane
from pipeline.wiring import Workplace
from templates.rendering.confinement import bind_to

_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Voice:
    """The way back: one line at a time, whoever speaks."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._turn = threading.Lock()

    def say(self, **said: object) -> None:
        """Say one line."""
        line = json.dumps(said, ensure_ascii=False, default=str) + "\n"
        with self._turn:
            self._out.write(line)
            self._out.flush()

    def tell_end(self, instrument: Instrument, ended: Ended) -> None:
        """Say how work on `instrument` ended."""
        if ended.record is not None:
            self.say(instrument=instrument.id, filed=ended.record.id)
        else:
            self.say(
                instrument=instrument.id,
                stopped=ended.outcome.value,
                reason=ended.reason,
                doubt=is_integrity(ended.error),
            )


class Telling(logging.Handler):
    """Says every log line, with the order it belongs to."""

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self._voice = voice

    def emit(self, record: logging.LogRecord) -> None:
        """Say `record`."""
        extra = {key: value for key, value in vars(record).items() if key not in _PLAIN}
        if record.exc_info:
            extra["exception"] = "".join(traceback.format_exception(*record.exc_info))
        said: dict[str, Any] = {
            "name": record.name,
            "level": record.levelno,
            "message": record.getMessage(),
            "extra": structlog.contextvars.get_contextvars() | extra,
        }
        self._voice.say(log=said)


def main() -> None:
    """Work on what is asked for until nobody asks any more."""
    bind_to(int(sys.argv[1]))
    voice = Voice(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    # What a library prints must not get between the answers.
    os.dup2(2, 1)
    source = sys.stdin.buffer
    size = int.from_bytes(source.read(8), "big")
    root, clock, rules = pickle.loads(source.read(size))  # noqa: S301 - written by our worker
    workplace = Workplace(root, clock=clock, rules=rules)
    logging.getLogger().handlers[:] = [Telling(voice)]
    logging.getLogger().setLevel(workplace.settings.log_level)
    collect_seldom()
    warm_offices(lambda: workplace.renderer.warm())  # noqa: PLW0108 - opened there
    lane = Lane(workplace, lambda step, paper: voice.say(instrument=paper.id, step=step))
    voice.say(ready=True)
    with ThreadPoolExecutor(workplace.settings.lanes) as lanes:
        for line in source:
            working = lanes.submit(_work_on, workplace, lane, voice, int(line))
            working.add_done_callback(_end_unforeseen)
    workplace.close()


def _work_on(workplace: Workplace, lane: Lane, voice: Voice, paper: int) -> None:
    with workplace.register.read.begin() as session:
        instrument = session.get_one(Instrument, paper)
    voice.tell_end(instrument, lane.work_on(instrument))


def _end_unforeseen(working: Future[None]) -> None:
    """End this process where a paper's end could not be told: the worker sees to what is open."""
    if error := working.exception():
        traceback.print_exception(error)
        os._exit(1)


if __name__ == "__main__":
    main()
