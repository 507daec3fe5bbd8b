"""Reporting: the record of a round written as a file, in the form its name asks for."""

from __future__ import annotations

from pathlib import Path

from archive.errors import InspectionRefused
from archive.inspection import Stage
from pipeline.inspection.forms import as_document
from pipeline.inspection.papers import documents
from pipeline.inspection.planning import opened
from pipeline.inspection.running import record_of
from pipeline.keeping import keep
from pipeline.wiring import Workplace


def write_report(workplace: Workplace, number: str, out: Path) -> None:
    """Write the record into the new file `out`; raises InspectionRefused."""
    suffix = out.suffix.lower()
    if suffix not in (".docx", ".pdf"):
        raise InspectionRefused(f"检查记录可存为 .docx 或 .pdf，不能存为“{out.name}”")
    if out.exists():
        raise InspectionRefused(f"{out} 已存在；请另给一个文件名")
    known = opened(workplace, number)
    if known.stage is Stage.RUNNING:
        raise InspectionRefused(f"检查 {number} 尚未完成；先运行 guidang inspect run")
    form, at = record_of(workplace, known), known.ended_at or known.planned_at
    if suffix == ".pdf":
        _, content, _ = documents(workplace, form, at)
    else:
        content = as_document(form, company=workplace.settings.company.name, at=at)
    keep(out.parent, out.name, content)
