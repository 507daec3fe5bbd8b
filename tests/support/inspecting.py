"""Inspecting: a home with real documents, people who inspect, and a printer of plain pages."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pikepdf
from keepers import Keeping

INSPECTOR, OTHER, CONFIRMER = "查小实", "查小细", "核小准"


def a_pdf(pages: int, marks: str = "") -> bytes:
    """Return a PDF of blank pages."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    document.docinfo["/Title"] = marks
    target = io.BytesIO()
    document.save(target, static_id=True)
    return target.getvalue()


@dataclass
class Printer:
    """Prints one blank page for every document, and remembers what it was given."""

    printed: list[bytes] = field(default_factory=list)

    def render(self, docx: bytes) -> bytes:
        """Return one page."""
        self.printed.append(docx)
        return a_pdf(1)

    def warm(self) -> None:
        """Do nothing: it is warm."""

    def close(self) -> None:
        """Do nothing: nothing was started."""


def with_printer(keeping: Keeping) -> Keeping:
    """Let the home print without an office."""
    keeping.workplace.__dict__["renderer"] = Printer()
    return keeping


def a_contract(keeping: Keeping, order_no: str) -> str:
    """File a contract whose files are what they say, and return its dossier's code."""
    office = keeping.office
    office.pdf = lambda instrument: a_pdf(6, str(instrument.number))  # type: ignore[method-assign]
    instrument = office.prepare(order_no)
    files = dict(office.submission(instrument).files)
    files.pop("docx")
    record = office.file(instrument, office.submission(instrument, files=files))
    return record.reference_code.rsplit("-", 1)[0]


def old(path: Path, keeping: Keeping, days: int) -> Path:
    """Let the file be that old by the home's clock."""
    at = (keeping.now - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))
    return path
