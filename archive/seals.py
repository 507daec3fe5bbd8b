"""Seals: guarded seals, what they may be put on, and the book of their uses (印章, 用印登记簿)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.approvals import outstanding, people_of
from archive.days import business_day
from archive.db import Base
from archive.errors import ApprovalNeeded, SealRefused
from archive.instruments import Instrument
from archive.people import is_among
from archive.routes import ApprovalRules
from archive.sealcase import Seal, SealKind, SealState
from archive.sealrequests import request_for, request_problem
from archive.sealrules import SealRules, choose_also, choose_seal

_SHA256: Final = re.compile(r"[0-9a-f]{64}")

__all__ = [
    "Seal",
    "SealKind",
    "SealRules",
    "SealState",
    "SealUse",
    "choose_also",
    "choose_seal",
    "keeper_for",
    "register_use",
    "why_not_now",
]


class SealUse(Base):
    """One application of one seal to one digest (用印记录)."""

    __tablename__ = "seal_uses"
    __table_args__ = (UniqueConstraint("seal_code", "file_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True, comment="用印编号")
    seal_code: Mapped[str]
    seal_digest: Mapped[str] = mapped_column(comment="digest of the seal's image at that moment")
    instrument_id: Mapped[int] = mapped_column(ForeignKey(Instrument.id), index=True)
    file_sha256: Mapped[str] = mapped_column(comment="the file before sealing")
    sealed_sha256: Mapped[str] = mapped_column(comment="the file after sealing")
    terms_digest: Mapped[str]
    pages: Mapped[int]
    copies: Mapped[int]
    places: Mapped[list[Any]] = mapped_column(comment="where, one entry an imprint")
    requested_by: Mapped[str]
    approved_by: Mapped[str]
    keeper: Mapped[str]
    at: Mapped[datetime]


def register_use(
    session: Session,
    rules: ApprovalRules,
    seal_rules: SealRules,
    *,
    seal: Seal,
    instrument: Instrument,
    file_sha256: str,
    sealed_sha256: str,
    terms_digest: str,
    pages: int,
    copies: int,
    places: Sequence[Mapping[str, Any]],
    requested_by: str,
    approved_by: str,
    keeper: str,
    at: datetime,
    number: str,
) -> SealUse:
    """Write one use into the book and return it; the same use again returns the first.

    Raises ApprovalNeeded where the decisions on exactly these terms are not complete, and
    SealRefused where `why_not_now` says why, where keeper, applicant and approvers are not
    different people, or where this seal stands on another file of the instrument.
    """
    use = SealUse(
        number=number,
        seal_code=seal.code,
        seal_digest=seal.image_sha256,
        instrument_id=instrument.id,
        file_sha256=file_sha256,
        sealed_sha256=sealed_sha256,
        terms_digest=terms_digest,
        pages=pages,
        copies=copies,
        places=[dict(place) for place in places],
        requested_by=requested_by,
        approved_by=approved_by,
        keeper=keeper,
        at=at,
    )
    first = _use_before(session, use)
    if first is not None:
        return first
    missing = outstanding(session, instrument, rules, terms_digest)
    if missing:
        raise ApprovalNeeded(missing)
    people = people_of(session, instrument, terms_digest)
    problems = [
        *why_not_now(session, seal, instrument, seal_rules, terms_digest=terms_digest, at=at),
        *_unfit(use, instrument),
        *_not_apart(use, people.values()),
        *_not_as_asked(session, use, instrument),
    ]
    if not seal.is_kept_by(keeper):
        problems.append(f"{seal.name}由 {'、'.join(seal.keepers)} 保管，不得由 {keeper} 用印")
    if problems:
        raise SealRefused("；".join(problems))
    session.add(use)
    session.flush()
    return use


def why_not_now(
    session: Session,
    seal: Seal,
    instrument: Instrument,
    rules: SealRules,
    *,
    terms_digest: str,
    at: datetime,
) -> list[str]:
    """Return why `seal` may not be put on this paper at `at`, in Chinese; empty where it may.

    Its state and days, the kinds of paper and amounts it is for, the request on exactly these
    terms, and that its keepers hold no other power over it.
    """
    name = f"{seal.name}（{seal.code}）"
    paper = rules.paper(instrument.kind)
    request = request_for(session, instrument, terms_digest)
    reasons = [
        seal.unusable_on(business_day(at)),
        seal.beyond_authority(instrument.kind, instrument.amount),
        None if seal.kind in paper.kinds else f"{seal.kind.value}不得用于{paper.name}",
        request_problem(request, seal.kind, at),
        *rules.powers.keeper_problems(seal.keepers),
    ]
    return [f"{name}：{reason}" for reason in reasons if reason]


def keeper_for(session: Session, seal: Seal, instrument: Instrument, terms_digest: str) -> str:
    """Return who puts the seal on: the first keeper who did nothing else on this paper.

    Where every keeper did, the first is returned: `register_use` refuses and says why.
    """
    people = people_of(session, instrument, terms_digest).values()
    free = [keeper for keeper in seal.keepers if not is_among(keeper, people)]
    return (free or list(seal.keepers))[0]


def _use_before(session: Session, use: SealUse) -> SealUse | None:
    """Return the use of this seal on this instrument, or on this file, where there was one.

    The seal is named on both sides: else every use of it there ever was is looked through.
    """
    is_ours = SealUse.seal_code == use.seal_code
    found = session.scalars(
        select(SealUse).where(
            or_(
                and_(is_ours, SealUse.file_sha256 == use.file_sha256),
                and_(is_ours, SealUse.instrument_id == use.instrument_id),
            )
        )
    ).first()
    if found is None:
        return None
    for name in ("instrument_id", "file_sha256", "sealed_sha256", "terms_digest", "number"):
        if getattr(found, name) != getattr(use, name):
            raise SealRefused(
                f"该印章已用于此文书（用印编号 {found.number}），{name} 与登记不符，不得再次用印"
            )
    return found


def _unfit(use: SealUse, instrument: Instrument) -> Iterable[str]:
    if instrument.number is None:
        yield "文书尚未编号，不得用印"
    if instrument.terms_digest != use.terms_digest:
        yield "文书内容与审批的内容不一致（摘要不符），不得用印"
    digests = (use.file_sha256, use.sealed_sha256, use.terms_digest)
    if not all(_SHA256.fullmatch(digest) for digest in digests):
        yield "文件摘要不是 64 位小写十六进制"
    if use.pages < 1 or use.copies < 1 or not use.places:
        yield "页数、份数和加盖位置须如实登记，不能为空"


def _not_as_asked(session: Session, use: SealUse, instrument: Instrument) -> Iterable[str]:
    request = request_for(session, instrument, use.terms_digest)
    if request is not None and not (
        is_among(use.requested_by, (request.requested_by,))
        and is_among(use.approved_by, (request.approved_by,))
    ):
        asked = f"{request.requested_by}申请、{request.approved_by}批准"
        yield f"申请人或批准人与用印申请（{asked}）不符"


def _not_apart(use: SealUse, decided: Iterable[str]) -> Iterable[str]:
    """Say which duties one person holds (DOMAIN 3.7: keeper, applicant, approver differ)."""
    if is_among(use.keeper, (*decided, use.requested_by, use.approved_by)):
        yield f"用印人 {use.keeper} 是本文书的申请人、经办人或审批人，须由他人用印"
    if is_among(use.requested_by, (use.approved_by,)):
        yield f"用印申请人与批准人同为 {use.requested_by}，须由不同的人办理"
