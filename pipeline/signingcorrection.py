"""Signing correction: a signing day entered wrongly is put right by two people (更正签订日期).

The earlier day stays in the dossier's history; what is owed counts from the right one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from archive.countersigning import note_signing, signing_day_of
from archive.custody import Evidence
from archive.errors import RetentionRefused
from archive.people import person_key
from archive.retentionrules import Role
from pipeline import acting
from pipeline.countersignedfinding import CountersignedRefused, target_of
from pipeline.countersigning import assert_after_numbering, assert_not_ahead
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class Correction:
    """The right day, who enters it and who agrees, why, and what proves it."""

    on: date
    person: str
    second: str
    reason: str
    evidence: Evidence


def correct_signing_day(workplace: Workplace, number: str, correction: Correction) -> date:
    """Enter the right day and return the one that stood; the same again changes nothing.

    Raises RetentionRefused for who may not, CountersignedRefused for a day that cannot be.
    """
    person = acting.clerk(workplace, correction.person)
    acting.need(workplace, correction.second, Role.LEGAL, Role.ARCHIVIST, Role.APPROVER)
    if person_key(person) == person_key(correction.second):
        raise RetentionRefused("更正签订日期须由两人办理，两人不能是同一人")
    if not correction.reason.strip():
        raise RetentionRefused("更正签订日期须写明原因（--reason）")
    assert_not_ahead(workplace, correction.on)
    with workplace.register.write.begin() as session:
        target = target_of(session, number)
        assert_after_numbering(target, correction.on)
        known = signing_day_of(target.record)
        if known is None:
            raise CountersignedRefused(
                f"{number} 没有登记过签订日期；登记用 guidang contracts countersigned --signed-on"
            )
        if known != correction.on:
            note_signing(
                session,
                workplace.store,
                target.record,
                correction.on,
                actor=person,
                at=workplace.clock(),
                proof=correction.evidence,
                corrected={
                    "from": known.isoformat(),
                    "reason": correction.reason.strip(),
                    "second": correction.second,
                },
            )
    return known
