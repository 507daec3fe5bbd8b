from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.catalogue import Template
from templates.errors import TermsRefused
from templates.fields import (
    Fields,
    acceptance_fields,
    contract_fields,
    flatten,
    terms_digest,
    with_number,
)
from templates.terms import AcceptanceTerms, ContractTerms, Dispute, Instalment

DIGEST = "a" * 64
NUMBER = "GD-FW-2026-0001"


@pytest.fixture
def fields(contract_terms: ContractTerms, contract_template: Template) -> Fields:
    return contract_fields(contract_terms, contract_template.defaults)


def test_every_value_is_text_and_none_is_blank(fields: Fields) -> None:
    texts = flatten(fields)

    assert len(texts) > 150
    assert all(isinstance(text, str) and text.strip() for text in texts.values())


def test_amounts_stand_in_figures_and_in_words(fields: Fields) -> None:
    texts = flatten(fields)

    assert texts["amount.total"] == "596,500.01"
    assert texts["amount.total_upper"] == "伍拾玖万陆仟伍佰元零壹分"
    assert texts["items.4.amount"] == "3,800.01"
    assert texts["items.2.tax_rate"] == "13%"
    assert texts["payments.3.share"] == "5%"


def test_names_are_kept_as_written(contract_terms: ContractTerms) -> None:
    name = "A&B <公司>·{{ 7*7 }}　阿依努尔・㛃𠅤𬭼䶮"
    terms = replace(contract_terms, party_a=replace(contract_terms.party_a, name=name))

    assert flatten(contract_fields(terms, {}))["party_a.name"] == name


def test_an_option_of_the_order_replaces_the_standard_figure(
    contract_terms: ContractTerms, contract_template: Template
) -> None:
    terms = replace(contract_terms, options={"terms.rectify_days": "7", "terms.pay_days": "20"})
    texts = flatten(contract_fields(terms, contract_template.defaults))

    assert texts["terms.rectify_days"] == "7"
    assert texts["terms.pay_days"] == "20"
    assert texts["terms.deem_days"] == "10"


@pytest.mark.parametrize("name", ["terms.rectify_dayz", "amount.total", "party_b.bank_account"])
def test_an_option_with_no_place_in_the_template_is_refused(
    contract_terms: ContractTerms, contract_template: Template, name: str
) -> None:
    terms = replace(contract_terms, options={name: "7"})

    with pytest.raises(TermsRefused, match=name) as refused:
        contract_fields(terms, contract_template.defaults)
    assert [finding.code for finding in refused.value.findings] == ["K11"]


def test_the_retention_is_paid_within_the_days_of_the_last_instalment(
    contract_terms: ContractTerms,
) -> None:
    last = replace(contract_terms.instalments[-1], within_workdays=30)
    terms = replace(contract_terms, instalments=(*contract_terms.instalments[:-1], last))

    assert flatten(contract_fields(terms, {}))["terms.pay_days"] == "30"


@pytest.mark.parametrize(
    ("dispute", "body", "court"),
    [
        (Dispute(1, "杭州仲裁委员会", ""), "杭州仲裁委员会", "/"),
        (Dispute(1, "杭州仲裁委员会", "杭州市"), "杭州仲裁委员会", "/"),
        (Dispute(2, "", "杭州市西湖区"), "/", "杭州市西湖区"),
    ],
)
def test_the_dispute_option_not_chosen_is_struck_out(
    contract_terms: ContractTerms, dispute: Dispute, body: str, court: str
) -> None:
    texts = flatten(contract_fields(replace(contract_terms, dispute=dispute), {}))

    assert (texts["dispute.arbitration_body"], texts["dispute.court_place"]) == (body, court)


def test_the_digest_leaves_out_the_number_and_the_signing_day_only(fields: Fields) -> None:
    draft = with_number(fields, "（审批完成后编号）")
    final = with_number(fields, NUMBER, "2026年3月18日")

    assert terms_digest(DIGEST, draft) == terms_digest(DIGEST, final)
    assert terms_digest(DIGEST, fields) == terms_digest(DIGEST, final)
    assert terms_digest("b" * 64, fields) != terms_digest(DIGEST, fields)


def test_any_changed_character_changes_the_digest(fields: Fields) -> None:
    approved = terms_digest(DIGEST, fields)
    for path in flatten(fields):
        if path != "contract.sign_date_cn":
            assert terms_digest(DIGEST, _with_text(fields, path.split("."))) != approved, path


def _with_text(value: object, steps: list[str]) -> Fields:
    if isinstance(value, dict):
        inner = value[steps[0]]
        return {**value, steps[0]: _with_text(inner, steps[1:]) if steps[1:] else inner + " "}
    assert isinstance(value, list)
    place = int(steps[0])
    return [*value[:place], _with_text(value[place], steps[1:]), *value[place + 1 :]]  # type: ignore[return-value]


def test_numbering_a_report_leaves_its_contract_alone(
    acceptance_terms: AcceptanceTerms, acceptance_template: Template
) -> None:
    fields = acceptance_fields(acceptance_terms, acceptance_template.defaults)
    numbered = flatten(with_number(fields, "GD-FW-2026-0001-YS1"))

    assert numbered["acceptance.no"] == "GD-FW-2026-0001-YS1"
    assert numbered["contract.no"] == NUMBER
    assert terms_digest(DIGEST, fields) == terms_digest(DIGEST, with_number(fields, "X"))
    with pytest.raises(ValueError, match="signing day"):
        with_number(fields, "X", "2026年3月18日")


def test_the_contract_of_a_report_counts_in_its_digest(
    acceptance_terms: AcceptanceTerms,
) -> None:
    other = replace(acceptance_terms, contract_number="GD-FW-2026-0002")

    assert terms_digest(DIGEST, acceptance_fields(other, {})) != terms_digest(
        DIGEST, acceptance_fields(acceptance_terms, {})
    )


def test_a_report_with_nothing_to_mend_says_so(acceptance_terms: AcceptanceTerms) -> None:
    texts = flatten(acceptance_fields(acceptance_terms, {}))

    assert texts["rectifications.0.item"] == "无"
    assert {text for path, text in texts.items() if path.startswith("rectifications.")} == {
        "/",
        "无",
    }


def test_a_report_without_a_known_signing_day_points_to_the_contract(
    acceptance_terms: AcceptanceTerms,
) -> None:
    unsigned = replace(acceptance_terms, contract_signed_on=None)

    assert "签署页" in flatten(acceptance_fields(unsigned, {}))["contract.sign_date_cn"]


def test_a_standard_value_never_overrules_what_was_agreed(contract_terms: ContractTerms) -> None:
    fields = contract_fields(contract_terms, {"amount.total": "1.00", "terms.max_rounds": "3"})

    assert flatten(fields)["amount.total"] == "596,500.01"


@given(amount=st.decimals(0, Decimal("99999999.99"), places=2), days=st.integers(0, 999))
def test_an_instalment_prints_the_very_amount_and_days(
    contract_terms: ContractTerms, amount: Decimal, days: int
) -> None:
    instalment = Instalment(1, "全款", "合同生效", Decimal(1), amount, days)
    texts = flatten(contract_fields(replace(contract_terms, instalments=(instalment,)), {}))

    assert Decimal(texts["payments.0.amount"].replace(",", "")) == amount
    assert texts["payments.0.within_workdays"] == str(days)


def test_days_are_written_the_chinese_way(fields: Fields) -> None:
    assert flatten(fields)["quote.accepted_date_cn"] == "2026年3月6日"
    assert flatten(fields)["milestones.3.due_cn"] == "2027年3月31日"
