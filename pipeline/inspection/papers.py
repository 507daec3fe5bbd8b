"""Papers: inspections and clean-up lists filed, one dossier each, kept ten years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from archive import filing
from archive.days import business_day
from archive.digests import sha256
from archive.dossiers import Record
from archive.inspection import KIND
from archive.instruments import Instrument, InstrumentState
from archive.submission import Submission
from pipeline.inspection.forms import Form, as_document
from pipeline.wiring import Workplace

_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ALLOWED: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper of one round or list: its place in it, from 1, its form, who made it when.

    One that is signed is filed as a PDF/A too.
    """

    seq: int
    form: Form
    at: datetime
    actor: str
    is_signed: bool = False

    @property
    def number(self) -> str:
        """Return the number of the paper."""
        return self.form.number if self.seq == 1 else f"{self.form.number}-{self.seq:02}"


def file_paper(workplace: Workplace, printed: Printed) -> None:
    """File the paper in the dossier of its round; filed already, nothing changes.

    What it says, and its moment, come from the history alone: after a crash the same paper is
    filed. Raises RendererMissing and RenderingFailed where a signed one cannot be printed.
    """
    with workplace.register.read.begin() as session:
        query = select(Record.id).where(Record.number == printed.number)
        if session.scalars(query).first() is not None:
            return
    submission = _submission(workplace, printed)
    with workplace.register.write.begin() as session:
        place = filing.reserve_place(
            session, workplace.plan, workplace.numbering, submission, at=printed.at
        )
    with workplace.register.write.begin() as session:
        instrument = _instrument(printed, submission)
        session.add(instrument)
        session.flush()
        composed = filing.compose(
            session,
            place,
            submission,
            instrument_id=instrument.id,
            at=printed.at,
            actor=printed.actor,
        )
        filing.put_on_shelf(workplace.store, place, composed)
        filing.register_from_shelf(session, workplace.store, place, submission, at=printed.at)


def documents(workplace: Workplace, form: Form, at: datetime) -> tuple[bytes, bytes, int]:
    """Return the form as Word document and as PDF/A, and the pages of that."""
    docx = as_document(form, company=workplace.settings.company.name, at=at)
    pdf = workplace.renderer.render(docx)
    told = workplace.confined.ask("open", ("application/pdf", pdf), allowed=_ALLOWED).told
    return docx, pdf, int(told["pages"] or 1)


def _submission(workplace: Workplace, printed: Printed) -> Submission:
    form, number = printed.form, printed.number
    source, pages = form.source(), 1
    files = {
        "list": (f"{number}.json", "application/json", source),
        "text": (f"{number}.txt", "text/plain", form.text().encode()),
    }
    if printed.is_signed:
        docx, pdf, pages = documents(workplace, form, printed.at)
        files["pdf"] = (f"{number}.pdf", "application/pdf", pdf)
    else:
        docx = as_document(form, company=workplace.settings.company.name, at=printed.at)
    files["docx"] = (f"{number}.docx", _DOCX, docx)
    return Submission(
        kind=KIND,
        order_no=form.number,
        number=number,
        title=f"{form.name}（{form.number}）",
        responsible=printed.actor,
        formed_on=business_day(printed.at),
        source_sha256=sha256(source),
        retention_class=None,
        office="",
        secrecy="内部",
        pages=pages,
        files=files,
        description={"form": form.name, "inspection": form.number, "signed_digest": form.digest()},
        opens=printed.seq == 1,
    )


def _instrument(printed: Printed, submission: Submission) -> Instrument:
    return Instrument(
        kind=KIND,
        order_no=submission.order_no,
        round=printed.seq,
        revision=1,
        source_sha256=submission.source_sha256,
        source_name=f"{submission.number}.json",
        state=InstrumentState.FILED,
        attempts=0,
        type_code="",
        title=submission.title,
        party_a="",
        party_b="",
        number=submission.number,
        received_at=printed.at,
        numbered_at=printed.at,
        filed_at=printed.at,
    )
