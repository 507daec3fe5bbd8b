"""Seals: guarded seals, what they may be put on, and the book of their uses (印章, 用印登记簿)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base


class SealUse(Base):
    """One application of one seal to one digest (用印记录)."""

    __tablename__ = "seal_uses"
    __table_args__ = (UniqueConstraint("seal_code", "file_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True, comment="用印编号")
    seal_code: Mapped[str]
    seal_digest: Mapped[str] = mapped_column(comment="digest of the seal's image at that moment")
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id"), index=True)
    file_sha256: Mapped[str] = mapped_column(comment="the file before sealing")
    sealed_sha256: Mapped[str] = mapped_column(comment="the file after sealing")
    terms_digest: Mapped[str]
    pages: Mapped[int]
    copies: Mapped[int]
    places: Mapped[list[Any]] = mapped_column(comment="where, one entry an imprint")
    requested_by: Mapped[str]
    approved_by: Mapped[str]
    keeper: Mapped[str]
    at: Mapped[datetime]
