"""Flow: the way of one order. Read this file first.

    inbox -> order -> draft -> approvals + number -> final PDF/A -> seal -> dossier -> index

Every step may be run again: what it did before is found, not done twice. The order of
effects is always bytes, then row and event in one transaction, then the index. A crash
therefore means running the same way again from the top (`tests/journeys/test_crash.py`
kills the process after every step).
"""

from __future__ import annotations

from collections.abc import Callable

from archive.dossiers import Record
from archive.instruments import Instrument
from pipeline.steps.approving import approve_and_number
from pipeline.steps.drafting import Draft, draw_up
from pipeline.steps.finishing import Final, finish
from pipeline.steps.sealing import Sealed, seal
from pipeline.steps.shelving import shelve
from pipeline.wiring import Workplace


class Flow:
    """Takes instruments from reception to the shelf, at one workplace."""

    def __init__(
        self, workplace: Workplace, *, after_step: Callable[[str, Instrument], None] | None = None
    ) -> None:
        self._workplace = workplace
        self._after_step = after_step or (lambda _step, _instrument: None)

    def run(self, instrument: Instrument) -> Record:
        """Take `instrument` the rest of its way and return its record.

        Raises what a step raises; `failures.outcome_of` says what that means.
        """
        draft = self._draw_up(instrument)
        self._approve_and_number(instrument, draft)
        final = self._finish(instrument, draft)
        sealed = self._seal(instrument, draft, final)
        return self._shelve(instrument, draft, sealed)

    def _draw_up(self, instrument: Instrument) -> Draft:
        """Compute the fields, check the terms, fill the template: DRAFTED, terms digest known."""
        draft = draw_up(self._workplace, instrument)
        self._after_step("draw_up", instrument)
        return draft

    def _approve_and_number(self, instrument: Instrument, draft: Draft) -> None:
        """Register the decisions on these terms; with the last one take the number: NUMBERED."""
        approve_and_number(self._workplace, instrument, draft)
        self._after_step("approve_and_number", instrument)

    def _finish(self, instrument: Instrument, draft: Draft) -> Final:
        """Print the number into the text, make the PDF/A, prove that both say what they should."""
        final = finish(self._workplace, instrument, draft)
        self._after_step("finish", instrument)
        return final

    def _seal(self, instrument: Instrument, draft: Draft, final: Final) -> Sealed:
        """Put seal, seam seal and QR on in one pass and register the use: SEALED."""
        sealed = seal(self._workplace, instrument, draft, final, self._after_step)
        self._after_step("seal", instrument)
        return sealed

    def _shelve(self, instrument: Instrument, draft: Draft, sealed: Sealed) -> Record:
        """Write the dossier's next version, then its rows and the index's order: FILED."""
        record = shelve(self._workplace, instrument, draft, sealed, self._after_step)
        self._after_step("shelve", instrument)
        return record
