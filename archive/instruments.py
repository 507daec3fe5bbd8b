"""Instruments: one contract or report on its way from a received order to a filed record (文书)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base
from archive.dossiers import Dossier


class InstrumentState(StrEnum):
    """Where an instrument stands; the flow moves it forward, one state a step."""

    RECEIVED = "received"  # 已接收: the bytes are kept, the row stands
    DRAFTED = "drafted"  # 已起草: fields computed, checks passed, terms digest known
    NUMBERED = "numbered"  # 已编号: approvals complete, number taken
    SEALED = "sealed"  # 已用印: final bytes sealed, the use registered
    FILED = "filed"  # 已归档: a record in its dossier
    SUPERSEDED = "superseded"  # 已被新版取代: a newer revision of the order came first
    REFUSED = "refused"  # 已退回: refused after reception, with the reason
    VOIDED = "voided"  # 已作废: given up by two people, its number kept with the reason


OPEN_STATES = (
    InstrumentState.RECEIVED,
    InstrumentState.DRAFTED,
    InstrumentState.NUMBERED,
    InstrumentState.SEALED,
)


class Instrument(Base):
    """A contract or report under way or done; the row is the truth about its state."""

    __tablename__ = "instruments"
    __table_args__ = (
        UniqueConstraint("kind", "order_no", "round", "revision"),
        Index("ix_instruments_order_no_folded", text("lower(order_no)")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    order_no: Mapped[str] = mapped_column(index=True)
    round: Mapped[int] = mapped_column(
        comment="acceptance round or place among its kind, from 1; 0: the only one"
    )
    revision: Mapped[int] = mapped_column(comment="from 1; a changed order is the next revision")
    source_sha256: Mapped[str] = mapped_column(unique=True)
    source_name: Mapped[str]
    state: Mapped[InstrumentState] = mapped_column(index=True)
    reason: Mapped[str | None] = mapped_column(
        comment="why it waits, Chinese; NULL: nothing stops it"
    )
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(comment="retry no earlier; NULL: at once")
    type_code: Mapped[str]
    title: Mapped[str]
    party_a: Mapped[str]
    party_b: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(comment="NULL: the instrument states no amount")
    template_code: Mapped[str | None] = mapped_column(comment="NULL until drafted")
    template_version: Mapped[str | None]
    template_digest: Mapped[str | None]
    terms_digest: Mapped[str | None] = mapped_column(comment="NULL until drafted")
    number: Mapped[str | None] = mapped_column(unique=True, comment="NULL until numbered")
    received_at: Mapped[datetime]
    numbered_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey(Dossier.id), index=True)

    @property
    def chain(self) -> str:
        """The name of the event chain this instrument's acts belong to: its order."""
        return self.order_no

    @property
    def holder(self) -> str:
        """The name under which this instrument holds numbers."""
        return f"{self.kind}:{self.order_no}:{self.round}:r{self.revision}"
