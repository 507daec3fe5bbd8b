"""Papers: inspections and clean-up lists filed, one dossier each, kept ten years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from archive.digests import sha256
from archive.inspection import KIND
from pipeline.inspection.forms import Form, as_document
from pipeline.legible import legible
from pipeline.ownpapers import OwnPaper, file_own, is_filed
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
    if is_filed(workplace, printed.number):
        return
    file_own(workplace, _paper(workplace, printed))


def documents(workplace: Workplace, form: Form, at: datetime) -> tuple[bytes, bytes, int]:
    """Return the form as Word document and as PDF/A, and the pages of that."""
    printed = legible(workplace.home.fonts, form)
    docx = as_document(printed, company=workplace.settings.company.name, at=at)
    pdf = workplace.renderer.render(docx)
    told = workplace.confined.ask("open", ("application/pdf", pdf), allowed=_ALLOWED).told
    return docx, pdf, int(told["pages"] or 1)


def _paper(workplace: Workplace, printed: Printed) -> OwnPaper:
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
    return OwnPaper(
        kind=KIND,
        order_no=form.number,
        number=number,
        seq=printed.seq,
        title=f"{form.name}（{form.number}）",
        actor=printed.actor,
        at=printed.at,
        source=sha256(source),
        files=files,
        description={"form": form.name, "inspection": form.number, "signed_digest": form.digest()},
        pages=pages,
    )
