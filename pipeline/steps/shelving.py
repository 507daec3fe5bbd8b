"""Shelving: the dossier's next version, then its rows and the index's order (归档)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import filing
from archive.approvals import Approval
from archive.days import business_day
from archive.dossiers import Record
from archive.errors import EventConflict
from archive.instruments import Instrument, InstrumentState
from archive.seals import SealUse
from archive.submission import Composed, Place, Submission
from pipeline.deviated import described, dossier_files
from pipeline.fourfold.atfiling import examined
from pipeline.holding import hold
from pipeline.leftovers import drop_leftovers
from pipeline.numbernotes import note_numbers
from pipeline.orderfiles import described_order_file, order_files
from pipeline.steps.drafting import Draft
from pipeline.steps.sealing import Sealed
from pipeline.waiting import release_waiting
from pipeline.wiring import Workplace
from templates.annexes import named_annexes
from templates.pageplaces import page_starts
from templates.pdfreading import pages_of
from templates.proofpage import proof_page

_TRIES = 5
"""How often another act on the same order may come between composing and registering."""


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
    submission = _submission(workplace, instrument, draft, sealed)
    place, composed = _reserve(workplace, instrument, submission)
    note_numbers(workplace, instrument)
    after_step("reserve", instrument)
    for attempt in range(1, _TRIES + 1):
        try:
            record = _put_and_register(workplace, instrument, place, composed, after_step)
            break
        except EventConflict:
            if attempt == _TRIES:
                raise
            composed = _composed_anew(workplace, instrument, place, composed)
    after_step("registered", instrument)
    drop_leftovers(workplace, instrument)
    return record


def _reserve(
    workplace: Workplace, instrument: Instrument, submission: Submission
) -> tuple[Place, Composed]:
    """Return the paper's place, and the paper as it was found fit for it.

    One transaction: a paper that lacks something, or that is not passed, takes no code.
    """
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        hold(session, instrument, InstrumentState.SEALED)
        _check_complete(workplace, session, instrument, submission)
        place = filing.reserve_place(
            session, workplace.plan, workplace.numbering, submission, at=at
        )
        composed = filing.compose(session, place, submission, instrument_id=instrument.id, at=at)
        return place, examined(workplace, place, composed)


def _composed_anew(
    workplace: Workplace, instrument: Instrument, place: Place, composed: Composed
) -> Composed:
    """Return the examined paper with what the register knows by now."""
    with workplace.register.read.begin() as session:
        anew = filing.compose(
            session,
            place,
            composed.submission,
            instrument_id=instrument.id,
            at=workplace.clock(),
        )
    return replace(anew, rows=composed.rows)


def _check_complete(
    workplace: Workplace, session: Session, instrument: Instrument, submission: Submission
) -> None:
    """Raise FilingRefused, before any code is taken, where the paper lacks what it must bring."""
    has_approval = select(Approval.id).where(
        Approval.instrument_id == instrument.id,
        Approval.terms_digest == instrument.terms_digest,
        Approval.voided_at.is_(None),
    )
    has_use = select(SealUse.id).where(SealUse.instrument_id == instrument.id)
    registered = {
        name
        for name, query in (("approvals", has_approval), ("seal_uses", has_use))
        if session.scalars(query.limit(1)).first() is not None
    }
    workplace.completeness.check_filing(
        submission.kind,
        files=[role for role, (_, _, content) in submission.files.items() if content],
        registered=registered,
    )


def _put_and_register(
    workplace: Workplace,
    instrument: Instrument,
    place: Place,
    composed: Composed,
    after_step: Callable[[str, Instrument], None],
) -> Record:
    filing.put_on_shelf(workplace.store, place, composed)
    after_step("put", instrument)
    with workplace.register.write.begin() as session:
        record = filing.register_from_shelf(
            session, workplace.store, place, composed.submission, at=composed.at
        )
        release_waiting(session, instrument.order_no)
    return record


def _submission(
    workplace: Workplace, instrument: Instrument, draft: Draft, sealed: Sealed
) -> Submission:
    if instrument.number is None or instrument.numbered_at is None:
        raise ValueError(f"instrument {instrument.id} has no number yet")
    paper, number = draft.paper, instrument.number
    _, department_code = paper.department
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return Submission(
        kind=paper.kind,
        order_no=paper.order_no,
        number=number,
        title=paper.title,
        responsible=paper.responsible,
        formed_on=paper.formed_on(business_day(instrument.numbered_at)),
        source_sha256=instrument.source_sha256,
        retention_class=paper.retention_class,
        office=department_code,
        secrecy=paper.secrecy,
        pages=sealed.pages,
        files={
            "sealed": (f"{number}.pdf", "application/pdf", sealed.pdf),
            "docx": (f"{number}.docx", word, sealed.docx),
            "text": (f"{number}.txt", "text/plain", sealed.text.encode()),
            **order_files(workplace, instrument),
            "proof": (f"{number}-核验.json", "application/json", sealed.proof),
            "seal_proof": (f"{number}-用印核验.json", "application/json", sealed.seal_proof),
            "proof_page": (f"{number}-核验.html", "text/html", _proof_page(sealed.proof)),
        }
        | dossier_files(workplace, draft),
        description=paper.description()
        | {
            "template": {
                "code": draft.template.code,
                "version": draft.template.version,
                "sha256": draft.template.digest,
            },
            "order_file": described_order_file(workplace, instrument),
            "terms_digest": draft.terms_digest,
            "page_starts": list(page_starts(sealed.text, pages_of(sealed.pdf))),
            "rules": {
                "numbering": workplace.numbering.digest,
                "approvals": workplace.approvals.digest,
                "seals": workplace.seal_rules.digest,
                "signing": workplace.signing.digest,
                "checks": workplace.checks.digest,
                "checks_version": workplace.checks.version,
            },
            "warnings": [
                {
                    "code": f.code,
                    "title": f.title,
                    "basis": f.basis,
                    "place": f.place,
                    "message": f.message,
                }
                for f in draft.findings
            ],
            "seal_way": sealed.way.value,
            "secrecy": paper.secrecy,
            "annexes": list(named_annexes(sealed.text)),
        }
        | described(draft),
        opens=paper.opens,
    )


def _proof_page(proof: bytes) -> bytes:
    return proof_page(json.loads(proof), sha256=hashlib.sha256(proof).hexdigest()).encode()
