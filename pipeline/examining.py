"""Examining: whether a paper would be accepted, decided without changing anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from archive.days import business_day
from archive.errors import RulesUnfit
from pipeline.checkrules import CHECKS
from pipeline.papers.paper import Paper
from pipeline.wiring import Workplace
from templates.catalogue import Template
from templates.checks.grounds import Grounds
from templates.checks.places import Said
from templates.checks.rules import CheckRules
from templates.errors import Finding, Level, TemplateUnfit, TermsRefused
from templates.fields import flatten
from templates.fitting.legality import clauses_of, findings_of, outline_of
from templates.fitting.outline import annexes_named, check_references
from templates.rendering.fonts import covers

_ROW = re.compile(r"\.(\d+)(?=\.)")


def examine(workplace: Workplace, paper: Paper, *, on: date) -> tuple[Finding, ...]:
    """Return everything found in `paper`, terms, template, file plan, as the rules weigh it.

    Raises RulesUnfit where the check rules are not in force today.
    """
    rules = rules_in_force(workplace)
    company = workplace.settings.company
    grounds = Grounds(on=on, rules=rules, firm_name=company.name, firm_uscc=company.uscc)
    found = [*paper.findings(grounds), *_filing_findings(workplace, paper)]
    code, version = paper.template
    try:
        template = workplace.catalogue.pick(
            paper.kind, paper.type_code, code=code, version=version, on=on
        )
    except TemplateUnfit as error:
        message = "；".join([*error.problems, _usable(workplace, paper)])
        found.append(Finding("K20", Level.BLOCK, _template_place(paper), message))
        template = None
    if template is not None:
        found += _template_findings(paper, template, rules)
    governed = rules.govern(found, kind=paper.kind, type_code=paper.type_code)
    if template is None or blocking(governed):
        return governed
    printed = _printing_findings(workplace, paper, template)
    return (*governed, *rules.govern(printed, kind=paper.kind, type_code=paper.type_code))


def _template_place(paper: Paper) -> str:
    return "contract.template" if paper.kind == "contract" else "template"


def _template_findings(paper: Paper, template: Template, rules: CheckRules) -> Iterator[Finding]:
    """Yield what the text of the template lacks by the rules of today."""
    clauses = clauses_of(paper.kind, (paper.type_code,), rules.figures)
    for finding in findings_of(template, clauses):
        message = f"模板 {template.code}@{template.version}：{finding.message}"
        yield replace(finding, place=_template_place(paper), message=message)


def rules_in_force(workplace: Workplace) -> CheckRules:
    """Return the check rules; raises RulesUnfit where they may not be used today."""
    rules = workplace.checks
    problem = rules.problem_on(business_day(workplace.clock()))
    if problem is not None:
        raise RulesUnfit(CHECKS, "valid_to", problem)
    return rules


def _usable(workplace: Workplace, paper: Paper) -> str:
    """Return which templates there are for this kind of paper."""
    names = [
        f"{one.code} 版本 {one.version}（类型 {'、'.join(one.contract_types)}）"
        for one in workplace.catalogue.templates
        if one.kind == paper.kind
    ]
    return f"可用模板：{'；'.join(names) or '无'}"


def _printing_findings(workplace: Workplace, paper: Paper, template: Template) -> Sequence[Finding]:
    """Find what the template has no place for, and characters no face here can print.

    These would come out as boxes, or not at all.
    """
    try:
        fields = flatten(paper.fields(template.defaults))
    except TermsRefused as error:
        return error.findings
    return [*_reference_findings(paper, template, fields), *_glyph_findings(workplace, fields)]


def _reference_findings(
    paper: Paper, template: Template, fields: Mapping[str, str]
) -> Iterator[Finding]:
    """Find what the order refers to and the contract will not have."""
    if paper.kind != "contract":
        return
    said = [Said(_ROW.sub(r"[\1]", path), text) for path, text in fields.items()]
    further = annexes_named(fields.get("contract.more_attachments", ""))
    yield from check_references(outline_of(template), said, further)


def _glyph_findings(workplace: Workplace, fields: Mapping[str, str]) -> list[Finding]:
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
