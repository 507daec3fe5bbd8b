"""Examining: whether a paper would be accepted, decided without changing anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline.papers.paper import Paper
from pipeline.wiring import Workplace
from templates.catalogue import Template
from templates.errors import Finding, Level, TemplateUnfit
from templates.fields import flatten
from templates.rendering.fonts import covers


def examine(workplace: Workplace, paper: Paper, *, on: date) -> tuple[Finding, ...]:
    """Return everything that is found in `paper`: terms, template, file plan."""
    found = list(paper.findings(on=on, company=workplace.settings.company.name))
    code, version = paper.template
    try:
        template = workplace.catalogue.pick(
            paper.kind, paper.type_code, code=code, version=version, on=on
        )
    except TemplateUnfit as error:
        place = "contract.template" if paper.kind == "contract" else "template"
        found.append(
            Finding(
                "K20", Level.BLOCK, place, "；".join([*error.problems, _usable(workplace, paper)])
            )
        )
        template = None
    if template is not None and not blocking(found):
        found += _glyph_findings(workplace, paper, template)
    found += _filing_findings(workplace, paper)
    return tuple(found)


def _usable(workplace: Workplace, paper: Paper) -> str:
    """Return which templates there are for this kind of paper."""
    names = [
        f"{one.code} 版本 {one.version}（类型 {'、'.join(one.contract_types)}）"
        for one in workplace.catalogue.templates
        if one.kind == paper.kind
    ]
    return f"可用模板：{'；'.join(names) or '无'}"


def _glyph_findings(workplace: Workplace, paper: Paper, template: Template) -> list[Finding]:
    """Find characters no face here can print: they would come out as boxes, or not at all."""
    fields = flatten(paper.fields(template.defaults))
    missing = covers(workplace.home.fonts, "".join(fields.values()))
    return [
        Finding(
            "K11",
            Level.BLOCK,
            next(name for name, text in fields.items() if char in text),
            f"字库中没有“{char}”（U+{ord(char):04X}）的字形，印出会缺字；"
            "请将含该字的字体放入 fonts/own，或核对该字",
        )
        for char in missing
    ]


def _filing_findings(workplace: Workplace, paper: Paper) -> list[Finding]:
    problem = workplace.plan.problem_with(paper.kind, paper.retention_class)
    if problem is None:
        return []
    return [Finding("K00", Level.BLOCK, "retention.class", problem)]


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stop a paper."""
    return tuple(finding for finding in findings if finding.level is Level.BLOCK)
