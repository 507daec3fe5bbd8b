"""Closing: an accession's register and receipt, filed as a dossier of their own (接收登记)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.days import BUSINESS_ZONE
from archive.digests import sha256
from archive.dossiers import Dossier, Record, Rendition
from archive.errors import FilingRefused
from archive.takingin import ACCESSION, KIND, ORIGINAL
from pipeline.ownpapers import OwnPaper, closest, file_own
from pipeline.takingin.receipts import receipt_document, receipt_text, register_workbook
from pipeline.takingin.taking import Order, Outcome
from pipeline.wiring import Workplace

SCHEMA = "guidang.accession-list/1"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def close(workplace: Workplace, order: Order, outcome: Outcome) -> None:
    """File register and receipt of the accession; filed already, nothing changes.

    Bytes, then rows, as for every paper. Nothing is filed where nothing was taken in.
    """
    if not outcome.accepted or order.dry_run:
        return
    at = workplace.clock()
    with workplace.register.read.begin() as session:
        rows = taken_in(session, outcome.accession)
        levels = session.execute(select(Dossier.code, Dossier.secrecy)).all()
    codes = {row["dossier"] for row in rows}
    closeness = closest(workplace, (level for code, level in levels if code in codes))
    said = {
        "schema": SCHEMA,
        "number": outcome.accession,
        "company": workplace.settings.company.name,
        "source": order.source,
        "received_by": order.by,
        "closed_at": at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
        "folder": str(order.folder.resolve()),
        "catalogue": order.catalogue.name if order.catalogue else None,
        "originals_at": order.originals_at,
        "counts": counts_of(rows, outcome),
        "accepted": rows,
        "duplicates": [{"file": file, "reason": reason} for file, reason in outcome.duplicates],
        "rejected": [{"file": file, "reason": reason} for file, reason in outcome.rejected],
    }
    file_own(workplace, _paper(order, said, closeness, at))


def counts_of(rows: list[dict[str, Any]], outcome: Outcome) -> dict[str, Any]:
    """Return the figures of a receipt: dossiers, files, pages, and files by format."""
    formats: dict[str, int] = {}
    for row in rows:
        formats[row["format"]] = formats.get(row["format"], 0) + 1
    return {
        "dossiers": len({row["dossier"] for row in rows}),
        "files": len(rows),
        "pages": sum(row["pages"] for row in rows),
        "formats": formats,
        "unread": sum(row["recognition"] == "pending" for row in rows),
        "duplicates": len(outcome.duplicates),
        "rejected": len(outcome.rejected),
    }


def taken_in(session: Session, accession: str) -> list[dict[str, Any]]:
    """Return what stands in the archive from an accession, in the order of codes."""
    query = (
        select(Record, Dossier.code, Rendition.sha256, Rendition.bytes)
        .join(Dossier, Dossier.id == Record.dossier_id)
        .join(Rendition, (Rendition.record_id == Record.id) & (Rendition.role == ORIGINAL))
        .where(Record.kind == KIND)
        .order_by(Record.id)
    )
    return [
        {
            "reference_code": record.reference_code,
            "dossier": dossier,
            "title": record.title,
            "file": record.description["accession"]["file"],
            "former_code": record.description.get("former_code", ""),
            "contract_number": record.description.get("contract_number", ""),
            "format": record.description["format"],
            "pages": record.pages,
            "bytes": size,
            "sha256": digest,
            "recognition": record.description["recognition"],
            "unknown": record.description["unknown"],
            "remarks": record.description["remarks"],
        }
        for record, dossier, digest, size in session.execute(query)
        if record.description["accession"]["number"] == accession
    ]


def accessions(session: Session) -> list[dict[str, Any]]:
    """Return the accession register: one line an accession, in their order."""
    query = (
        select(Record, Dossier.code)
        .join(Dossier, Dossier.id == Record.dossier_id)
        .where(Record.kind == ACCESSION)
        .order_by(Record.id)
    )
    return [
        {"number": record.number, "dossier": code} | dict(record.description)
        for record, code in session.execute(query)
    ]


def accession_list(workplace: Workplace, number: str) -> dict[str, Any]:
    """Return the whole list of a closed accession as filed; raises FilingRefused."""
    with workplace.register.read.begin() as session:
        found = session.scalars(
            select(Rendition)
            .join(Record, Record.id == Rendition.record_id)
            .where(Record.number == number, Record.kind == ACCESSION, Rendition.role == "list")
        ).first()
    if found is None:
        raise FilingRefused(f"没有已办结的接收 {number}；用 guidang archive accessions 查看")
    content: dict[str, Any] = json.loads(workplace.store.read_path(found.path, found.sha256))
    return content


def _paper(order: Order, said: Mapping[str, Any], secrecy: str, at: datetime) -> OwnPaper:
    number = said["number"]
    written = (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
    files = {
        "list": (f"{number}.json", "application/json", written),
        "receipt": (f"{number}-接收凭据.docx", _WORD, receipt_document(said)),
        "register": (f"{number}-接收清单.xlsx", _SHEET, register_workbook(said)),
        "text": (f"{number}.txt", "text/plain", receipt_text(said).encode()),
    }
    if order.catalogue is not None:
        content = order.catalogue.read_bytes()
        media_type = _SHEET if content.startswith(b"PK") else "text/csv"
        files["catalogue"] = (order.catalogue.name, media_type, content)
    kept = ("source", "received_by", "closed_at", "originals_at", "catalogue", "counts")
    return OwnPaper(
        kind=ACCESSION,
        order_no=number,
        number=number,
        seq=1,
        title=f"接收登记（{number}，{said['source']}，{said['counts']['files']} 件）",
        actor=order.by,
        at=at,
        # one accession is closed once, whatever the moment: a crash must not close it twice
        source=sha256(f"accession:{number}".encode()),
        files=files,
        description={name: said[name] for name in kept},
        secrecy=secrecy,
        party_a=said["source"],
        party_b=said["company"],
    )
