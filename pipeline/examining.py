"""Examining: whether a paper would be accepted, decided without changing anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.papers.paper import Paper
from pipeline.wiring import Workplace
from templates.errors import Finding, Level, TemplateUnfit


def examine(workplace: Workplace, paper: Paper, *, on: date) -> tuple[Finding, ...]:
    """Return everything that is found in `paper`: terms, template, file plan."""
    found = list(paper.findings(on=on, company=workplace.settings.company.name))
    code, version = paper.template
    try:
        workplace.catalogue.pick(paper.kind, paper.type_code, code=code, version=version, on=on)
    except TemplateUnfit as error:
        place = "contract.template" if paper.kind == "contract" else "template"
        found.append(Finding("K20", Level.BLOCK, place, "；".join(error.problems)))
    found += _filing_findings(workplace, paper)
    return tuple(found)


def _filing_findings(workplace: Workplace, paper: Paper) -> list[Finding]:
    problem = workplace.plan.problem_with(paper.kind, paper.retention_class)
    if problem is None:
        return []
    return [Finding("K00", Level.BLOCK, "retention.class", problem)]


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stop a paper."""
    return tuple(finding for finding in findings if finding.level is Level.BLOCK)
