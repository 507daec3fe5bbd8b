"""Seal requests: what asks for a seal on exactly these terms, and until when (用印申请)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive import events
from archive.approvals import drafter_of, last_approver_of, outstanding, people_of
from archive.days import BUSINESS_ZONE
from archive.db import Base
from archive.errors import ApprovalNeeded, SealRefused
from archive.instruments import Instrument, InstrumentState
from archive.people import is_among
from archive.routes import ApprovalRules
from archive.routesteps import DRAFT
from archive.sealcase import SealKind
from archive.sealrules import SealRules

FINAL: Final = "定稿"
"""The one class of file a seal is asked for: made of the approved terms and their number."""

BY_RULE: Final = "审批完成，按用印规则自动提出"


class SealRequest(Base):
    """One request for seals on one digest of terms; never changed: a new round follows it."""

    __tablename__ = "seal_requests"
    __table_args__ = (UniqueConstraint("instrument_id", "terms_digest", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey(Instrument.id), index=True)
    terms_digest: Mapped[str]
    round: Mapped[int] = mapped_column(comment="from 1; a request that ran out is followed by one")
    file_class: Mapped[str] = mapped_column(comment="which file made of the terms is to be sealed")
    seal_kinds: Mapped[list[Any]] = mapped_column(comment="the kinds of seal asked for, in words")
    amount: Mapped[Decimal | None] = mapped_column(comment="NULL: the paper states no amount")
    requested_by: Mapped[str]
    approved_by: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(comment="from here on nothing is sealed on it")
    rules_digest: Mapped[str] = mapped_column(comment="the seal rules it was made under")


def request_by_rule(
    session: Session,
    instrument: Instrument,
    *,
    rules: SealRules,
    approvals: ApprovalRules,
    terms_digest: str,
    at: datetime,
) -> SealRequest:
    """Return the first request on these terms, made where there is none yet.

    `at` is the moment of the last approval: running again later makes no later request.
    Raises ApprovalNeeded before the last approval, SealRefused for a paper without a seal rule.
    """
    first = _rounds(session, instrument, terms_digest)
    if first:
        return first[0]
    missing = outstanding(session, instrument, approvals, terms_digest)
    if missing:
        raise ApprovalNeeded(missing)
    people = people_of(session, instrument, terms_digest)
    step = rules.requests.requested_by
    drafter = drafter_of(session, instrument, terms_digest)
    return _write(
        session,
        instrument,
        rules,
        terms_digest=terms_digest,
        round_=1,
        requested_by=drafter if step == DRAFT else people.get(step, drafter),
        approved_by=last_approver_of(session, instrument, terms_digest),
        reason=BY_RULE,
        at=at,
    )


def request_again(
    session: Session,
    instrument: Instrument,
    *,
    rules: SealRules,
    approvals: ApprovalRules,
    by: str,
    approved_by: str,
    reason: str,
    at: datetime,
) -> SealRequest:
    """Ask anew where a request ran out, on terms that are still approved; raises SealRefused.

    Asked by who may ask by the rules, agreed to by one who decided on these very terms.
    """
    terms = instrument.terms_digest
    if instrument.state is not InstrumentState.NUMBERED or terms is None:
        raise SealRefused("只有已编号、尚未用印的文书可以重新申请用印")
    missing = outstanding(session, instrument, approvals, terms)
    if missing:
        raise ApprovalNeeded(missing)
    before = _rounds(session, instrument, terms)
    if before and at < before[-1].expires_at:
        until = _day(before[-1].expires_at)
        raise SealRefused(f"现有用印申请在 {until} 之前有效，不必重新申请")
    people = people_of(session, instrument, terms)
    asker = people.get(rules.requests.requested_by) or drafter_of(session, instrument, terms)
    deciders = [name for step, name in people.items() if step != DRAFT]
    problems = []
    if not is_among(by, (asker,)):
        problems.append(f"此文书的用印由 {asker} 申请，不得由 {by} 申请")
    if not is_among(approved_by, deciders) or is_among(approved_by, (by,)):
        problems.append(
            f"{approved_by}没有审批过此文书，不能批准用印；可以的是 {'、'.join(deciders)}"
        )
    if not reason.strip():
        problems.append("请写明重新申请的原因")
    if problems:
        raise SealRefused("；".join(problems))
    return _write(
        session,
        instrument,
        rules,
        terms_digest=terms,
        round_=len(before) + 1,
        requested_by=by,
        approved_by=approved_by,
        reason=reason,
        at=at,
    )


def request_for(session: Session, instrument: Instrument, terms_digest: str) -> SealRequest | None:
    """Return the newest request on exactly these terms, None where nobody asked."""
    rounds = _rounds(session, instrument, terms_digest)
    return rounds[-1] if rounds else None


def request_problem(request: SealRequest | None, kind: SealKind, at: datetime) -> str | None:
    """Return why `request` does not open a seal of that kind at `at`, in Chinese."""
    if request is None:
        return "没有针对此内容（审批摘要）的用印申请，不得用印"
    if at >= request.expires_at:
        return (
            f"用印申请已于 {_day(request.expires_at)} 到期，不得用印；"
            "请由申请人用 guidang seals request 重新申请"
        )
    if at < request.at:
        return "用印早于用印申请，请核对本机时钟"
    if kind.value not in request.seal_kinds:
        return f"用印申请的是{'、'.join(request.seal_kinds)}，不是{kind.value}"
    return None


def _rounds(session: Session, instrument: Instrument, terms: str) -> Sequence[SealRequest]:
    return session.scalars(
        select(SealRequest)
        .where(SealRequest.instrument_id == instrument.id, SealRequest.terms_digest == terms)
        .order_by(SealRequest.round)
    ).all()


def _write(
    session: Session,
    instrument: Instrument,
    rules: SealRules,
    *,
    terms_digest: str,
    round_: int,
    requested_by: str,
    approved_by: str,
    reason: str,
    at: datetime,
) -> SealRequest:
    request = SealRequest(
        instrument_id=instrument.id,
        terms_digest=terms_digest,
        round=round_,
        file_class=FINAL,
        seal_kinds=[kind.value for kind in rules.paper(instrument.kind).kinds],
        amount=instrument.amount,
        requested_by=requested_by,
        approved_by=approved_by,
        reason=reason,
        at=at,
        expires_at=at + rules.requests.lasts,
        rules_digest=rules.digest,
    )
    session.add(request)
    session.flush()
    events.append(
        session,
        chain=instrument.chain,
        at=at,
        actor=requested_by,
        action=f"{instrument.kind}:seal-requested",
        subject=terms_digest,
        details={
            "round": round_,
            "seals": request.seal_kinds,
            "approved_by": approved_by,
            "reason": reason,
            "expires_at": request.expires_at.isoformat(),
        },
    )
    return request


def _day(at: datetime) -> str:
    return f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
