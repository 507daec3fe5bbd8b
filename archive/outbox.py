"""Outbox: what the index must still be told, written in the transaction that made it true."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base

_WAITING = text("applied_at IS NULL")


class OutboxEntry(Base):
    """One record to be put into or taken out of the index; applied in order of `seq`."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "seq", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    reference_code: Mapped[str]
    action: Mapped[str] = mapped_column(comment="put or remove")
    queued_at: Mapped[datetime]
    applied_at: Mapped[datetime | None] = mapped_column(
        comment="NULL: the index does not know it yet"
    )
