from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.rulesets import packaged
from pipeline.checkrules import load_check_rules
from templates.agreements import (
    AuthorityTerms,
    ChangeTerms,
    Ending,
    Paid,
    Power,
    TerminationTerms,
)
from templates.checking import (
    check_authority,
    check_change,
    check_contract,
    check_nda,
    check_termination,
)
from templates.checks.authorities import check_signatory
from templates.checks.grounds import Grounds
from templates.errors import Finding, Level
from templates.fields import termination_fields
from templates.terms import ContractTerms, Dispute
from templates.wording import amount_of_words, parse_amount

GROUNDS = Grounds(date(2026, 3, 10), load_check_rules(packaged("checks")))
CHECKS: dict[str, Callable[[Any], tuple[Finding, ...]]] = {
    "change_terms": check_change,
    "termination_terms": check_termination,
    "nda_terms": check_nda,
    "authority_terms": check_authority,
}
Changed = Callable[[Any, str, object], Any]


def blocks(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(f.code, f.place) for f in findings if f.level is Level.BLOCK}


def warnings(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(f.code, f.place) for f in findings if f.level is Level.WARN}


@pytest.mark.parametrize("terms", CHECKS)
def test_sound_terms_raise_no_finding(terms: str, request: pytest.FixtureRequest) -> None:
    assert CHECKS[terms](request.getfixturevalue(terms)) == ()


def test_a_sound_sales_contract_raises_no_finding(sales_terms: ContractTerms) -> None:
    assert check_contract(sales_terms, GROUNDS) == ()


@pytest.mark.requirement_part("F-303", "F-304", "F-402", "F-403", "F-404")
@pytest.mark.parametrize(
    ("terms", "path", "new", "code", "place"),
    [
        ("change_terms", "after_total", Decimal("614020.02"), "K05", "after_total"),
        ("change_terms", "delta", Decimal("17520.001"), "K05", "delta"),
        ("change_terms", "delta", Decimal("NaN"), "K05", "delta"),
        ("change_terms", "after_tax", Decimal("38812.12"), "K05", "after_tax"),
        ("change_terms", "before_total", Decimal("596500.00"), "K05", "before_total"),
        ("change_terms", "payment_change", "不变", "K07", "payment_change"),
        ("change_terms", "changes", (), "F-304", "changes"),
        ("change_terms", "seq", 0, "F-304", "seq"),
        ("change_terms", "earlier", ("BG1", "BG1"), "F-304", "earlier"),
        ("change_terms", "changes[1].after", "2026年6月30日", "F-304", "changes[1].after"),
        ("change_terms", "changes[1].seq", 3, "K12", "changes"),
        ("change_terms", "reason", " ", "K11", "reason"),
        ("change_terms", "changes[0].after", "待定", "K11", "changes[0].after"),
        ("change_terms", "copies.total", 5, "K17", "copies.total"),
        ("change_terms", "contract_signed_on", date(2026, 3, 1), "K18", "contract_signed_on"),
        ("termination_terms", "settlement.final", Decimal("612820.02"), "K05", "settlement.final"),
        ("termination_terms", "settlement.payable", Decimal("16320.01"), "K05",
         "settlement.payable"),
        ("termination_terms", "settlement.paid", Decimal(-1), "K05", "settlement.paid"),
        ("termination_terms", "settlement.retention", Decimal("0.005"), "K05",
         "settlement.retention"),
        ("termination_terms", "settlement.contract_total", Decimal("596500.00"), "K05",
         "settlement.contract_total"),
        ("termination_terms", "settlement.deduct_basis", "无", "F-404", "settlement.deduct_basis"),
        ("termination_terms", "settlement.pay_by", None, "F-403", "settlement.pay_by"),
        ("termination_terms", "amendments", (), "F-304", "amendments"),
        ("termination_terms", "acceptance_conclusion", "部分合格", "F-402",
         "acceptance_conclusion"),
        ("termination_terms", "acceptance_no", "/", "F-402", "unaccepted"),
        ("termination_terms", "ended_on", date(2026, 3, 1), "K18", "ended_on"),
        ("termination_terms", "handovers[0].due", date(2027, 5, 1), "K18", "handovers[0].due"),
        ("termination_terms", "handovers[1].seq", 1, "K12", "handovers"),
        ("nda_terms", "end", date(2026, 1, 1), "K18", "end"),
        ("nda_terms", "party_b.uscc", "91110105MA0GD0002", "K16", "party_b.uscc"),
        ("nda_terms", "party_b.name", "示例园区运营管理有限公司", "K01", "party_b.name"),
        ("nda_terms", "dispute", Dispute(1, "杭州仲裁委员会", "杭州市"), "K09", "dispute"),
        ("nda_terms", "confirm_days", 0, "S-202", "confirm_days"),
        ("nda_terms", "purpose", "", "K11", "purpose"),
        ("authority_terms", "powers", frozenset(), "F-201", "powers"),
        ("authority_terms", "other_power", "收取货款", "F-201", "other_power"),
        ("authority_terms", "matter", "全权办理本项目", "F-201", "matter"),
        ("authority_terms", "limit", Decimal(0), "F-201", "limit"),
        ("authority_terms", "end", date(2026, 2, 1), "F-201", "end"),
        ("authority_terms", "agent_id", "110105199003070012", "F-201", "agent_id"),
        ("authority_terms", "agent_id", "", "F-201", "agent_id"),
    ],
)  # fmt: skip
def test_what_a_legal_officer_would_not_sign_is_blocked(
    *,
    terms: str,
    path: str,
    new: object,
    code: str,
    place: str,
    changed: Changed,
    request: pytest.FixtureRequest,
) -> None:
    found = CHECKS[terms](changed(request.getfixturevalue(terms), path, new))

    assert (code, place) in blocks(found)
    assert all(re.search("[\u4e00-\u9fff]", finding.message) for finding in found)


@pytest.mark.parametrize(
    ("terms", "path", "new", "code", "place"),
    [
        ("change_terms", "seq", 2, "F-304", "earlier"),
        ("change_terms", "contract_signed_on", None, "F-304", "contract_signed_on"),
        ("termination_terms", "settlement.invoice_diff", Decimal(0), "F-404",
         "settlement.invoice_diff"),
        ("termination_terms", "handovers", (), "F-402", "handovers"),
        ("termination_terms", "settlement.pay_by", date(2027, 4, 1), "K18", "settlement.pay_by"),
        ("termination_terms", "handover_by", date(2027, 4, 11), "K18", "handover_by"),
        ("nda_terms", "return_days", 365, "S-202", "return_days"),
        ("authority_terms", "may_delegate", True, "F-201", "may_delegate"),
    ],
)  # fmt: skip
def test_what_a_legal_officer_would_ask_about_is_a_warning(
    *,
    terms: str,
    path: str,
    new: object,
    code: str,
    place: str,
    changed: Changed,
    request: pytest.FixtureRequest,
) -> None:
    found = CHECKS[terms](changed(request.getfixturevalue(terms), path, new))

    assert (code, place) in warnings(found)
    assert not {place for _, place in blocks(found)} - {"handovers[0].due", "handovers[1].due"}


def test_an_end_that_is_no_performance_needs_no_acceptance_but_a_word_about_the_rest(
    termination_terms: TerminationTerms,
) -> None:
    early = replace(
        termination_terms,
        ending=Ending.AGREED,
        acceptance_no="/",
        acceptance_conclusion="/",
        unaccepted="第三、四节点未开始，不再履行，不计价款",
    )
    assert not blocks(check_termination(early))


def test_a_change_that_leaves_no_price_is_an_end_and_no_change(change_terms: ChangeTerms) -> None:
    nothing = replace(
        change_terms,
        delta=-change_terms.before_total,
        after_total=Decimal(0),
        after_net=Decimal(0),
        after_tax=Decimal(0),
    )
    assert blocks(check_change(nothing)) == {("K05", "after_total")}


@pytest.mark.parametrize(
    ("figures", "code", "place", "level"),
    [
        ({"paid": "582995.00", "payable": "0.00"}, "F-403", "pay_by", Level.BLOCK),
        ({"retention": "612820.02", "payable": "-566675.01"}, "K05", "retention", Level.BLOCK),
        ({"retention": "29825.02", "payable": "16319.99"}, "K07", "retention", Level.WARN),
    ],
)
def test_an_account_that_adds_up_may_still_be_wrong(
    termination_terms: TerminationTerms,
    figures: dict[str, str],
    code: str,
    place: str,
    level: Level,
) -> None:
    amounts: dict[str, Any] = {name: Decimal(text) for name, text in figures.items()}
    terms = replace(termination_terms, settlement=replace(termination_terms.settlement, **amounts))
    found = [(f.code, f.level) for f in check_termination(terms) if f.place.endswith(place)]

    assert (code, level) in found


cents = st.integers(0, 10**9).map(lambda fen: Decimal(fen) / 100)


deltas = st.lists(st.integers(-(10**7), 10**9).map(lambda fen: Decimal(fen) / 100), max_size=4)


@given(
    total=cents,
    changes=deltas,
    deduct=cents,
    payments=st.lists(cents, max_size=5),
    retention=cents,
    slip=st.sampled_from(("deltas", "payments", "original_total")),
)
def test_an_account_that_adds_up_is_never_refused_and_its_words_are_its_figures(
    *,
    termination_terms: TerminationTerms,
    total: Decimal,
    changes: list[Decimal],
    deduct: Decimal,
    payments: list[Decimal],
    retention: Decimal,
    slip: str,
) -> None:
    change, paid = sum(changes, Decimal(0)), sum(payments, Decimal(0))
    total = max(total, -change)
    final = total + change - deduct
    if final < 0:
        final, deduct = Decimal(0), total + change
    retention = min(retention, final)
    settlement = replace(
        termination_terms.settlement,
        contract_total=total,
        change_total=change,
        deduct=deduct,
        final=final,
        paid=paid,
        retention=retention,
        payable=final - paid - retention,
    )
    terms = replace(
        termination_terms,
        settlement=settlement,
        contract=replace(termination_terms.contract, total=total + change),
        amendments=tuple(f"GD-FW-2026-0001-B{seq:02}" for seq, _ in enumerate(changes, 1)),
        original_total=total,
        deltas=tuple(changes),
        payments=tuple(
            Paid(termination_terms.ended_on, amount, f"回单 {seq}")
            for seq, amount in enumerate(payments)
        ),
    )
    wrong = {
        "deltas": (*terms.deltas, Decimal("0.01")),
        "payments": (*terms.payments, Paid(terms.ended_on, Decimal("0.01"), "回单")),
        "original_total": total + Decimal("0.01"),
    }
    found = {place for code, place in blocks(check_termination(terms)) if code in {"K05", "F-404"}}
    slipped = blocks(check_termination(replace(terms, **{slip: wrong[slip]})))
    said: Any = termination_fields(terms, {})["settle"]

    assert not found - {"settlement.deduct_basis"}
    assert {code for code, _place in slipped} & {"K05", "F-404"}
    assert (
        amount_of_words(said["sum_upper"]) == parse_amount(said["sum"]) == abs(settlement.payable)
    )
    payable = settlement.payable
    if payable == 0:
        assert said["outcome"].startswith("双方均无须再付款")
    else:
        payer = "甲方应向乙方" if payable > 0 else "乙方应向甲方"
        assert said["outcome"].startswith(payer)


def test_money_goes_to_the_account_of_the_party_it_is_owed_to(
    termination_terms: TerminationTerms, changed: Changed
) -> None:
    contract = termination_terms.contract
    for payable, account in (
        (Decimal(1), contract.party_b.bank_account),
        (Decimal(-1), contract.party_a.bank_account),
        (Decimal(0), "/"),
    ):
        terms = changed(termination_terms, "settlement.payable", payable)
        said: Any = termination_fields(terms, {})["settle"]
        assert said["payee_account"] == account


@pytest.mark.requirement_part("F-201")
@pytest.mark.parametrize(
    ("day", "amount", "power", "places"),
    [
        (date(2026, 3, 18), "596500.01", Power.SIGN, set()),
        (date(2026, 3, 1), "800000.00", Power.SIGN, set()),
        (date(2026, 2, 28), "596500.01", Power.SIGN, {"end"}),
        (date(2027, 7, 1), "596500.01", Power.SIGN, {"end"}),
        (date(2026, 3, 18), "800000.01", Power.SIGN, {"limit"}),
        (date(2026, 3, 18), "596500.01", Power.SETTLE, {"powers"}),
    ],
)
def test_an_agent_signs_within_his_powers_his_term_and_his_limit_only(
    authority_terms: AuthorityTerms, day: date, amount: str, power: Power, places: set[str]
) -> None:
    found = check_signatory(authority_terms, on=day, amount=Decimal(amount), power=power)

    assert {finding.place for finding in found} == places
    assert all(finding.level is Level.BLOCK for finding in found)
