"""Approvals: who agreed to which terms, in which post, when and with what opinion (审批)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive import events
from archive.acts import Act, Actor, ApprovalAct, Told, acts_of, record
from archive.db import Base
from archive.deviations import is_deviating
from archive.errors import ApprovalNeeded, ApprovalRefused
from archive.instruments import Instrument
from archive.routes import (
    HERE,
    ApprovalRules,
    UpstreamApproval,
)
from archive.routesteps import Route, Step


class Approval(Base):
    """One decision of one person on one digest of terms."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("instrument_id", "step", "terms_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey(Instrument.id), index=True)
    step: Mapped[str]
    person: Mapped[str]
    post: Mapped[str]
    at: Mapped[datetime]
    opinion: Mapped[str]
    source: Mapped[str] = mapped_column(comment="where it was given: a trusted system, or guidang")
    terms_digest: Mapped[str]
    voided_at: Mapped[datetime | None] = mapped_column(comment="NULL: in force")
    void_reason: Mapped[str | None]


def outstanding(
    session: Session, instrument: Instrument, rules: ApprovalRules, terms_digest: str
) -> tuple[str, ...]:
    """Return the Chinese names of the steps nobody has agreed to on these terms, in order."""
    agreed = people_of(session, instrument, terms_digest)
    route = route_of(session, instrument, rules, terms_digest)
    return tuple(step.name for step in route.steps if step.code not in agreed)


def route_of(
    session: Session, instrument: Instrument, rules: ApprovalRules, terms_digest: str
) -> Route:
    """Return the steps of `instrument` on these terms.

    The kind's route, the longer one of a deviating text, what type and amount bring in, and
    the signers people asked for (加签).
    """
    deviating = is_deviating(session, instrument.order_no, terms_digest)
    acts = acts_of(session, instrument)
    return route_from(rules, instrument, terms_digest, acts, deviating=deviating)


def route_from(
    rules: ApprovalRules,
    instrument: Instrument,
    terms_digest: str,
    acts: Iterable[ApprovalAct],
    *,
    deviating: bool,
) -> Route:
    """Return the same from what was read already."""
    route = rules.route(
        instrument.kind,
        deviating=deviating,
        type_code=instrument.type_code,
        amount=instrument.amount,
    )
    for act in acts:
        if act.act == Act.SIGNER_ADDED and act.terms_digest == terms_digest:
            signer = Step(act.details["signer_step"], act.details["signer_name"])
            if act.step in {step.code for step in route.steps}:
                route = route.with_signer(signer, before=act.step)
    return route


def decided_on(
    session: Session, instrument: Instrument, terms_digest: str
) -> dict[str, UpstreamApproval]:
    """Return the agreements in force on these terms by step, whoever gave them and for whom."""
    rows = rows_on(session, instrument, terms_digest)
    return decided_from(rows, acts_of(session, instrument), terms_digest)


def decided_from(
    rows: Iterable[Approval], acts: Iterable[ApprovalAct], terms_digest: str
) -> dict[str, UpstreamApproval]:
    """Return the same from what was read already."""
    principals = {
        act.step: act.principal
        for act in acts
        if act.act == Act.AGREED and act.terms_digest == terms_digest
    }
    return {
        row.step: replace(as_given(row), principal=principals.get(row.step))
        for row in rows
        if row.voided_at is None and row.terms_digest == terms_digest
    }


def agree_here(
    session: Session, instrument: Instrument, told: Told, actor: Actor, *, at: datetime
) -> ApprovalAct:
    """Register the agreement of `actor` on the terms as they stand, and return its act.

    A decision that ended on these terms gives its place to the new one; the log keeps both.
    Whether it may be given is for `deciding` to say.
    """
    terms_digest = str(instrument.terms_digest)
    row = session.scalars(
        select(Approval).where(
            Approval.instrument_id == instrument.id,
            Approval.step == told.step,
            Approval.terms_digest == terms_digest,
        )
    ).first()
    if row is None:
        row = Approval(instrument_id=instrument.id, step=told.step, terms_digest=terms_digest)
        session.add(row)
    row.person, row.post, row.at = actor.name, actor.capacity, at
    row.opinion, row.source = told.opinion, HERE
    row.voided_at = row.void_reason = None
    session.flush()
    return record(session, instrument, told, actor, at=at)


def approvals_by_instrument(session: Session, ids: Iterable[int]) -> dict[int, list[Approval]]:
    """Return all decisions on each of these instruments, in force or not, in one query."""
    wanted = tuple(ids)
    found: dict[int, list[Approval]] = {each: [] for each in wanted}
    query = select(Approval).where(Approval.instrument_id.in_(wanted)).order_by(Approval.id)
    for row in session.scalars(query):
        found[row.instrument_id].append(row)
    return found


def people_of(session: Session, instrument: Instrument, terms_digest: str) -> dict[str, str]:
    """Return who agreed to these terms, by step, in the order of the steps; voided ones not."""
    return {
        row.step: row.person
        for row in rows_on(session, instrument, terms_digest)
        if row.voided_at is None
    }


def drafter_of(session: Session, instrument: Instrument, terms_digest: str) -> str:
    """Return who drafted these terms; raises ApprovalNeeded where nobody has said so."""
    return _person(session, instrument, terms_digest, place=0)


def last_approver_of(session: Session, instrument: Instrument, terms_digest: str) -> str:
    """Return who agreed to these terms last; raises ApprovalNeeded where nobody did."""
    return _person(session, instrument, terms_digest, place=-1)


def void_approvals(
    session: Session,
    instrument: Instrument,
    *,
    reason: str,
    at: datetime,
    terms_digest: str | None = None,
    steps: Iterable[str] | None = None,
) -> list[Approval]:
    """End every decision in force on `instrument` and return them.

    On whatever terms; with `terms_digest` on these alone, with `steps` only those of them.
    """
    if not reason.strip():
        raise ApprovalRefused(["作废审批意见须写明原因"])
    query = select(Approval).where(
        Approval.instrument_id == instrument.id, Approval.voided_at.is_(None)
    )
    if terms_digest is not None:
        query = query.where(Approval.terms_digest == terms_digest)
    if steps is not None:
        query = query.where(Approval.step.in_(tuple(steps)))
    ended = session.scalars(query).all()
    for row in ended:
        row.voided_at = at
        row.void_reason = reason
    if ended:
        events.append(
            session,
            chain=instrument.chain,
            at=at,
            actor="guidang",
            action=f"{instrument.kind}:approvals-voided",
            subject=ended[-1].terms_digest,
            details={"steps": [row.step for row in ended], "reason": reason},
        )
    return list(ended)


def rows_on(session: Session, instrument: Instrument, terms_digest: str) -> Sequence[Approval]:
    """Return the decisions on these terms; they were registered in the order of the steps."""
    return session.scalars(
        select(Approval)
        .where(Approval.instrument_id == instrument.id, Approval.terms_digest == terms_digest)
        .order_by(Approval.id)
    ).all()


def as_given(row: Approval) -> UpstreamApproval:
    """Return a registered decision as it was given."""
    return UpstreamApproval(row.step, row.person, row.post, row.at, row.opinion, row.source)


def _person(session: Session, instrument: Instrument, terms_digest: str, *, place: int) -> str:
    people = list(people_of(session, instrument, terms_digest).values())
    if not people:
        raise ApprovalNeeded(["起草"])
    return people[place]
