"""Signed papers: contracts whose countersigned original comes, and scans of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pikepdf
import segno
from keepers import Keeping
from office import AT
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from sqlalchemy import select

from archive.dossiers import Record
from archive.instruments import Instrument
from archive.paperticket import PaperTicket
from pipeline.countersignedfinding import Brought
from pipeline.countersigning import take_countersigned

PAGES = 2


def a_sealed_pdf(number: str) -> bytes:
    """Return a file of two pages that says it is ours, as stamping leaves it."""
    with pikepdf.new() as document:
        for _ in range(PAGES):
            document.add_blank_page()
        private = pikepdf.Dictionary(Number=number)
        document.Root.PieceInfo = pikepdf.Dictionary(Guidang=pikepdf.Dictionary(Private=private))
        packed = io.BytesIO()
        document.save(packed, min_version="1.7", deterministic_id=True)
        return packed.getvalue()


def a_scan(*codes: str | None, mark: str = "") -> bytes:
    """Return a scan, one page a code; None is a page without one."""
    target = io.BytesIO()
    paper = canvas.Canvas(target, invariant=1)
    for code in codes:
        if code is not None:
            picture = io.BytesIO()
            segno.make_qr(code, error="m").save(picture, kind="png", scale=4)
            paper.drawImage(ImageReader(picture), 20, 750, 57, 57)
        paper.drawString(90, 400, mark)
        paper.showPage()
    paper.save()
    return target.getvalue()


class Contract:
    """One contract, filed unless asked otherwise, and what its code says."""

    def __init__(
        self,
        keeping: Keeping,
        order_no: str,
        make: Callable[[str], bytes] = a_sealed_pdf,
        *,
        is_filed: bool = True,
    ) -> None:
        self.keeping = keeping
        office = keeping.office
        office.pdf = lambda instrument: make(str(instrument.number))
        office.at = AT - timedelta(days=14)  # what is brought was signed between that and filing
        self.instrument: Instrument = office.prepare(order_no)
        office.at = AT
        self.number = str(self.instrument.number)
        self.sealed = make(self.number)
        self.code = self.file() if is_filed else ""
        self.ticket = str(PaperTicket(self.number, str(self.instrument.terms_digest)))

    def file(self) -> str:
        said = self.keeping.office.submission(self.instrument, pages=PAGES)
        self.code = self.keeping.office.file(self.instrument, said).reference_code
        return self.code

    def bring(self, content: bytes, **said: Any) -> Any:
        return take_countersigned(
            self.keeping.workplace, Brought(content, "签署件.pdf", "签小收", **said)
        )

    def record(self) -> Record:
        with self.keeping.workplace.register.read.begin() as session:
            return session.scalars(select(Record).where(Record.number == self.number)).one()
