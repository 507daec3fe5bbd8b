"""Recalling: an instrument's order, read again from the bytes that were received."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import select

from archive.dossiers import Record, Rendition
from archive.errors import DigestMismatch
from archive.instruments import Instrument
from pipeline.failures import SourceLost
from pipeline.home import Home
from pipeline.intake.following import FollowingForm
from pipeline.intake.forms import Form
from pipeline.intake.reading import read_form
from pipeline.keeping import keep
from pipeline.papers.kinds import KINDS
from pipeline.papers.paper import Paper
from pipeline.standing import form_on_shelf, standing_of
from pipeline.wiring import Workplace


def keep_source(home: Home, payload: bytes) -> str:
    """Keep the bytes of a received file until it is filed; return their SHA-256."""
    digest = hashlib.sha256(payload).hexdigest()
    keep(home.received, f"{digest}.json", payload)
    return digest


def source_bytes(workplace: Workplace, instrument: Instrument) -> bytes:
    """Return the bytes `instrument` was received as; raises DigestMismatch if they changed."""
    path = workplace.home.received / f"{instrument.source_sha256}.json"
    try:
        payload = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceLost(f"{instrument.source_name}：收件留存已不在，请重新投放原文件") from error
    found = hashlib.sha256(payload).hexdigest()
    if found != instrument.source_sha256:
        raise DigestMismatch(str(path), instrument.source_sha256, found)
    return payload


def received_files(home: Home) -> list[Path]:
    """Return the kept files, those received first first."""
    return sorted(home.received.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)


def release(workplace: Workplace, instrument: Instrument) -> None:
    """Drop the received bytes of an instrument: its dossier, or rejected/, holds them now."""
    (workplace.home.received / f"{instrument.source_sha256}.json").unlink(missing_ok=True)


def recall(workplace: Workplace, instrument: Instrument) -> Paper:
    """Return what `instrument` is to say, from the bytes that were received."""
    form = read_form(source_bytes(workplace, instrument))
    return paper_of(workplace, form, instrument.source_sha256)


def recall_filed(workplace: Workplace, instrument: Instrument) -> Paper:
    """Return what a filed `instrument` says, from its dossier as it stood then."""
    with workplace.register.read.begin() as session:
        order = session.scalars(
            select(Rendition)
            .join(Record)
            .where(Record.source_sha256 == instrument.source_sha256, Rendition.role == "order")
        ).one()
    return paper_of(workplace, form_on_shelf(workplace, order), instrument.source_sha256)


def paper_of(workplace: Workplace, form: Form, digest: str | None = None) -> Paper:
    """Return the paper `form` asks for; `digest` is that of its bytes, where they may be filed.

    Raises ContractNeeded where what it follows is not filed yet, OrderRefused where there is
    no such contract or the paper cannot follow what is filed.
    """
    standing = None
    if isinstance(form, FollowingForm) and form.needs_contract:
        standing = standing_of(workplace, form, digest)
    return KINDS[form.kind].paper(form, standing)
