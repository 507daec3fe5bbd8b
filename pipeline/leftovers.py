"""Leftovers: what work on a paper left beside its dossier, dropped once the register has it."""

from __future__ import annotations

import shutil

from sqlalchemy import select

from archive.deviations import KIND
from archive.dossiers import Record
from archive.instruments import Instrument, InstrumentState
from pipeline.approvalnotes import drop_decisions
from pipeline.deviationfiles import drop_files
from pipeline.numbernotes import drop_notes
from pipeline.recalling import release
from pipeline.steps.sealing import sealed_folder
from pipeline.wiring import Workplace


def drop_leftovers(workplace: Workplace, instrument: Instrument) -> None:
    """Drop what was kept of `instrument` while it was under way: its dossier holds it all.

    Only after its record is registered. What is gone already is passed over.
    """
    release(workplace, instrument)
    drop_notes(workplace.home, instrument.source_sha256)
    drop_decisions(workplace.home, instrument.source_sha256)
    if instrument.kind == KIND:
        drop_files(workplace.home, instrument.order_no)
    shutil.rmtree(sealed_folder(workplace, instrument), ignore_errors=True)


def drop_leftovers_of_filed(workplace: Workplace) -> None:
    """Drop what a crash between a paper's rows and its leftovers has left behind."""
    work = workplace.home.work
    kept = {
        path.name.partition(".")[0]
        for folder in (workplace.home.received, work / "sealed")
        if folder.is_dir()
        for path in folder.iterdir()
    }
    if not kept:
        return
    with workplace.register.read.begin() as session:
        filed = [
            session.scalars(
                select(Instrument)
                .join(Record, Record.source_sha256 == Instrument.source_sha256)
                .where(
                    Instrument.source_sha256 == digest,
                    Instrument.state == InstrumentState.FILED,
                )
            ).first()
            for digest in sorted(kept)
        ]
    for instrument in filed:
        if instrument is not None:
            drop_leftovers(workplace, instrument)
