"""Approvals: who agreed to which terms, in which post, when and with what opinion (审批)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive import events
from archive.db import Base
from archive.deviations import is_deviating
from archive.errors import ApprovalNeeded, ApprovalRefused
from archive.instruments import Instrument
from archive.routes import (
    AGREED,
    ApprovalRules,
    Route,
    UpstreamApproval,
    problems_of,
    same_decision,
)

__all__ = [
    "Approval",
    "ApprovalRules",
    "UpstreamApproval",
    "drafter_of",
    "last_approver_of",
    "outstanding",
    "people_of",
    "record_upstream",
    "untrusted_sources",
    "void_approvals",
]


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


def record_upstream(
    session: Session,
    instrument: Instrument,
    given: Sequence[UpstreamApproval],
    rules: ApprovalRules,
    *,
    terms_digest: str,
    at: datetime,
) -> list[Approval]:
    """Register the decisions `given` on these terms and return those that were new.

    Decisions of systems the rules do not trust do not count, but a refusal stops whoever
    gave it. Decisions on other terms say nothing of these; on a text that deviates from its
    standard only those count that name its digest, for all others were given on the standard.
    Raises ApprovalRefused with every problem at once, and then registers nothing.
    """
    if instrument.terms_digest not in (None, terms_digest):
        raise ApprovalRefused(["文书内容与报审时不同（摘要不一致），须重新起草并报审"])
    deviating = is_deviating(session, instrument.order_no, terms_digest)
    route = rules.route(instrument.kind, deviating=deviating)
    meant = [each for each in given if each.binds(terms_digest, by_name=deviating)]
    counted, problems = _counted(meant, rules, route)
    rows = {row.step: row for row in _rows(session, instrument, terms_digest)}
    decided = {code: _as_given(row) for code, row in rows.items() if row.voided_at is None}
    new = {code: decision for code, decision in counted.items() if code not in rows}
    for code in (code for code in counted if code in rows):
        problems += _against(rows[code], counted[code], rules)
    problems += problems_of(route, decided | new, at=at)
    if problems:
        raise ApprovalRefused(problems)
    return [
        _register(session, instrument, new[step.code], terms_digest=terms_digest, at=at)
        for step in route.steps
        if step.code in new
    ]


def outstanding(
    session: Session, instrument: Instrument, rules: ApprovalRules, terms_digest: str
) -> tuple[str, ...]:
    """Return the Chinese names of the steps nobody has agreed to on these terms, in order."""
    agreed = people_of(session, instrument, terms_digest)
    deviating = is_deviating(session, instrument.order_no, terms_digest)
    route = rules.route(instrument.kind, deviating=deviating)
    return tuple(step.name for step in route.steps if step.code not in agreed)


def untrusted_sources(given: Iterable[UpstreamApproval], rules: ApprovalRules) -> tuple[str, ...]:
    """Return the systems whose decisions stand among `given` but do not count."""
    return tuple(dict.fromkeys(each.source for each in given if not rules.trusts(each.source)))


def people_of(session: Session, instrument: Instrument, terms_digest: str) -> dict[str, str]:
    """Return who agreed to these terms, by step, in the order of the steps; voided ones not."""
    return {
        row.step: row.person
        for row in _rows(session, instrument, terms_digest)
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
) -> list[Approval]:
    """End every decision in force on `instrument` and return them.

    On whatever terms; with `terms_digest` on these alone.
    """
    if not reason.strip():
        raise ApprovalRefused(["作废审批意见须写明原因"])
    query = select(Approval).where(
        Approval.instrument_id == instrument.id, Approval.voided_at.is_(None)
    )
    if terms_digest is not None:
        query = query.where(Approval.terms_digest == terms_digest)
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


def _counted(
    given: Sequence[UpstreamApproval], rules: ApprovalRules, route: Route
) -> tuple[dict[str, UpstreamApproval], list[str]]:
    """Return the agreements that count, by step code, and what is wrong with the rest."""
    counted: dict[str, UpstreamApproval] = {}
    problems: list[str] = []
    for each in given:
        step = rules.step(each.step.strip())
        if each.decision != AGREED:
            problems.append(f"“{each.step}”{each.person} 的意见为“{each.decision}”：{each.opinion}")
        elif not rules.trusts(each.source):
            continue
        elif step is None:
            known = "、".join(known.name for known in rules.steps)
            problems.append(f"“{each.step}”不是审批环节；可用：{known}")
        elif step in route.steps:
            decision = replace(each, step=step.code)
            if not same_decision(counted.setdefault(step.code, decision), decision):
                problems.append(f"“{step.name}”有两份不同的意见，请只保留一份")
    return counted, problems


def _against(row: Approval, decision: UpstreamApproval, rules: ApprovalRules) -> list[str]:
    step = rules.step(row.step)
    name = step.name if step else row.step
    if row.voided_at is not None:
        return [f"“{name}”的意见已作废（{row.void_reason}），不能再次使用，请修订后重新报审"]
    if not same_decision(_as_given(row), decision):
        return [f"“{name}”已由 {row.person} 办理并登记，意见不能改动"]
    return []


def _register(
    session: Session,
    instrument: Instrument,
    decision: UpstreamApproval,
    *,
    terms_digest: str,
    at: datetime,
) -> Approval:
    row = Approval(
        instrument_id=instrument.id,
        step=decision.step,
        person=decision.person,
        post=decision.post,
        at=decision.at,
        opinion=decision.opinion,
        source=decision.source,
        terms_digest=terms_digest,
    )
    session.add(row)
    session.flush()
    events.append(
        session,
        chain=instrument.chain,
        at=at,
        actor=decision.person,
        action=f"{instrument.kind}:approved",
        subject=terms_digest,
        details={
            "step": decision.step,
            "post": decision.post,
            "opinion": decision.opinion,
            "source": decision.source,
            "decided_at": decision.at.isoformat(),
        },
    )
    return row


def _rows(session: Session, instrument: Instrument, terms_digest: str) -> Sequence[Approval]:
    """Return the decisions on these terms; they were registered in the order of the steps."""
    return session.scalars(
        select(Approval)
        .where(Approval.instrument_id == instrument.id, Approval.terms_digest == terms_digest)
        .order_by(Approval.id)
    ).all()


def _as_given(row: Approval) -> UpstreamApproval:
    return UpstreamApproval(row.step, row.person, row.post, row.at, row.opinion, row.source)


def _person(session: Session, instrument: Instrument, terms_digest: str, *, place: int) -> str:
    people = list(people_of(session, instrument, terms_digest).values())
    if not people:
        raise ApprovalNeeded(["起草"])
    return people[place]
