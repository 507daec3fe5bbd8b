"""Holds: reasons why nothing of a dossier may be disposed of, until they are lifted (法律冻结)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.db import Base
from archive.events import Event

PLACED: Final = "hold:placed"
RELEASED: Final = "hold:released"


class Hold(Base):
    """One hold; it stands from the moment of this row, before its dossiers say so themselves."""

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True, comment="冻结编号")
    matter: Mapped[str] = mapped_column(comment="事由: 诉讼, 仲裁, 审计, 税务, 监管, 债权债务")
    reason: Mapped[str]
    case_no: Mapped[str | None] = mapped_column(comment="案号; NULL: there is none")
    scope: Mapped[str] = mapped_column(comment="the query or list its dossiers were chosen by")
    requested_by: Mapped[str]
    placed_at: Mapped[datetime]
    review_on: Mapped[date | None] = mapped_column(comment="预计复核日; NULL: none foreseen")


class HoldTarget(Base):
    """One dossier under one hold."""

    __tablename__ = "hold_targets"
    __table_args__ = (UniqueConstraint("hold_number", "dossier_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_number: Mapped[str] = mapped_column(index=True)
    dossier_code: Mapped[str] = mapped_column(index=True)
    released_at: Mapped[datetime | None] = mapped_column(comment="NULL: the hold stands")
    released_by: Mapped[str | None]
    release_basis: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a dossier's own history says of holds: those that stand, and who released others."""

    standing: tuple[str, ...]
    releasers: tuple[str, ...]


def holding_of(history: Sequence[Event]) -> Holding:
    """Return which holds stand by `history`; several stack, each is released by itself."""
    placed: dict[str, None] = {}
    releasers: dict[str, None] = {}
    for event in history:
        if event.action == PLACED:
            placed[event.details["hold"]] = None
        elif event.action == RELEASED:
            placed.pop(event.details["hold"], None)
            releasers[event.actor] = None
    return Holding(tuple(placed), tuple(releasers))


def holds_on(session: Session, dossier_code: str) -> tuple[str, ...]:
    """Return the numbers of the holds that stand on a dossier by the register's rows."""
    return tuple(
        session.scalars(
            select(HoldTarget.hold_number)
            .where(HoldTarget.dossier_code == dossier_code, HoldTarget.released_at.is_(None))
            .order_by(HoldTarget.id)
        )
    )


def said_of(hold: Hold) -> dict[str, Any]:
    """Return what each dossier's history says of `hold`: enough to write its row anew."""
    return {
        "hold": hold.number,
        "matter": hold.matter,
        "reason": hold.reason,
        "case_no": hold.case_no,
        "scope": hold.scope,
        "requested_by": hold.requested_by,
        "placed_at": hold.placed_at.isoformat(),
        "review_on": hold.review_on.isoformat() if hold.review_on else None,
    }


def write_holds(session: Session, dossier_code: str, history: Sequence[Event]) -> None:
    """Write the rows of every hold `history` tells of; a row that stands is only released."""
    for event in history:
        if event.action not in (PLACED, RELEASED):
            continue
        number = event.details["hold"]
        if event.action == PLACED and _hold(session, number) is None:
            session.add(_restored(event.details))
        target = session.scalars(
            select(HoldTarget).where(
                HoldTarget.hold_number == number, HoldTarget.dossier_code == dossier_code
            )
        ).first()
        if target is None:
            target = HoldTarget(hold_number=number, dossier_code=dossier_code)
            session.add(target)
        if event.action == RELEASED:
            target.released_at = event.at
            target.released_by = event.actor
            target.release_basis = event.details["basis"]
        session.flush()


def _hold(session: Session, number: str) -> Hold | None:
    return session.scalars(select(Hold).where(Hold.number == number)).first()


def _restored(said: Any) -> Hold:
    return Hold(
        number=said["hold"],
        matter=said["matter"],
        reason=said["reason"],
        case_no=said["case_no"],
        scope=said["scope"],
        requested_by=said["requested_by"],
        placed_at=datetime.fromisoformat(said["placed_at"]),
        review_on=date.fromisoformat(said["review_on"]) if said["review_on"] else None,
    )
