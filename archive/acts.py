"""Acts: everything people did about a paper under approval, in its order; nothing is taken away.

An agreement in force stands in `approvals` as well; this log tells how it came to that, and
what was returned, refused, withdrawn, asked and answered on the way (审批过程).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive import events
from archive.db import Base
from archive.instruments import Instrument


class Act(StrEnum):
    """What a person did."""

    AGREED = "approved"  # 同意
    CHANGES_ASKED = "changes-asked"  # 修改后同意: agrees to other terms than these
    RETURNED = "returned"  # 退回: to an earlier step
    REFUSED = "refused-by-approver"  # 不同意: back to the drafter, the paper ends
    WITHDRAWN = "withdrawn"  # 撤回: by who submitted it
    SIGNER_ADDED = "signer-added"  # 加签
    ASKED = "asked"  # 问询
    ANSWERED = "answered"  # 答复
    VOID_ASKED = "void-asked"  # 申请作废
    VOIDED = "voided"  # 作废


WORDS = {
    Act.AGREED: "同意",
    Act.CHANGES_ASKED: "修改后同意",
    Act.RETURNED: "退回",
    Act.REFUSED: "不同意",
    Act.WITHDRAWN: "撤回",
    Act.SIGNER_ADDED: "加签",
    Act.ASKED: "问询",
    Act.ANSWERED: "答复",
    Act.VOID_ASKED: "申请作废",
    Act.VOIDED: "作废",
}
"""What an act is called."""


class ApprovalAct(Base):
    """One act of one person on one digest of terms, with the post held at that moment."""

    __tablename__ = "approval_acts"
    __table_args__ = (UniqueConstraint("instrument_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey(Instrument.id), index=True)
    seq: Mapped[int]
    act: Mapped[str]
    step: Mapped[str]
    login: Mapped[str]
    person: Mapped[str]
    post: Mapped[str]
    department: Mapped[str]
    principal: Mapped[str | None] = mapped_column(comment="for whom, where it was delegated")
    at: Mapped[datetime]
    opinion: Mapped[str]
    terms_digest: Mapped[str]
    details: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person as the directory has them now, and for whom, if not for themselves."""

    login: str
    name: str
    post: str
    department: str
    principal: str | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Whose hands are in it, for duties that must be apart."""
        return (self.name, *([self.principal] if self.principal else []))

    @property
    def capacity(self) -> str:
        """Return the post, and for whom it is held."""
        return f"{self.post}（代 {self.principal}）" if self.principal else self.post


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be written down of an act."""

    act: Act
    step: str
    opinion: str
    details: Mapping[str, Any] = field(default_factory=dict)


def record(
    session: Session, instrument: Instrument, told: Told, actor: Actor, *, at: datetime
) -> ApprovalAct:
    """Write the act into the log and the history, and return its row."""
    last = session.scalars(
        select(func.max(ApprovalAct.seq)).where(ApprovalAct.instrument_id == instrument.id)
    ).one()
    row = ApprovalAct(
        instrument_id=instrument.id,
        seq=(last or 0) + 1,
        act=told.act.value,
        step=told.step,
        login=actor.login,
        person=actor.name,
        post=actor.post,
        department=actor.department,
        principal=actor.principal,
        at=at,
        opinion=told.opinion,
        terms_digest=instrument.terms_digest or "",
        details=dict(told.details),
    )
    session.add(row)
    session.flush()
    events.append(
        session,
        chain=instrument.chain,
        at=at,
        actor=actor.name,
        action=f"{instrument.kind}:{told.act.value}",
        subject=row.terms_digest or instrument.source_sha256,
        details={
            "step": told.step,
            "login": actor.login,
            "post": actor.post,
            "department": actor.department,
            "principal": actor.principal,
            "opinion": told.opinion,
            **told.details,
        },
    )
    return row


def acts_of(session: Session, instrument: Instrument) -> list[ApprovalAct]:
    """Return what was done about `instrument`, in order."""
    return acts_by_instrument(session, [instrument.id])[instrument.id]


def acts_by_instrument(session: Session, ids: Iterable[int]) -> dict[int, list[ApprovalAct]]:
    """Return what was done about each of these instruments, in order, in one query."""
    wanted = tuple(ids)
    found: dict[int, list[ApprovalAct]] = {each: [] for each in wanted}
    query = select(ApprovalAct).where(ApprovalAct.instrument_id.in_(wanted))
    for row in session.scalars(query.order_by(ApprovalAct.instrument_id, ApprovalAct.seq)):
        found[row.instrument_id].append(row)
    return found
