"""Events: the append-only history of each order's papers, chained by hash (过程元数据)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base


class Event(Base):
    """One act on one subject by one actor at one moment; never changed, never deleted."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("chain", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(index=True, comment="the order whose history this is")
    seq: Mapped[int] = mapped_column(comment="from 1, without gaps within its chain")
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(comment="subject:act, e.g. contract:numbered")
    subject: Mapped[str] = mapped_column(comment="what it happened to: number, code or digest")
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(
        comment="hash of the event before; 64 zeros for the first"
    )
    hash: Mapped[str] = mapped_column(unique=True)
