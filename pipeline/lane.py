"""Lane: one paper taken the rest of its way, and what is written down where it cannot go on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from archive.dossiers import Record
from archive.instruments import Instrument
from pipeline.failures import Outcome, Overtaken, outcome_of
from pipeline.flow import Flow
from pipeline.settling import (
    park,
    reason_of,
    refuse_after_reception,
    retry_later,
    wait_for,
)
from pipeline.waiting import States, states_of
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """How work on one paper ended: filed with its `record`, or as `outcome` says, and why.

    `error` is what stops all work: nobody foresaw it, or it puts the archive in doubt.
    """

    record: Record | None = None
    outcome: Outcome = Outcome.LEAVE
    reason: str = ""
    error: Exception | None = None


class Lane:
    """Works on papers of one home, one after the other or from several threads."""

    def __init__(self, workplace: Workplace, stepped: Callable[[str, Instrument], None]) -> None:
        self._workplace = workplace
        self._stepped = stepped

    def work_on(self, instrument: Instrument) -> Ended:
        """Take `instrument` as far as it goes; whatever happens is in the answer, never raised."""
        structlog.contextvars.bind_contextvars(instrument=instrument.id, order=instrument.order_no)
        before: States = ()
        try:
            with self._workplace.register.read.begin() as session:
                before = states_of(session, instrument.order_no, but=instrument.id)
            return Ended(record=Flow(self._workplace, after_step=self._after_step).run(instrument))
        except Exception as error:  # noqa: BLE001 - the one place: every outcome is in the table
            return self.settle(instrument, error, before)
        finally:
            structlog.contextvars.clear_contextvars()

    def settle(self, instrument: Instrument, error: Exception, before: States = ()) -> Ended:
        """Write down what the table of failures says about `error`, and return it."""
        try:
            return self._settled(instrument, error, before)
        except Overtaken:
            log.info("instrument overtaken")
            return Ended()
        except Exception as worse:
            log.exception("work stopped")
            return Ended(outcome=Outcome.STOP, reason=str(worse), error=worse)

    def _after_step(self, step: str, instrument: Instrument) -> None:
        log.info("step done", extra={"step": step})
        self._stepped(step, instrument)

    def _settled(self, instrument: Instrument, error: Exception, before: States) -> Ended:
        outcome, reason = outcome_of(error), reason_of(error)
        if outcome is Outcome.RETRY and not retry_later(self._workplace, instrument, error):
            outcome = Outcome.PARK
        if outcome is Outcome.STOP:
            log.error("work stopped", exc_info=error)
            return Ended(outcome=outcome, reason=str(error), error=error)
        if outcome is Outcome.WAIT:
            wait_for(self._workplace, instrument, reason, before=before)
        elif outcome is Outcome.PARK:
            park(self._workplace, instrument, reason)
        elif outcome is Outcome.REFUSE:
            refuse_after_reception(self._workplace, instrument, error)
        log.warning(
            "instrument stopped", extra={"outcome": outcome.value, "error": type(error).__name__}
        )
        return Ended(outcome=outcome, reason=reason)
