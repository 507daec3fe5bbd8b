"""Term rows: each kept dossier's term as the register can ask for it (期限台账)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.db import Base
from archive.retention import Term, term_of
from archive.shelved import Shelved


class TermRow(Base):
    """How long one dossier is kept, told anew from its history whenever it is registered."""

    __tablename__ = "terms"

    dossier_code: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(comment="Y, or D and the years; never below the plan's")
    starts_on: Mapped[date | None] = mapped_column(comment="NULL: a trigger is unknown (未起算)")
    expires_on: Mapped[date | None] = mapped_column(
        index=True, comment="the last day of keeping; NULL: not started, or permanent"
    )
    missing: Mapped[str] = mapped_column(comment="the unknown triggers, by 、")


def term_of_shelved(shelved: Shelved) -> Term:
    """Return the term of a dossier as its own files tell it."""
    return term_of(
        shelved.dossier["retention"],
        shelved.dossier.get("retention_trigger", ""),
        shelved.carried.events,
        shelved.items,
    )


def write_terms(session: Session, dossiers: Sequence[Shelved]) -> None:
    """Write the terms of dossiers; a destroyed one has none."""
    codes = [shelved.dossier["code"] for shelved in dossiers]
    query = select(TermRow).where(TermRow.dossier_code.in_(codes))
    standing = {row.dossier_code: row for row in session.scalars(query)}
    for code, shelved in zip(codes, dossiers, strict=True):
        row = standing.get(code)
        if shelved.destroyed is not None:
            if row is not None:
                session.delete(row)
            continue
        term = term_of_shelved(shelved)
        if row is None:
            row = TermRow(dossier_code=code)
            session.add(row)
        row.period = term.period
        row.starts_on = term.starts_on
        row.expires_on = term.expires_on
        row.missing = "、".join(term.missing)
