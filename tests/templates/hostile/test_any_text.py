"""Any text in any field: refused where it stands, or printed exactly as it was written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.rulesets import packaged
from pipeline.checkrules import load_check_rules
from templates.catalogue import Template
from templates.checking import check_contract
from templates.checks.grounds import Grounds
from templates.checks.places import texts_of_contract
from templates.errors import Finding, Level, TermsRefused
from templates.expectation import NUMBER_TO_COME
from templates.fields import contract_fields, flatten, with_number
from templates.filling import fill
from templates.terms import ContractTerms
from templates.wordproof import prove_word

RULES = load_check_rules(packaged("checks"))
GROUNDS = Grounds(date(2026, 3, 10), RULES)
NUMBER = "GD-HT-2026-FW-0001"
# Where each text of the terms stands: the path of its attribute, and its place in the order.
FIELDS = {
    "party_a.name": "party_a.name",
    "party_a.address": "party_a.address",
    "party_a.legal_rep": "party_a.legal_rep",
    "party_b.contact": "party_b.contact",
    "party_b.bank": "party_b.bank",
    "project_name": "project.name",
    "project_manager": "project.manager",
    "service_scope": "service.scope",
    "service_place": "service.place",
    "service_method": "service.method",
    "sign_place": "contract.sign_place",
    "lines[0].name": "items[0].name",
    "lines[4].spec": "items[4].spec",
    "lines[1].unit": "items[1].unit",
    "instalments[1].condition": "payments[1].condition",
    "milestones[2].deliverable": "milestones[2].deliverable",
    "acceptance_items[3].standard": "acceptance_items[3].standard",
    "acceptance_items[0].quantity": "acceptance_items[0].quantity",
}
HOSTILE = (
    "A&B <公司>",
    "100% & {一} <b>",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# 注 #}",
    "</w:t></w:r>",
    "&amp;lt;",
    "&#x41;",
    "]]>",
    "<!--x-->",
    "字\x00",
    "字\x07",
    "字\x1b[31m",
    "字\u202e倒",
    "字\u2066隔",
    "字\u200b宽",
    "字\u200d连",
    "\ufeff字",
    "e\u0301",
    "字\u0336",
    "字\u20dd",
    "字\ud800",
    "字\udfff",
    "\ud83d",
    "字\ue000",
    "字\U0010ffff",
    "字\ufffe",
    "字\u0378",
    "字\u3164字",
    "字\u00a0字",
    "字\u2028字",
    "字\n字",
    "字\t字",
    "𠅤㛃𬭼䶮",
    "’“”—…·",
    "１２３ＡＢＣ",
    "㈱①㎡",
    "'; DROP TABLE orders; --",
    "%s %(x)s ${x} $x",
    "\\n\\t\\",
    "名" * 10_000,
)


def changed(value: Any, path: str, new: object) -> Any:
    """Return `value` with the thing at `path` (lines[0].qty) replaced."""
    step, _, rest = path.partition(".")
    found = re.fullmatch(r"(\w+)(?:\[(\d+)\])?", step)
    assert found is not None
    name, position = found[1], found[2]
    inner = getattr(value, name)
    if position is None:
        return replace(value, **{name: changed(inner, rest, new) if rest else new})
    rows = list(inner)
    rows[int(position)] = changed(rows[int(position)], rest, new) if rest else new
    return replace(value, **{name: tuple(rows)})


def found_in(terms: ContractTerms) -> tuple[Finding, ...]:
    return RULES.govern(check_contract(terms, GROUNDS), kind="contract", type_code="FW")


def refused_at(terms: ContractTerms) -> set[str]:
    return {finding.place for finding in found_in(terms) if finding.level is Level.BLOCK}


def assert_printed_as_written(terms: ContractTerms, template: Template) -> None:
    fields = with_number(contract_fields(terms, template.defaults), NUMBER)
    draft = with_number(contract_fields(terms, template.defaults), NUMBER_TO_COME)
    prove_word(
        reference=template.path.read_bytes(),
        draft=fill(template, draft, title="合同"),
        final=fill(template, fields, title="合同"),
        fields=flatten(fields),
        number=NUMBER,
    )


def judge(terms: ContractTerms, place: str, template: Template) -> bool:
    """Return whether `terms` were refused at `place`; fails where neither that nor printed."""
    refused = refused_at(terms)
    if refused:
        assert place in refused
        return True
    assert_printed_as_written(terms, template)
    return False


@pytest.mark.requirement_part("G-104", "P-305")
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_refused_where_it_stands_or_printed_as_written(
    contract_terms: ContractTerms, contract_template: Template, text: str
) -> None:
    for path in ("party_a.name", "service_scope", "lines[4].spec"):
        terms = changed(contract_terms, path, text)
        judge(terms, FIELDS[path], contract_template)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("A&B <公司>", False),
        ("</w:t></w:r>", False),
        ("'; DROP TABLE orders; --", False),
        ("%s ${x}", False),
        ("{{ 7*7 }}", True),
        ("字\u202e倒", True),
        ("字\u200b", True),
        ("e\u0301", True),
        ("字\ud800", True),
    ],
    ids=ascii,
)
def test_what_is_refused_and_what_is_not_is_a_rule(
    contract_terms: ContractTerms, contract_template: Template, text: str, *, refused: bool
) -> None:
    terms = changed(contract_terms, "lines[4].spec", text)
    assert judge(terms, "items[4].spec", contract_template) is refused


any_text = st.one_of(
    st.text(st.characters(), max_size=30),
    st.text(st.characters(categories=["Lo", "Po", "Sm", "Nd", "Ps", "Pe", "Zs"]), max_size=40),
    st.text("{}%#&<>_×*[]【】无/ 　·a字", max_size=12),
)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(sorted(FIELDS)), text=any_text)
def test_any_text_is_refused_with_its_place_or_printed_exactly(
    contract_terms: ContractTerms, contract_template: Template, path: str, text: str
) -> None:
    judge(changed(contract_terms, path, text), FIELDS[path], contract_template)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(), min_size=1, max_size=8))
def test_what_checks_let_through_filling_prints_and_what_filling_refuses_checks_name(
    contract_terms: ContractTerms, contract_template: Template, text: str
) -> None:
    terms = changed(contract_terms, "lines[4].spec", text)
    fields = with_number(contract_fields(terms, contract_template.defaults), NUMBER)
    try:
        fill(contract_template, fields, title="合同")
    except TermsRefused:
        assert "items[4].spec" in refused_at(terms)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (path, Decimal(value))
        for path in ("total", "net", "tax", "lines[0].unit_price", "instalments[0].amount")
        for value in ("NaN", "-NaN", "Infinity", "-Infinity", "-0.01", "0.001", "1e16", "1e400")
    ]
    + [("total", Decimal(0)), ("lines[0].qty", Decimal("1e30")), ("lines[0].qty", Decimal("NaN"))],
)
def test_an_amount_no_contract_can_state_is_refused(
    contract_terms: ContractTerms, path: str, value: Decimal
) -> None:
    assert refused_at(changed(contract_terms, path, value))


def test_a_trillion_yuan_is_written_rightly_and_asked_about(
    contract_terms: ContractTerms, contract_template: Template
) -> None:
    amount = Decimal("1000000000000.00")
    line = replace(
        contract_terms.lines[0],
        qty=Decimal(1),
        unit_price=amount,
        tax_rate=Decimal(0),
        net=amount,
        tax=Decimal("0.00"),
        amount=amount,
    )
    terms = replace(
        contract_terms,
        lines=(line,),
        total=amount,
        net=amount,
        tax=Decimal("0.00"),
        total_upper="壹万亿元整",
        instalments=(replace(contract_terms.instalments[0], share=Decimal(1), amount=amount),),
        warranty=replace(
            contract_terms.warranty,
            retention_percent=Decimal(0),
            retention_amount=Decimal("0.00"),
        ),
    )
    assert [(f.code, f.level) for f in found_in(terms)] == [("K05", Level.WARN)]
    assert flatten(contract_fields(terms, contract_template.defaults))["amount.total_upper"] == (
        "壹万亿元整"
    )
    assert_printed_as_written(terms, contract_template)


def test_three_hundred_lines_add_up_and_print(
    contract_terms: ContractTerms, contract_template: Template
) -> None:
    line = contract_terms.lines[0]
    lines = tuple(
        replace(line, line_no=number, name=f"第{number}项服务") for number in range(1, 301)
    )
    total, net = line.amount * 300, line.net * 300
    terms = replace(
        contract_terms,
        lines=lines,
        total=total,
        net=net,
        tax=total - net,
        total_upper=None,
        instalments=(replace(contract_terms.instalments[0], share=Decimal(1), amount=total),),
        warranty=replace(
            contract_terms.warranty,
            retention_percent=Decimal(0),
            retention_amount=Decimal("0.00"),
        ),
    )
    assert refused_at(terms) == set()
    assert_printed_as_written(terms, contract_template)


def test_every_text_of_a_contract_is_looked_at(contract_terms: ContractTerms) -> None:
    places = {said.place for said in texts_of_contract(contract_terms)}
    assert set(FIELDS.values()) <= places
