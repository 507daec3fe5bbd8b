"""Disposal rows: the lists as the register can ask for them (清单台账)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.db import Base
from archive.disposal import OPEN, PROPOSED, DisposalList, list_of
from archive.shelved import Shelved


class DisposalRow(Base):
    """One list and how far it has come; what it says stands in its history."""

    __tablename__ = "disposal_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    stage: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]


class DisposalEntry(Base):
    """One dossier on one list."""

    __tablename__ = "disposal_entries"
    __table_args__ = (UniqueConstraint("list_number", "dossier_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_number: Mapped[str] = mapped_column(index=True)
    dossier_code: Mapped[str] = mapped_column(index=True)
    decision: Mapped[str | None] = mapped_column(comment="NULL: not appraised by enough people")


def write_list(session: Session, known: DisposalList) -> None:
    """Write the rows of a list as it stands now."""
    row = session.scalars(select(DisposalRow).where(DisposalRow.number == known.number)).first()
    if row is None:
        row = DisposalRow(number=known.number)
        session.add(row)
    row.stage = known.stage.value
    row.proposed_by = known.proposer
    row.proposed_at = known.proposed_at
    query = select(DisposalEntry).where(DisposalEntry.list_number == known.number)
    standing = {entry.dossier_code: entry for entry in session.scalars(query)}
    for entry in known.entries:
        written = standing.get(entry.code)
        if written is None:
            written = DisposalEntry(list_number=known.number, dossier_code=entry.code)
            session.add(written)
        written.decision = entry.decision.value if entry.decision else None
    session.flush()


def write_disposal(session: Session, shelved: Shelved) -> None:
    """Write the rows of the list whose dossier `shelved` is; any other dossier has none."""
    if any(event.action == PROPOSED for event in shelved.carried.events):
        write_list(session, list_of(shelved.dossier["order_no"], shelved.carried.events))


def open_list_of(session: Session, dossier_code: str) -> str | None:
    """Return the number of the open list a dossier is on, None where it is on none."""
    return session.scalars(
        select(DisposalEntry.list_number)
        .join(DisposalRow, DisposalRow.number == DisposalEntry.list_number)
        .where(
            DisposalEntry.dossier_code == dossier_code,
            DisposalRow.stage.in_([stage.value for stage in OPEN]),
        )
    ).first()
