"""Seal printing: the book of uses written as a file, in the form its name asks for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from archive.errors import SealRefused
from archive.sealbook import standing
from pipeline.bookfile import PrintRefused
from pipeline.bookprinting import check_target
from pipeline.bookprinting import print_book as print_pages
from pipeline.sealbookfile import narrow_page, wide_page
from pipeline.sealuses import use_lines
from pipeline.wiring import Workplace


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
    try:
        check_target(out)
    except PrintRefused as error:
        raise SealRefused(str(error)) from error
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
    print_pages(
        workplace,
        out,
        [narrow_page(lines, scope=scope, company=company, at=at)],
        [wide_page(lines, scope=scope, company=company, at=at)],
    )
    return len(lines)
