"""Requeueing: after a rebuild, orders received but never filed start their way again."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.instruments import OPEN_STATES, Instrument
from archive.numbering import Counter, Number, void_number
from pipeline.home import Home
from pipeline.numbernotes import drop_notes, notes
from pipeline.recalling import received_files
from pipeline.reception import Taken, receive
from pipeline.wiring import Workplace

log = logging.getLogger(__name__)


def restore_numbers(session: Session, home: Home) -> None:
    """Put the numbers of papers under way back into the ledger, their counters at least there.

    A number the archive carries by now needs its note no longer.
    """
    for note in notes(home):
        filed = session.scalars(
            select(Instrument.id).where(Instrument.source_sha256 == note.source_sha256)
        ).first()
        if filed is not None:
            drop_notes(home, note.source_sha256)
            continue
        known = session.scalars(select(Number.id).where(Number.text == note.text)).first()
        if known is None:
            session.add(note.restored())
        counter = session.get(Counter, (note.series, note.year))
        if counter is None:
            session.add(Counter(series=note.series, year=note.year, last=note.value))
        else:
            counter.last = max(counter.last, note.value)
        session.flush()


def void_unheld(session: Session, home: Home, at: datetime) -> None:
    """Void restored numbers whose paper is under way no more: superseded, or sent back."""
    for note in notes(home):
        open_holder = session.scalars(
            select(Instrument.id).where(
                Instrument.source_sha256 == note.source_sha256, Instrument.state.in_(OPEN_STATES)
            )
        ).first()
        held = session.scalars(
            select(Number.id).where(Number.text == note.text, Number.voided_at.is_(None))
        ).first()
        if open_holder is None and held is not None:
            void_number(session, note.text, reason="登记库重建：原文书未归档，已停止办理", at=at)


def receive_kept(workplace: Workplace) -> int:
    """Receive every kept order again that is not filed; return how many are under way now."""
    requeued = 0
    for path in received_files(workplace.home):
        with workplace.register.read.begin() as session:
            known = session.scalars(
                select(Instrument.id).where(Instrument.source_sha256 == path.stem)
            ).first()
        if known is not None:
            path.unlink()
            continue
        reception = receive(workplace, path, is_final=True)
        requeued += reception.taken is Taken.ACCEPTED
        log.info(
            "order queued again", extra={"file_sha256": path.stem, "taken": reception.taken.value}
        )
    return requeued
