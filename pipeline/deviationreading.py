"""Deviation reading: what a contract's text differs in, whether under way or filed (偏离)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.days import business_day
from archive.deviations import KIND, in_force
from archive.dossiers import Record, Rendition
from archive.instruments import Instrument, InstrumentState
from pipeline import deviationfiles
from pipeline.recalling import recall, recall_filed
from pipeline.steps.drafting import compose
from pipeline.wiring import Workplace
from templates.deviating.redlines import tracked_changes
from templates.deviating.report import Report


class NoDeviation(Exception):
    """The contract says its standard text (Chinese)."""


@dataclass(frozen=True, slots=True)
class Deviating:
    """A contract with a text of its own: what it differs in, and that text."""

    report: Report
    text: bytes
    instrument: Instrument


def deviation_in(workplace: Workplace, instrument: Instrument) -> Deviating:
    """Return the deviation of a contract; read from its dossier once it is filed.

    Raises NoDeviation where its text is the standard one.
    """
    with workplace.register.read.begin() as session:
        row = in_force(session, instrument.order_no) if instrument.kind == KIND else None
        kept = _renditions(session, instrument)
    if row is None:
        raise NoDeviation(f"订单 {instrument.order_no} 的合同是标准文本，没有生效的修订")
    if instrument.state is InstrumentState.FILED:
        report, text = (
            workplace.store.read_path(kept[role].path, kept[role].sha256)
            for role in ("deviation", "docx")
        )
    else:
        report, text = (
            deviationfiles.file_of(workplace.home, row, name)
            for name in (deviationfiles.REPORT, deviationfiles.TEXT)
        )
    return Deviating(Report.parse(report), text, instrument)


def redlined(workplace: Workplace, deviating: Deviating) -> bytes:
    """Return both texts as one Word file with tracked changes.

    Raises RedlinesMissing, RedlinesFailed; TemplateUnfit where the template is gone.
    """
    instrument = deviating.instrument
    is_filed = instrument.state is InstrumentState.FILED
    paper = recall_filed(workplace, instrument) if is_filed else recall(workplace, instrument)
    on = business_day(instrument.received_at)
    standard = compose(workplace, paper, (), on=on)
    return tracked_changes(
        standard.docx,
        deviating.text,
        author=deviating.report.about.brought_by,
        cache=workplace.home.work / "redlines",
    )


def _renditions(session: Session, instrument: Instrument) -> dict[str, Rendition]:
    rows = session.scalars(
        select(Rendition).join(Record).where(Record.source_sha256 == instrument.source_sha256)
    )
    return {row.role: row for row in rows}
