"""Proofs: the record of a proof fetched from the shelf, and its page (核验记录)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.dossiers import Record, Rendition
from archive.instruments import Instrument
from pipeline.wiring import Workplace
from templates.proofpage import proof_page


@dataclass(frozen=True, slots=True)
class FiledProof:
    """A proof as it was filed: the record, and the page that repeats it."""

    record: Mapping[str, Any]
    page: str
    sha256: str


def filed_proof(
    workplace: Workplace, session: Session, instrument: Instrument
) -> FiledProof | None:
    """Return the proof filed with `instrument`, its bytes verified; None before it is filed.

    The page is the filed one; where a dossier was filed before there were pages, it is made
    from the record. Raises DigestMismatch where the shelf no longer holds what was filed.
    """
    rows = session.scalars(
        select(Rendition)
        .join(Record)
        .where(Record.number == instrument.number, Rendition.role.in_(("proof", "proof_page")))
    ).all()
    found = {row.role: workplace.store.read_path(row.path, row.sha256) for row in rows}
    if "proof" not in found:
        return None
    record = json.loads(found["proof"])
    sha256 = next(row.sha256 for row in rows if row.role == "proof")
    filed = found.get("proof_page")
    page = proof_page(record, sha256=sha256) if filed is None else filed.decode()
    return FiledProof(record, page, sha256)
