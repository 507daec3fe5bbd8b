"""Indexer: feeds the index from the outbox; one that is damaged is built anew beside the work."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from index.errors import IndexDamaged, IndexLocked, IndexUnreachable
from pipeline.indexing import apply_outbox, pending
from pipeline.rebuilding import rebuild_index
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)


class _Stopped(Exception):
    """Building was given up: work ends here, and what is built so far is of no use."""


class Indexer:
    """The one that writes the index of a home; a batch when it is full or its time has come."""

    def __init__(
        self,
        workplace: Workplace,
        after_commit: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workplace = workplace
        self._after_commit = after_commit
        self._monotonic = monotonic
        self._applied_at = monotonic()
        self._stop = threading.Event()
        self._builder = ThreadPoolExecutor(1)
        self._building: Future[int] | None = None

    def begin(self) -> None:
        """Look whether the index can be read; if not, begin to build it anew at once."""
        try:
            self._workplace.library.status()
        except IndexDamaged:
            self._build()
        except IndexUnreachable as error:
            log.warning("index not reached", extra={"error": str(error)})

    def turn(self, *, force: bool) -> bool:
        """Apply the next batch if it is full, or due, or `force` asks; say whether one was."""
        if self._building is not None:
            return self._is_built()
        settings = self._workplace.settings.index
        due = self._monotonic() - self._applied_at >= settings.every_seconds
        with self._workplace.register.read.begin() as session:
            waiting = pending(session)
        if not waiting or not (force or due or waiting >= settings.batch):
            return False
        self._applied_at = self._monotonic()
        try:
            return apply_outbox(self._workplace, self._after_commit) > 0
        except IndexDamaged:
            self._build()
        except (IndexLocked, IndexUnreachable) as error:
            log.warning("index not written", extra={"error": str(error)})
        return False

    def is_idle(self) -> bool:
        """Say whether the index knows everything."""
        if self._building is not None:
            return False
        with self._workplace.register.read.begin() as session:
            return pending(session) == 0

    def end(self, *, is_safe: bool) -> None:
        """Apply what waits where that is safe; a building under way is given up."""
        self._stop.set()
        self._builder.shutdown(wait=True)
        if is_safe and self._building is None:
            self.turn(force=True)

    def _build(self) -> None:
        log.warning("index damaged, building it anew from the archive")
        self._building = self._builder.submit(
            rebuild_index, self._workplace, between=self._assert_wanted
        )

    def _is_built(self) -> bool:
        if self._building is None or not self._building.done():
            return False
        built, self._building = self._building, None
        log.info("index built anew", extra={"records": built.result()})
        return True

    def _assert_wanted(self) -> None:
        if self._stop.is_set():
            raise _Stopped
