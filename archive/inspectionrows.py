"""Inspection rows: rounds, finds and clean-up lists as the register can ask for them (检查台账)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive import cleanup, inspection
from archive.cleanup import cleanup_of
from archive.db import Base
from archive.events import Event, chain_of
from archive.finds import Find, finds_of
from archive.inspection import inspection_of
from archive.shelved import Shelved


class InspectionRow(Base):
    """One round of checking; what it says stands in its history."""

    __tablename__ = "inspections"

    number: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[str]
    period: Mapped[str] = mapped_column(comment="the span of time the plan asked it for")
    is_full: Mapped[bool]
    stage: Mapped[str]
    inspector: Mapped[str]
    planned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(comment="NULL: still running")


class FindRow(Base):
    """One find over all inspections, told anew whenever one of them is."""

    __tablename__ = "inspection_finds"

    key: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(unique=True)
    check: Mapped[str]
    subject: Mapped[str]
    problem: Mapped[str]
    is_damage: Mapped[bool]
    state: Mapped[str] = mapped_column(index=True)
    owner: Mapped[str]
    due_on: Mapped[date]
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(comment="NULL: nobody closed it")


class CleanupRow(Base):
    """One clean-up list and how far it has come."""

    __tablename__ = "cleanup_lists"

    number: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]


def all_finds(session: Session) -> dict[str, Find]:
    """Return every find, by key."""
    wanted = (
        inspection.PLANNED,
        inspection.LOOKED,
        inspection.ENDED,
        inspection.ASSIGNED,
        inspection.CLOSED,
    )
    return finds_of(session.scalars(select(Event).where(Event.action.in_(wanted))))


def write_inspection(session: Session, number: str) -> None:
    """Write the rows of an inspection, and those of all finds, as they stand now."""
    known = inspection_of(number, chain_of(session, number))
    row = session.get(InspectionRow, number) or InspectionRow(number=number)
    row.plan, row.period = known.plan, known.period
    row.is_full = known.sample is None
    row.stage = known.stage.value
    row.inspector = known.inspector
    row.planned_at, row.ended_at = known.planned_at, known.ended_at
    session.add(row)
    standing = {each.key: each for each in session.scalars(select(FindRow))}
    for key, find in all_finds(session).items():
        written = standing.get(key) or FindRow(key=key)
        written.label = find.label
        written.check = find.spotted.check
        written.subject = find.spotted.subject
        written.problem = find.spotted.problem
        written.is_damage = find.is_damage
        written.state = find.state.value
        written.owner, written.due_on = find.owner, find.due_on
        written.found_at, written.closed_at = find.found_at, find.closed_at
        session.add(written)
    session.flush()


def write_cleanup(session: Session, number: str) -> None:
    """Write the row of a clean-up list as it stands now."""
    known = cleanup_of(number, chain_of(session, number))
    row = session.get(CleanupRow, number) or CleanupRow(number=number)
    row.stage = known.stage.value
    row.proposed_by, row.proposed_at = known.proposer, known.proposed_at
    session.add(row)
    session.flush()


def write_inspected(session: Session, shelved: Shelved) -> None:
    """Write the rows of the round or list whose dossier `shelved` is; any other has none."""
    actions = {event.action for event in shelved.carried.events}
    if inspection.PLANNED in actions:
        write_inspection(session, shelved.dossier["order_no"])
    elif cleanup.PROPOSED in actions:
        write_cleanup(session, shelved.dossier["order_no"])
