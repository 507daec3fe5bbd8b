"""Approving: the decisions on these terms, and with the last of them the number (审批, 编号)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from archive import approvals, events, numbering, upstream
from archive.acts import acts_of
from archive.days import business_day
from archive.deciding import given_back
from archive.errors import ApprovalNeeded
from archive.instruments import Instrument, InstrumentState
from archive.sealrequests import request_by_rule
from pipeline.holding import hold
from pipeline.numbernotes import note_numbers
from pipeline.steps.drafting import Draft
from pipeline.upstreamsignatures import proved
from pipeline.waiting import assert_nothing_between
from pipeline.wiring import Workplace


def approve_and_number(workplace: Workplace, instrument: Instrument, draft: Draft) -> None:
    """Register what was decided upstream; with the last decision take the number: NUMBERED.

    Decisions, number and the request for the seal stand in one transaction, so no number is
    ever without its approvals. Raises ApprovalNeeded, after keeping what was given, while
    steps are missing.
    """
    if instrument.state is InstrumentState.NUMBERED:
        note_numbers(workplace, instrument)
        with workplace.register.write.begin() as session:
            _request(workplace, session, hold(session, instrument, instrument.state), draft)
    if instrument.state is not InstrumentState.DRAFTED:
        return
    at = workplace.clock()
    given, unproved = proved(workplace, instrument, draft.paper.approvals)
    with workplace.register.write.begin() as session:
        row = hold(session, instrument, InstrumentState.DRAFTED)
        assert_nothing_between(session, row, draft.paper)
        upstream.record_upstream(
            session,
            row,
            given,
            workplace.approvals,
            terms_digest=draft.terms_digest,
            at=at,
        )
        missing = approvals.outstanding(session, row, workplace.approvals, draft.terms_digest)
        told = unproved or given_back(acts_of(session, row), draft.terms_digest)
        if not missing:
            number = numbering.take(
                session,
                workplace.numbering[row.kind],
                year=business_day(at).year,
                holder=row.holder,
                at=at,
                parts=_parts(workplace, draft, at),
            )
            row.number = number.text
            row.numbered_at = number.taken_at
            row.state = InstrumentState.NUMBERED
            events.append(
                session,
                chain=row.chain,
                at=at,
                actor="guidang",
                action=f"{row.kind}:numbered",
                subject=number.text,
                details={"terms_digest": draft.terms_digest},
            )
            _request(workplace, session, row, draft)
    if missing:
        untrusted = upstream.untrusted_sources(draft.paper.approvals, workplace.approvals)
        raise ApprovalNeeded(missing, untrusted, unbound=_unbound(draft), told=told)
    instrument.number = row.number
    instrument.numbered_at = row.numbered_at
    instrument.state = row.state
    note_numbers(workplace, instrument)


def _parts(workplace: Workplace, draft: Draft, at: datetime) -> Mapping[str, str]:
    """Return what a number may be made of, beside year and counter."""
    paper = draft.paper
    return {
        "type": paper.type_code,
        "dept": paper.department[1],
        "month": f"{business_day(at):%m}",
        **paper.number_parts(workplace.settings.company.number_prefix),
    }


def _request(workplace: Workplace, session: Session, row: Instrument, draft: Draft) -> None:
    """Ask for the seal, once, from the moment of the last approval on (用印申请)."""
    if row.numbered_at is None:
        raise ValueError(f"instrument {row.id} has no number yet")
    request_by_rule(
        session,
        row,
        rules=workplace.seal_rules,
        approvals=workplace.approvals,
        terms_digest=draft.terms_digest,
        at=row.numbered_at,
    )


def _unbound(draft: Draft) -> str | None:
    """Return the digest that decisions must name where any in the file does not name it."""
    by_name = draft.deviation is not None
    stray = any(
        not each.binds(draft.terms_digest, by_name=by_name) for each in draft.paper.approvals
    )
    return draft.terms_digest if stray or by_name else None
