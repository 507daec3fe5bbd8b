"""Approvals: who agreed to which terms, in which post, when and with what opinion (审批)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base


class Approval(Base):
    """One decision of one person on one digest of terms."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("instrument_id", "step", "terms_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id"), index=True)
    step: Mapped[str]
    person: Mapped[str]
    post: Mapped[str]
    at: Mapped[datetime]
    opinion: Mapped[str]
    source: Mapped[str] = mapped_column(comment="where it was given: a trusted system, or guidang")
    terms_digest: Mapped[str]
    voided_at: Mapped[datetime | None] = mapped_column(comment="NULL: in force")
    void_reason: Mapped[str | None]
