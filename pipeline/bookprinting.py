"""Book printing: a book written as a new file, in the form its name asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.bookfile import Made, Page, PrintRefused, as_document, as_workbook
from pipeline.keeping import keep
from pipeline.legible import legible
from pipeline.wiring import Workplace

_FORMS = (".xlsx", ".docx", ".pdf")


def check_target(out: Path) -> None:
    """Raise PrintRefused for a form that is none, or for a file that is there."""
    if out.suffix.lower() not in _FORMS:
        raise PrintRefused(f"可存为 {'、'.join(_FORMS)}，不能存为“{out.name}”")
    if out.exists():
        raise PrintRefused(f"{out} 已存在；请另给一个文件名")


def print_book(
    workplace: Workplace, out: Path, paper: Sequence[Page], screen: Sequence[Page] | None = None
) -> None:
    """Write `paper` as .docx or .pdf, or `screen` (else the same) as .xlsx, into the new `out`.

    Raises PrintRefused.
    """
    check_target(out)
    made = Made(workplace.settings.company.name, workplace.clock())
    suffix = out.suffix.lower()
    if suffix == ".xlsx":
        content = as_workbook(paper if screen is None else screen, made)
    else:
        content = as_document(legible(workplace.home.fonts, tuple(paper)), made)
    if suffix == ".pdf":
        content = workplace.renderer.render(content)
    keep(out.parent, out.name, content)
