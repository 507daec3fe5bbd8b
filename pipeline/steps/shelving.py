"""Shelving: the dossier's next version, then its rows and the index's order (归档)."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from archive import filing
from archive.dossiers import Record
from archive.instruments import Instrument
from pipeline.intake.agreed import upstream_approvals
from pipeline.recalling import release, source_bytes
from pipeline.steps.drafting import Draft
from pipeline.steps.sealing import Sealed
from pipeline.wiring import Workplace

_ = upstream_approvals


def shelve(
    workplace: Workplace,
    instrument: Instrument,
    draft: Draft,
    sealed: Sealed,
    after_step: Callable[[str, Instrument], None],
) -> Record:
    """File `sealed` and return its record: FILED.

    The bytes stand on the shelf before the rows say so; a crash in between is healed by
    running again, which finds the version there and only registers it.
    """
    at = workplace.clock()
    submission = _submission(workplace, instrument, draft, sealed)
    with workplace.register.write.begin() as session:
        place = filing.reserve_place(
            session, workplace.plan, workplace.numbering, submission, at=at
        )
    after_step("reserve", instrument)
    with workplace.register.read.begin() as session:
        version = filing.compose(session, place, submission, instrument_id=instrument.id, at=at)
    filing.put_on_shelf(workplace.store, place, version)
    after_step("put", instrument)
    with workplace.register.write.begin() as session:
        record = filing.register_from_shelf(session, workplace.store, place, submission, at=at)
    release(workplace, instrument)
    shutil.rmtree(workplace.home.work / "sealed" / instrument.source_sha256, ignore_errors=True)
    return record


def _submission(
    workplace: Workplace, instrument: Instrument, draft: Draft, sealed: Sealed
) -> filing.Submission:
    raise NotImplementedError
