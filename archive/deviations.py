"""Deviations: contracts whose standard text was changed by hand: who, which, why (非标合同).

One row a revision; of an order's revisions at most one is in force. A newer one ends the one
before it, a withdrawal the last: no row is ever deleted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive import events
from archive.db import Base

KIND = "contract"
"""The one kind of paper that may deviate from its standard text."""


class Deviation(Base):
    """One revision of the contract of an order, as it was brought in."""

    __tablename__ = "deviations"
    __table_args__ = (UniqueConstraint("order_no", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_no: Mapped[str] = mapped_column(index=True)
    seq: Mapped[int] = mapped_column(comment="from 1 within its order")
    brought_at: Mapped[datetime]
    brought_by: Mapped[str]
    reason: Mapped[str]
    summary: Mapped[str] = mapped_column(comment="the changes in one sentence, Chinese")
    source_name: Mapped[str]
    source_sha256: Mapped[str] = mapped_column(comment="of the Word file as it was brought in")
    docx_sha256: Mapped[str] = mapped_column(comment="of the clean text that is printed")
    standard_digest: Mapped[str] = mapped_column(comment="terms digest of the text it changes")
    terms_digest: Mapped[str] = mapped_column(index=True, comment="what approvals must bind")
    ended_at: Mapped[datetime | None] = mapped_column(comment="NULL: in force")
    ended_by: Mapped[str | None]
    end_reason: Mapped[str | None]


def in_force(session: Session, order_no: str) -> Deviation | None:
    """Return the revision in force of an order's contract, None where its text is standard."""
    return session.scalars(
        select(Deviation).where(Deviation.order_no == order_no, Deviation.ended_at.is_(None))
    ).first()


def history(session: Session, order_no: str) -> list[Deviation]:
    """Return every revision of an order's contract, the first one first."""
    return list(
        session.scalars(
            select(Deviation).where(Deviation.order_no == order_no).order_by(Deviation.seq)
        )
    )


def bring_in(session: Session, deviation: Deviation) -> Deviation:
    """Put `deviation` in force and return it; its `seq` is the next of its order.

    The revision in force before it ends. Its bytes and its report are kept before.
    """
    standing = in_force(session, deviation.order_no)
    if standing is not None:
        _end(
            standing,
            by=deviation.brought_by,
            reason=f"由第 {deviation.seq} 稿取代",
            at=deviation.brought_at,
        )
        session.flush()
    session.add(deviation)
    session.flush()
    events.append(
        session,
        chain=deviation.order_no,
        at=deviation.brought_at,
        actor=deviation.brought_by,
        action=f"{KIND}:revised",
        subject=deviation.terms_digest,
        details={
            "seq": deviation.seq,
            "reason": deviation.reason,
            "summary": deviation.summary,
            "source_sha256": deviation.source_sha256,
            "docx_sha256": deviation.docx_sha256,
            "standard_digest": deviation.standard_digest,
        },
    )
    return deviation


def withdraw(
    session: Session, deviation: Deviation, *, by: str, reason: str, at: datetime
) -> Deviation:
    """End `deviation`, so that the standard text holds again, and return it."""
    _end(deviation, by=by, reason=reason, at=at)
    events.append(
        session,
        chain=deviation.order_no,
        at=at,
        actor=by,
        action=f"{KIND}:revision-withdrawn",
        subject=deviation.terms_digest,
        details={"seq": deviation.seq, "reason": reason},
    )
    return deviation


def next_seq(session: Session, order_no: str) -> int:
    """Return the number the order's next revision has."""
    return len(history(session, order_no)) + 1


def saying(session: Session, order_no: str, terms_digest: str | None) -> Deviation | None:
    """Return the revision whose text a paper with these terms says, None for a standard one."""
    return session.scalars(
        select(Deviation).where(
            Deviation.order_no == order_no, Deviation.terms_digest == terms_digest
        )
    ).first()


def is_deviating(session: Session, order_no: str, terms_digest: str | None) -> bool:
    """Return whether a paper with these terms says a changed text."""
    return saying(session, order_no, terms_digest) is not None


def _end(deviation: Deviation, *, by: str, reason: str, at: datetime) -> None:
    deviation.ended_at = at
    deviation.ended_by = by
    deviation.end_reason = reason


def deviating_among(session: Session, orders: Collection[str]) -> set[tuple[str, str]]:
    """Return order and terms digest of every revision there was of these orders' contracts."""
    query = select(Deviation.order_no, Deviation.terms_digest)
    rows = session.execute(query.where(Deviation.order_no.in_(orders)))
    return {(order_no, digest) for order_no, digest in rows}
