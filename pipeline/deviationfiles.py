"""Deviation files: what was brought in by hand for papers under way, kept beside the register.

Bytes and note are written, durable, before the row: a register lost just then is told again by
the notes, so that no contract silently falls back to its standard text.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.carrying import as_row, from_row
from archive.deviations import KIND, Deviation, history
from archive.dossiers import Dossier
from archive.errors import DigestMismatch
from pipeline.failures import SourceLost
from pipeline.home import Home
from pipeline.keeping import keep
from templates.deviating.report import Report

SOURCE: Final = "source.docx"
TEXT: Final = "text.docx"
REPORT: Final = "report.json"
_NOTE: Final = "note.json"


def keep_files(home: Home, deviation: Deviation, *, source: bytes, text: bytes) -> None:
    """Keep a revision as it came and as it is printed; its report by `keep_report`."""
    folder = _folder(home, deviation)
    keep(folder, SOURCE, source)
    keep(folder, TEXT, text)


def keep_report(home: Home, deviation: Deviation, report: Report) -> None:
    """Keep what was found in a revision."""
    keep(_folder(home, deviation), REPORT, report.to_bytes())


def note(home: Home, deviation: Deviation) -> None:
    """Write down the row as it stands, ended or in force."""
    content = json.dumps(as_row(deviation), ensure_ascii=False, sort_keys=True)
    keep(_folder(home, deviation), _NOTE, content.encode())


def file_of(home: Home, deviation: Deviation, name: str) -> bytes:
    """Return a kept file; raises SourceLost where it is gone, DigestMismatch where changed."""
    path = _folder(home, deviation) / name
    try:
        payload = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceLost(
            f"订单 {deviation.order_no} 第 {deviation.seq} 稿的修订文件已不在，请重新提交修订稿"
        ) from error
    expected = {SOURCE: deviation.source_sha256, TEXT: deviation.docx_sha256}.get(name)
    found = hashlib.sha256(payload).hexdigest()
    if expected is not None and expected != found:
        raise DigestMismatch(str(path), expected, found)
    return payload


def drop_files(home: Home, order_no: str) -> None:
    """Forget the files of a filed order: its dossier holds them."""
    shutil.rmtree(_order_folder(home, order_no), ignore_errors=True)


def restore(session: Session, home: Home) -> None:
    """Put the revisions of orders that are not filed back into an empty register."""
    for row in _notes(home):
        filed = session.scalars(select(Dossier.id).where(Dossier.order_no == row.order_no)).first()
        known = {each.seq for each in history(session, row.order_no)}
        if filed is not None or row.seq in known:
            continue
        session.add(row)
        events.append(
            session,
            chain=row.order_no,
            at=row.brought_at,
            actor=row.brought_by,
            action=f"{KIND}:revision-restored",
            subject=row.terms_digest,
            details={"seq": row.seq, "reason": row.reason, "summary": row.summary},
        )
        session.flush()


def _notes(home: Home) -> Iterator[Deviation]:
    found = [
        from_row(Deviation, json.loads(path.read_bytes()))
        for path in _root(home).glob(f"*/*/{_NOTE}")
    ]
    yield from sorted(found, key=lambda row: (row.order_no, row.seq))


def _folder(home: Home, deviation: Deviation) -> Path:
    return _order_folder(home, deviation.order_no) / str(deviation.seq)


def _order_folder(home: Home, order_no: str) -> Path:
    # An order's own number may hold what no folder may be called.
    return _root(home) / hashlib.sha256(order_no.encode()).hexdigest()[:32]


def _root(home: Home) -> Path:
    return home.work / "deviations"
