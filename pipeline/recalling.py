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
from pipeline.intake.formats import SUFFIXES
from pipeline.intake.forms import Form
from pipeline.intake.reading import Reading, read_form
from pipeline.keeping import keep
from pipeline.keptreading import form_of_reading, keep_reading, kept_reading, reading_path
from pipeline.papers.kinds import KINDS
from pipeline.papers.paper import Paper
from pipeline.standing import form_on_shelf, standing_of
from pipeline.wiring import Workplace


def keep_source(home: Home, payload: bytes, reading: Reading) -> str:
    """Keep the bytes of a received file, and how they were read; return their SHA-256."""
    digest = hashlib.sha256(payload).hexdigest()
    keep_reading(home, digest, reading)
    keep(home.received, f"{digest}{reading.format.suffix}", payload)
    return digest


def source_bytes(workplace: Workplace, instrument: Instrument) -> bytes:
    """Return the bytes `instrument` was received as; raises DigestMismatch if they changed."""
    path = next(workplace.home.received.glob(f"{instrument.source_sha256}.*"), None)
    if path is None:
        raise SourceLost(f"{instrument.source_name}：收件留存已不在，请重新投放原文件")
    payload = path.read_bytes()
    found = hashlib.sha256(payload).hexdigest()
    if found != instrument.source_sha256:
        raise DigestMismatch(str(path), instrument.source_sha256, found)
    return payload


def received_files(home: Home) -> list[Path]:
    """Return the kept files, those received first first."""
    kept = (path for suffix in SUFFIXES for path in home.received.glob(f"*{suffix}"))
    return sorted(kept, key=lambda path: path.stat().st_mtime_ns)


def release(workplace: Workplace, instrument: Instrument) -> None:
    """Drop the received bytes of an instrument: its dossier, or rejected/, holds them now."""
    for path in workplace.home.received.glob(f"{instrument.source_sha256}.*"):
        path.unlink(missing_ok=True)
    reading_path(workplace.home, instrument.source_sha256).unlink(missing_ok=True)


def recall(workplace: Workplace, instrument: Instrument) -> Paper:
    """Return what `instrument` is to say, from the bytes that were received."""
    payload = source_bytes(workplace, instrument)
    reading = kept_reading(workplace.home, instrument.source_sha256)
    form = form_of_reading(reading) if reading else read_form(payload)
    return paper_of(workplace, form, instrument.source_sha256)


def recall_filed(workplace: Workplace, instrument: Instrument) -> Paper:
    """Return what a filed `instrument` says, from its dossier as it stood then."""
    with workplace.register.read.begin() as session:
        files = session.scalars(
            select(Rendition)
            .join(Record)
            .where(
                Record.source_sha256 == instrument.source_sha256,
                Rendition.role.in_(("order", "reading")),
            )
            .order_by(Rendition.role)
        ).all()
    if not files:
        raise SourceLost(f"{instrument.number}：案卷已销毁，原文不在")
    return paper_of(workplace, form_on_shelf(workplace, files[-1]), instrument.source_sha256)


def paper_of(workplace: Workplace, form: Form, digest: str | None = None) -> Paper:
    """Return the paper `form` asks for; `digest` is that of its bytes, where they may be filed.

    Raises ContractNeeded where what it follows is not filed yet, OrderRefused where there is
    no such contract or the paper cannot follow what is filed.
    """
    standing = None
    if isinstance(form, FollowingForm) and form.needs_contract:
        standing = standing_of(workplace, form, digest)
    return KINDS[form.kind].paper(form, standing)
