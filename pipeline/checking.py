"""Checking: what reception would say about a file, without taking it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from archive.days import business_day
from pipeline.examining import blocking, examine, rules_in_force
from pipeline.failures import ContractNeeded
from pipeline.intake.reading import Unfinished, read_form
from pipeline.intake.refusal import OrderRefused
from pipeline.recalling import paper_of
from pipeline.reception import read_file
from pipeline.superseding import standing_refusal
from pipeline.wiring import Workplace
from templates.errors import Finding, Level


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file would be accepted, and everything that was found in it."""

    accepted: bool
    order_no: str | None
    findings: tuple[Finding, ...]


def check_file(workplace: Workplace, path: Path) -> Verdict:
    """Return what reception would say about the file at `path`."""
    explained = rules_in_force(workplace).govern
    try:
        payload = read_file(path)
        form = read_form(payload)
    except Unfinished:
        cut = Finding("K00", Level.BLOCK, "文件", "文件内容不完整（结尾缺失）；请重新导出")
        return Verdict(accepted=False, order_no=None, findings=explained((cut,)))
    except OrderRefused as error:
        return Verdict(accepted=False, order_no=None, findings=explained(error.findings))
    try:
        paper = paper_of(workplace, form, hashlib.sha256(payload).hexdigest())
    except ContractNeeded as error:
        message = f"尚未归档：{error}；投放后将等它归档再办理"
        wait = Finding("K00", Level.WARN, "order_no", message)
        return Verdict(accepted=form.order_no is not None, order_no=form.order_no, findings=(wait,))
    except OrderRefused as error:
        return Verdict(accepted=False, order_no=form.order_no, findings=explained(error.findings))
    findings = (
        *examine(workplace, paper, on=business_day(workplace.clock())),
        *explained(standing_refusal(workplace, paper, hashlib.sha256(payload).hexdigest())),
    )
    return Verdict(accepted=not blocking(findings), order_no=paper.order_no, findings=findings)
