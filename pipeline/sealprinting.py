"""Seal printing: the book of uses written as a file, in the form its name asks for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from archive.errors import SealRefused
from archive.sealbook import standing
from pipeline.keeping import keep
from pipeline.sealbookfile import as_document, as_workbook
from pipeline.sealuses import use_lines
from pipeline.wiring import Workplace

_FORMS = (".xlsx", ".docx", ".pdf")


def print_book(
    workplace: Workplace,
    out: Path,
    *,
    by: str,
    seal: str | None,
    first: date | None,
    last: date | None,
) -> int:
    """Write the book into the new file `out` and return how many uses it holds.

    Raises SealRefused for who may not audit, for a form that is none, for a file that is there.
    """
    workplace.seal_rules.powers.assert_auditor(by)
    suffix = out.suffix.lower()
    if suffix not in _FORMS:
        raise SealRefused(f"用印登记簿可存为 {'、'.join(_FORMS)}，不能存为“{out.name}”")
    if out.exists():
        raise SealRefused(f"{out} 已存在；请另给一个文件名")
    if first is not None and last is not None and last < first:
        raise SealRefused(f"--to {last} 早于 --from {first}")
    with workplace.register.read.begin() as session:
        if seal is not None:
            standing(session, seal)
        lines = use_lines(session, seal=seal, first=first, last=last)
    scope = "　".join(
        (
            f"印章 {seal}" if seal else "全部印章",
            f"{first or '启用'} 至 {last or '今日'}",
        )
    )
    company, at = workplace.settings.company.name, workplace.clock()
    if suffix == ".xlsx":
        content = as_workbook(lines, scope=scope, company=company, at=at)
    else:
        content = as_document(lines, scope=scope, company=company, at=at)
    if suffix == ".pdf":
        content = workplace.renderer.render(content)
    keep(out.parent, out.name, content)
    return len(lines)
