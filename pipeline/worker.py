"""Worker: takes what lies in the inbox and what stands open, side by side, until told to stop."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from sqlalchemy import case, or_, select
from sqlalchemy.exc import SQLAlchemyError

from archive.errors import RulesUnfit
from archive.instruments import OPEN_STATES, Instrument
from pipeline.auditing import witness_home
from pipeline.beginning import (
    assert_safe_to_file,
    collect_seldom,
    release_waiting_if_rules_changed,
    warm_offices,
)
from pipeline.countersignedreception import Latecomers
from pipeline.examining import rules_in_force
from pipeline.failures import Outcome
from pipeline.inbox import Inbox, Watch
from pipeline.indexer import Indexer
from pipeline.lane import Ended, Lane
from pipeline.leftovers import drop_leftovers_of_filed
from pipeline.mates import Hearers, Mates
from pipeline.progress import Progress, Tally
from pipeline.receiving import receive_claimed
from pipeline.reception import Reception, Taken, set_aside
from pipeline.reminding import Reminder
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)

_GLANCE = 0.25
"""Seconds between looks into the inbox while lanes are busy; a finished lane wakes at once."""


_AT_ONCE = 10
"""Files taken from the inbox before lanes and index get their turn: a thousand dropped at once
keep no approved paper waiting."""

_MANY = 12
"""Papers that wait for a lane before a mate is called: what one takes to start files as many."""

_COUNTED = {Outcome.PARK: "failed", Outcome.REFUSE: "rejected"}


class WorkerStopped(Exception):
    """Work stopped on an error that nobody foresaw or that puts the archive in doubt."""


class Worker:
    """Works on one home: inbox, lanes and indexer; one process at a time (WorkerLock)."""

    def __init__(
        self,
        workplace: Workplace,
        progress: Progress,
        *,
        after_step: Callable[[str, Instrument | None], None] = lambda _step, _paper: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workplace = workplace
        self._progress = progress
        self._after_step = after_step
        settings = workplace.settings.inbox
        self._watch = Watch(
            workplace.home.inbox, mode=settings.watch, interval=settings.scan_seconds
        )
        self._inbox = Inbox(
            workplace.home.inbox,
            settle=settings.settle_seconds,
            clock=monotonic,
            finished=self._watch.finished,
        )
        self._monotonic = monotonic
        self._busy: dict[int, Future[None]] = {}
        self._first_seen: dict[str, float] = {}
        self._fatal: Exception | None = None
        self._indexer = Indexer(workplace, lambda: self._after_step("indexed", None), monotonic)
        self._reminder = Reminder(workplace, monotonic)
        self._latecomers = Latecomers(workplace, monotonic)
        self._lane = Lane(workplace, self._stepped)
        self._mates = Mates(workplace, Hearers(self._stepped, self._told))
        self._room = 2 * workplace.settings.lanes
        self._stop = threading.Event()
        self.tally = Tally()

    def stop(self) -> None:
        """Finish what is in hand, then return from `run`; callable from a signal handler."""
        self._stop.set()

    def run(self, *, until_idle: bool) -> Tally:
        """Work; with `until_idle` return when nothing is left that can move.

        Raises WorkerStopped where going on would not be safe.
        """
        try:
            self._begin()
            if not until_idle:
                warm_offices(lambda: self._workplace.renderer.warm())  # noqa: PLW0108 - opened there
            with ThreadPoolExecutor(self._workplace.settings.lanes) as lanes:
                self._loop(lanes, until_idle=until_idle)
        except Exception as error:
            log.exception("work stopped")
            raise WorkerStopped(str(error)) from error
        finally:
            self._watch.stop()
            self._mates.close()
        if self._fatal is not None:
            raise WorkerStopped(str(self._fatal)) from self._fatal
        return self.tally

    def _begin(self) -> None:
        """Look whether it is safe to work here, then take up what a crash left claimed."""
        assert_safe_to_file(self._workplace)
        rules_in_force(self._workplace)
        collect_seldom()
        release_waiting_if_rules_changed(self._workplace)
        witness_home(self._workplace)
        drop_leftovers_of_filed(self._workplace)
        self._indexer.begin()
        self._watch.start()
        for claimed in list(self._inbox.claimed()):
            self._take(claimed)

    def _loop(self, lanes: ThreadPoolExecutor, *, until_idle: bool) -> None:
        while not self._stop.is_set() and self._fatal is None:
            self._reminder.turn()
            self._mates.turn()
            moved = self._look_into_inbox() or (self._reminder.is_under_way and not self._busy)
            moved |= self._hand_out(lanes)
            moved |= self._look_at_latecomers(force=not self._busy and not moved)
            moved |= self._indexer.turn(force=not self._busy and not moved)
            if until_idle and not moved and self._is_idle():
                return
            if not moved:
                self._pause()
        wait(self._busy.values())
        self._indexer.end(is_safe=self._fatal is None)

    def _pause(self) -> None:
        """Sleep until an event, a finished lane, or the next look is due."""
        settings = self._workplace.settings
        if self._busy:
            wait(self._busy.values(), timeout=_GLANCE, return_when=FIRST_COMPLETED)
            return
        limit = settings.inbox.scan_seconds
        if not self._inbox.is_empty():
            limit = settings.inbox.settle_seconds / 20
        self._watch.woken.wait(min(limit, settings.index.every_seconds))
        self._watch.woken.clear()

    def _look_into_inbox(self) -> bool:
        moved = False
        for path in itertools.islice(self._inbox.settled(), _AT_ONCE):
            claimed = self._inbox.claim(path)
            if claimed is not None:
                self._after_step("claimed", None)
                moved |= self._take(claimed)
            if self._stop.is_set():
                break
        return moved

    def _look_at_latecomers(self, *, force: bool) -> bool:
        receptions = self._latecomers.turn(force=force)
        for reception in receptions:
            self._tell(reception)
        return bool(receptions)

    def _take(self, claimed: Path) -> bool:
        patience = self._workplace.settings.inbox.unfinished_seconds
        first = self._first_seen.setdefault(claimed.name, self._monotonic())
        is_final = self._monotonic() - first >= patience
        reception = self._receive(claimed, is_final=is_final)
        if reception.taken is Taken.UNFINISHED:
            self._inbox.put_back(claimed, wait=self._workplace.settings.inbox.settle_seconds)
            return False
        self._first_seen.pop(claimed.name, None)
        self._inbox.done(claimed)
        self._tell(reception)
        return True

    def _tell(self, reception: Reception) -> None:
        self.tally.count(reception.taken)
        self._progress.received(reception)

    def _receive(self, claimed: Path, *, is_final: bool) -> Reception:
        """Take one file; what nobody foresaw in it is set aside, so that the next one comes."""
        try:
            return receive_claimed(
                self._workplace,
                claimed,
                is_final=is_final,
                after_step=lambda step: self._after_step(step, None),
            )
        except (OSError, SQLAlchemyError, RulesUnfit):
            raise
        except Exception as error:
            log.exception("file set aside")
            return set_aside(self._workplace, claimed, error)

    def _hand_out(self, lanes: ThreadPoolExecutor) -> bool:
        """Give free lanes the next instruments; those furthest on their way come first.

        Mates are called where more wait than our own lanes will see to before a mate is there.
        """
        self._busy = {key: lane for key, lane in self._busy.items() if not lane.done()}
        here = self._room - len(self._busy) + self._mates.in_hand
        free = max(here, 0) + self._mates.free
        if free == 0 and not self._mates.may_call:
            return False
        chosen = self._runnable(free + (_MANY if self._mates.may_call else 0))
        if len(chosen) >= free + _MANY:
            self._mates.call()
        for instrument in chosen[:free]:
            if here > self._mates.free:
                self._busy[instrument.id] = lanes.submit(self._work_on, instrument)
                here -= 1
            else:
                self._busy[instrument.id] = self._mates.take(instrument)
        return bool(chosen[:free])

    def _runnable(self, limit: int) -> list[Instrument]:
        now = self._workplace.clock()
        furthest_first = case(
            {state.name: -place for place, state in enumerate(OPEN_STATES)},
            value=Instrument.state,
        )
        with self._workplace.register.read.begin() as session:
            return list(
                session.scalars(
                    select(Instrument)
                    .where(
                        Instrument.state.in_(OPEN_STATES),
                        or_(Instrument.reason.is_(None), Instrument.not_before <= now),
                        Instrument.id.not_in(self._busy),
                    )
                    .order_by(furthest_first, Instrument.id)
                    .limit(limit)
                )
            )

    def _work_on(self, instrument: Instrument) -> None:
        self._told(instrument, self._lane.work_on(instrument))

    def _told(self, instrument: Instrument, ended: Ended) -> None:
        """Count how work on `instrument` ended, here or at a mate's, and say so."""
        if ended.error is not None:
            self._fatal = ended.error
        elif ended.record is not None:
            if not self.tally.filed:
                witness_home(self._workplace)  # a home's first filing begins the journal
            self.tally.add("filed")
            self._progress.filed(instrument, ended.record)
        elif ended.outcome is not Outcome.LEAVE:
            if counted := _COUNTED.get(ended.outcome):
                self.tally.add(counted)
            self._progress.stopped(instrument, ended.outcome, ended.reason)

    def _stepped(self, step: str, instrument: Instrument) -> None:
        self._progress.stepped(step, instrument)
        self._after_step(step, instrument)

    def _is_idle(self) -> bool:
        if self._busy or not self._inbox.is_empty():
            return False
        with self._workplace.register.read.begin() as session:
            retrying = session.scalars(
                select(Instrument.id).where(
                    Instrument.state.in_(OPEN_STATES),
                    or_(Instrument.reason.is_(None), Instrument.not_before.is_not(None)),
                )
            ).first()
        return retrying is None and self._indexer.is_idle()
