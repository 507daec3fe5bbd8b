"""Checking: what reception would say about a file, without taking it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.days import business_day
from pipeline.examining import blocking, examine, rules_in_force
from pipeline.failures import ContractNeeded
from pipeline.intake.reading import Reading
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.retention import is_notice
from pipeline.intake.unfinished import Unfinished
from pipeline.keptreading import defaults_of, extract_of
from pipeline.noticing import check_notice
from pipeline.opening import read_dropped, read_file
from pipeline.recalling import paper_of
from pipeline.superseding import standing_refusal
from pipeline.wiring import Workplace
from templates.errors import Finding, Level


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file would be accepted, and everything that was found in it.

    `form` is what kind of file it is; `defaults` are the values the firm's rules filled in.
    """

    accepted: bool
    order_no: str | None
    findings: tuple[Finding, ...]
    form: str | None = None
    defaults: tuple[dict[str, Any], ...] = ()


def check_file(workplace: Workplace, path: Path) -> Verdict:
    """Return what reception would say about the file at `path`."""
    explained = rules_in_force(workplace).govern
    try:
        payload = read_file(path)
        if is_notice(payload):
            code = check_notice(workplace, payload, path.name)
            return Verdict(accepted=True, order_no=code, findings=(), form="JSON")
        readings = read_dropped(workplace, payload, path.suffix)
    except Unfinished as error:
        cut = Finding("K00", Level.BLOCK, "文件", f"{error}；请重新导出")
        return Verdict(accepted=False, order_no=None, findings=explained((cut,)))
    except OrderRefused as error:
        return Verdict(accepted=False, order_no=None, findings=explained(error.findings))
    if len(readings) == 1:
        return _verdict(workplace, readings[0], hashlib.sha256(payload).hexdigest())
    verdicts = [
        _verdict(workplace, one, hashlib.sha256(extract_of(one)).hexdigest()) for one in readings
    ]
    return Verdict(
        accepted=all(verdict.accepted for verdict in verdicts),
        order_no="、".join(str(verdict.order_no) for verdict in verdicts),
        findings=tuple(finding for verdict in verdicts for finding in verdict.findings),
        form=readings[0].format.name,
        defaults=tuple(each for verdict in verdicts for each in verdict.defaults),
    )


def _verdict(workplace: Workplace, reading: Reading, digest: str) -> Verdict:
    """Return what would be said of one form; `digest` is that of the file it would be."""
    explained = rules_in_force(workplace).govern
    form, notes = reading.form, explained(reading.content.notes)
    about: dict[str, Any] = {
        "form": reading.format.name,
        "defaults": tuple(defaults_of(reading)),
    }
    try:
        paper = paper_of(workplace, form, digest)
    except ContractNeeded as error:
        message = f"尚未归档：{error}；投放后将等它归档再办理"
        wait = explained([Finding("K00", Level.WARN, "order_no", message)])
        known = form.order_no is not None
        return Verdict(known, form.order_no, (*notes, *wait), **about)
    except OrderRefused as error:
        found = explained(error.findings)
        return Verdict(accepted=False, order_no=form.order_no, findings=found, **about)
    examined = (
        *examine(workplace, paper, on=business_day(workplace.clock())),
        *explained(standing_refusal(workplace, paper, digest)),
    )
    findings = (*notes, *map(reading.placed, examined))
    return Verdict(not blocking(findings), paper.order_no, findings, **about)
