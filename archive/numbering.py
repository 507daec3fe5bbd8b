"""Numbering: numbers of a series and year without a gap and without a double."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base


class Counter(Base):
    """The last number taken in one series and year."""

    __tablename__ = "counters"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Number(Base):
    """A number, who holds it, or why it was given up; the ledger has a row for every one."""

    __tablename__ = "numbers"
    __table_args__ = (
        UniqueConstraint("series", "year", "value"),
        UniqueConstraint("series", "year", "holder"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str]
    year: Mapped[int]
    value: Mapped[int]
    text: Mapped[str] = mapped_column(unique=True)
    holder: Mapped[str]
    taken_at: Mapped[datetime]
    voided_at: Mapped[datetime | None] = mapped_column(comment="NULL: in force")
    void_reason: Mapped[str | None]
