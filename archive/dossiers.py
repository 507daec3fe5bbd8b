"""Dossiers: the register's rows of what stands on the shelves (案卷, 件, 版式件)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base


class Dossier(Base):
    """The records of one contract, quote to settlement: one OCFL object (案卷)."""

    __tablename__ = "dossiers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, comment="档号 down to 案卷号")
    order_no: Mapped[str] = mapped_column(unique=True)
    contract_number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    fonds: Mapped[str]
    series: Mapped[str] = mapped_column(comment="门类·二级, e.g. JY·HT")
    year: Mapped[int]
    retention: Mapped[str] = mapped_column(comment="Y, D30 or D10")
    retention_basis: Mapped[str]
    office: Mapped[str]
    secrecy: Mapped[str]
    volume_no: Mapped[int]
    file_plan_digest: Mapped[str]
    object_path: Mapped[str] = mapped_column(comment="relative to the archive's storage root")
    head: Mapped[int] = mapped_column(comment="the newest OCFL version, from 1")
    opened_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None] = mapped_column(comment="NULL: it stands on its shelf")
    destroyed_by: Mapped[str | None] = mapped_column(comment="the disposal list; NULL: it stands")


class Record(Base):
    """A document kept as evidence under one reference code (件)."""

    __tablename__ = "records"
    __table_args__ = (UniqueConstraint("dossier_id", "item_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    item_no: Mapped[int]
    reference_code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(unique=True, comment="文件编号: contract or child number")
    title: Mapped[str]
    responsible: Mapped[str] = mapped_column(comment="责任者: both parties, full names")
    formed_on: Mapped[date | None] = mapped_column(comment="NULL: nobody knows (不详)")
    pages: Mapped[int]
    source_sha256: Mapped[str] = mapped_column(
        index=True, comment="digest of the order it was made from"
    )
    version: Mapped[int] = mapped_column(comment="the OCFL version it was filed in")
    filed_at: Mapped[datetime]
    filed_by: Mapped[str]
    description: Mapped[dict[str, Any]] = mapped_column(comment="its metadata as filed")


class Rendition(Base):
    """One file of a record in one form, known by its digest (版式件)."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("record_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    role: Mapped[str]
    path: Mapped[str] = mapped_column(comment="relative to the archive's storage root")
    media_type: Mapped[str]
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    sm3: Mapped[str]
