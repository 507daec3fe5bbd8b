from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.rulesets import packaged
from pipeline.checkrules import load_check_rules
from templates.checking import check_contract
from templates.checks.grounds import Grounds
from templates.checks.parties import check_uscc
from templates.checks.places import Said
from templates.checks.rounding import is_whole_fen, net_of, share_of
from templates.checks.texts import check_text
from templates.errors import Finding, Level
from templates.terms import ContractTerms, Copies, Dispute
from templates.wording import amount_in_words

ON = date(2026, 3, 10)
FIRM = "示例网络技术（北京）有限公司"
RULES = load_check_rules(packaged("checks"))
GROUNDS = Grounds(ON, RULES, firm_name=FIRM, firm_uscc="91110105MA0GD00023")
USCC = json.loads((Path(__file__).parent / "data" / "uscc.json").read_text("utf-8"))


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
    found = check_contract(terms, GROUNDS)
    return RULES.govern(found, kind="contract", type_code=terms.type_code)


def blocks(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(f.code, f.place) for f in findings if f.level is Level.BLOCK}


def warnings(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(f.code, f.place) for f in findings if f.level is Level.WARN}


def test_a_sound_contract_raises_no_finding(contract_terms: ContractTerms) -> None:
    assert found_in(contract_terms) == ()


@pytest.mark.requirement_part("P-302", "P-305", "F-102")
@pytest.mark.parametrize(
    ("path", "new", "code", "place"),
    [
        ("party_a.name", "", "K01", "party_a.name"),
        ("party_b.address", "　", "K01", "party_b.address"),
        ("party_a.legal_rep", " ", "K11", "party_a.legal_rep"),
        ("service_scope", "", "K02", "service.scope"),
        ("lines[1].name", "", "K02", "items[1].name"),
        ("lines[2].spec", "", "K11", "items[2].spec"),
        ("lines[0].qty", Decimal(0), "K03", "items[0].qty"),
        ("lines[0].qty", Decimal(-1), "K03", "items[0].qty"),
        ("lines[0].qty", Decimal("NaN"), "K03", "items[0].qty"),
        ("acceptance_items[3].standard", "", "K04", "acceptance_items[3].standard"),
        ("acceptance_items", (), "K04", "acceptance_items"),
        ("warranty.months", -1, "K04", "warranty"),
        ("lines", (), "K05", "items"),
        ("lines[2].amount", Decimal("23920.01"), "K05", "items[2].amount_tax_incl"),
        ("lines[2].amount", Decimal("23920.001"), "K05", "items[2].amount_tax_incl"),
        ("lines[2].amount", Decimal("Infinity"), "K05", "items[2].amount_tax_incl"),
        ("lines[2].unit_price", Decimal("-598.00"), "K05", "items[2].unit_price_tax_incl"),
        ("lines[2].tax", Decimal("2751.85"), "K05", "items[2].tax"),
        ("lines[2].tax_rate", Decimal(13), "K05", "items[2].tax_rate"),
        ("lines[2].fee_type", "劳务费", "K05", "items[2].fee_type"),
        ("total", Decimal("596500.02"), "K05", "amount.total"),
        ("net", Decimal("559703.47"), "K05", "amount.net"),
        ("tax", Decimal("36796.52"), "K05", "amount.tax"),
        ("tax", Decimal("1e20"), "K05", "amount.tax"),
        ("currency", "USD", "K05", "amount.currency"),
        ("total_upper", "伍拾玖万陆仟伍佰元零贰分", "K05", "amount.total_upper"),
        ("total_upper", "五十九万六千五百元一分", "K05", "amount.total_upper"),
        ("service_end", date(2026, 3, 31), "K06", "service.end"),
        ("service_place", "", "K06", "service.place"),
        ("milestones", (), "K06", "milestones"),
        ("milestones[3].due", date(2027, 4, 1), "K06", "milestones[3].due"),
        ("milestones[0].due", date(2026, 3, 31), "K06", "milestones[0].due"),
        ("instalments", (), "K07", "payments"),
        ("instalments[0].share", Decimal("0.31"), "K07", "payments"),
        ("instalments[0].share", Decimal(30), "K07", "payments[0].pct"),
        ("instalments[1].amount", Decimal("238600.01"), "K07", "payments[1].amount"),
        ("instalments[3].amount", Decimal("29825.00"), "K07", "payments[3].amount"),
        ("instalments[1].amount", Decimal("NaN"), "K07", "payments[1].amount"),
        ("instalments[1].within_workdays", 0, "K07", "payments[1].pay_within_workdays"),
        ("instalments[1].condition", "", "K07", "payments[1].condition"),
        ("party_b.bank_account", "", "K07", "party_b.bank_account"),
        ("party_b.bank_account", "33010000000000000001", "K07", "party_b.bank_account"),
        ("party_b.bank", " ", "K07", "party_b.bank"),
        ("warranty.retention_amount", Decimal("29825.02"), "K07", "warranty.retention_amount"),
        ("warranty.retention_percent", Decimal(500), "K07", "warranty.retention_pct"),
        ("dispute", Dispute(3, "", ""), "K09", "contract.dispute.option"),
        ("dispute", Dispute(1, "", ""), "K09", "contract.dispute.arbitration_body"),
        ("dispute", Dispute(2, "", "/"), "K09", "contract.dispute.court_place"),
        ("dispute", Dispute(1, "杭州仲裁委员会", "杭州"), "K09", "contract.dispute"),
        ("lines[1].line_no", 1, "K12", "items"),
        ("acceptance_items[1].seq", 1, "K12", "acceptance_items"),
        ("party_b.name", "示例网络技术有限公司", "K14", "party_b.name"),
        ("party_a.uscc", "9133010", "K16", "party_a.uscc"),
        ("party_a.uscc", "91110105MA0GD00023", "K16", "party_a.uscc"),
        ("copies.total", 5, "K17", "contract.copies.total"),
        ("copies.b", 0, "K17", "contract.copies"),
        ("copies", Copies(20000, 10000, 10000), "K17", "contract.copies.total"),
        ("quote_approved_on", date(2026, 3, 7), "K18", "quote.approved_by.signed_at"),
        ("quote_accepted_on", date(2026, 3, 11), "K18", "quote.accepted_by_client.date"),
        ("service_start", date(1, 1, 1), "K18", "service.start"),
        ("service_end", date(9999, 12, 31), "K18", "service.end"),
        ("milestones[1].due", date(2206, 6, 30), "K18", "milestones[1].due"),
        ("service_scope", "无", "K02", "service.scope"),
        ("service_scope", " / ", "K02", "service.scope"),
        ("lines[1].name", "／", "K02", "items[1].name"),
        ("party_a.address", "暂无", "K01", "party_a.address"),
        ("party_b.bank_account", "/", "K07", "party_b.bank_account"),
        ("acceptance_items[0].method", "无", "K04", "acceptance_items[0].method"),
        ("instalments[0].condition", "——", "K07", "payments[0].condition"),
        ("service_place", "-", "K06", "service.place"),
        ("service_scope", "齐" * 4001, "K11", "service.scope"),
        ("party_a.name", "名" * 10000, "K11", "party_a.name"),
        ("party_b.uscc", "91330106MA2GD1113L", "K14", "party_b.uscc"),
    ],
)
def test_what_must_not_be_signed_is_stopped_where_it_stands(
    contract_terms: ContractTerms, path: str, new: object, code: str, place: str
) -> None:
    assert (code, place) in blocks(found_in(changed(contract_terms, path, new)))


@pytest.mark.parametrize(
    ("path", "new", "code", "place"),
    [
        ("service_scope", "尽快完成升级及培训等工作", "K13", "service.scope"),
        ("service_scope", "收取订金后进场", "K13", "service.scope"),
        ("acceptance_items[0].standard", "良好", "K04", "acceptance_items[0].standard"),
        ("acceptance_items[0].standard", "原则上可用", "K13", "acceptance_items[0].standard"),
        ("lines[2].tax_rate", Decimal("0.13"), None, ""),
        ("party_a.phone", "12345", "K16", "party_a.phone"),
        ("party_a.phone", "057188120000-801", None, ""),
        ("party_a.email", "contact@", "K16", "party_a.email"),
        ("project_manager_phone", "23900000000", "K16", "project.manager_phone"),
        ("party_b.bank_account", "110100-X", "K07", "party_b.bank_account"),
        ("party_a.legal_rep", "阿依努尔・买买提", "K01", "party_a.legal_rep"),
        ("party_a.legal_rep", "阿依努尔‧买买提", "K01", "party_a.legal_rep"),
        ("party_a.contact", "文•静", "K01", "party_a.contact"),
        ("party_a.name", "示例(杭州)有限公司", "K01", "party_a.name"),
        ("dispute", Dispute(1, "杭州某机构", ""), "K09", "contract.dispute.arbitration_body"),
        ("acceptance_items[3].seq", 9, "K12", "acceptance_items"),
        ("milestones[1].due", date(2026, 4, 2), "K06", "milestones[1].due"),
        ("quote_approved_on", date(2025, 9, 1), "K18", "quote.accepted_by_client.date"),
        ("milestones[1].due", date(2026, 6, 28), "K06", "milestones[1].due"),
        ("milestones[1].due", date(2026, 9, 20), None, ""),
        ("milestones[1].due", date(2026, 6, 19), "K06", "milestones[1].due"),
        ("instalments[1].within_workdays", 61, "K07", "payments[1].pay_within_workdays"),
        ("warranty.months", 61, "K04", "warranty.months"),
        ("copies", Copies(22, 11, 11), "K17", "contract.copies.total"),
        ("party_a.address", "杭州市示例路18号（邮编 31002）", "K16", "party_a.address"),
        ("party_a.address", "杭州市示例路18号（邮编：310012）", None, ""),
        ("party_a.legal_rep", "阿依努尔.买买提", "K01", "party_a.legal_rep"),
        ("party_a.legal_rep", "阿依努尔\ua78f买买提", "K01", "party_a.legal_rep"),
        ("party_a.contact", "Ｊack Lee", "K01", "party_a.contact"),
        ("party_a.name", "示例" * 51, "K01", "party_a.name"),
        ("party_b.agent", "无", None, ""),
        ("service_start", date(2026, 3, 9), "K18", "service.start"),
        ("service_place", "甲方  园区", "K11", "service.place"),
        ("acceptance_items[0].standard", "齐" * 301, "K11", "acceptance_items[0].standard"),
        ("acceptance_items[0].standard", "齐" * 300, None, ""),
    ],
)
def test_what_a_person_should_look_at_is_a_warning_and_stops_nothing(
    contract_terms: ContractTerms, path: str, new: object, code: str | None, place: str
) -> None:
    findings = found_in(changed(contract_terms, path, new))
    assert blocks(findings) == set()
    assert warnings(findings) == ({(code, place)} if code else set())


@pytest.mark.parametrize("words", ["高等级", "平等协商", "等电位联结", "同等条件", "等于或大于6台"])
def test_words_that_only_contain_deng_are_not_vague(
    contract_terms: ContractTerms, words: str
) -> None:
    assert found_in(changed(contract_terms, "service_scope", words)) == ()


@pytest.mark.requirement_part("P-305")
@pytest.mark.parametrize(
    "leftover",
    [
        "{{ party_a.name }}",
        "{% if x %}",
        "××有限公司",
        "金额____元",
        "[ ]",
        "【】",
        "TBD",
        "待定",
        "（审批完成后编号）",
        "\ufffd",
        "字\ue000",
        "字\U000f0000",
        "字\u200b",
        "字\u202e",
        "字\x07",
        "字\nx",
        "字\ud800",
    ],
)
@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("party_a.name", "party_a.name"),
        ("lines[4].spec", "items[4].spec"),
        ("milestones[2].deliverable", "milestones[2].deliverable"),
        ("dispute.arbitration_body", "contract.dispute.arbitration_body"),
        ("options", "terms.terms.pay_days"),
    ],
)
def test_no_leftover_and_no_unprintable_character_passes_anywhere(
    contract_terms: ContractTerms, leftover: str, path: str, place: str
) -> None:
    new = {"terms.pay_days": leftover} if path == "options" else leftover
    assert ("K11", place) in blocks(found_in(changed(contract_terms, path, new)))


RARE = ("阿依努尔·买买提", "㛃文静", "郑𠅤", "何䶮", "王𬭼", "葛󠄀小伦", "王\U00031351")


@pytest.mark.parametrize("name", RARE)
def test_rare_and_compound_names_pass_as_they_are(contract_terms: ContractTerms, name: str) -> None:
    assert found_in(changed(contract_terms, "party_a.legal_rep", name)) == ()


@pytest.mark.parametrize(
    ("path", "place", "wide", "right"),
    [
        ("order_no", "order_no", "XSDD-２０２６-0318", "XSDD-2026-0318"),
        ("party_a.uscc", "party_a.uscc", "９1330106MA2GD1113L", "91330106MA2GD1113L"),
        ("party_b.bank_account", "party_b.bank_account", "１1010000", "11010000"),
    ],
)
def test_full_width_figures_in_codes_are_refused_with_the_right_form(
    contract_terms: ContractTerms, path: str, place: str, wide: str, right: str
) -> None:
    findings = found_in(changed(contract_terms, path, wide))
    assert blocks(findings) == {("K11", place)}
    assert any(right in finding.message for finding in findings)


@pytest.mark.parametrize(
    "account", ['="3301489248507"', "'3301489248507", "3301、3302", "账号3301"]
)
def test_an_account_with_signs_no_account_has_is_stopped(
    contract_terms: ContractTerms, account: str
) -> None:
    findings = found_in(changed(contract_terms, "party_a.bank_account", account))
    assert ("K16", "party_a.bank_account") in blocks(findings)


@pytest.mark.parametrize("account", ["3301 4892 4850 7368", "NRA33014892485", "330-148-924", "无"])
def test_an_account_as_banks_write_it_is_taken(contract_terms: ContractTerms, account: str) -> None:
    findings = found_in(changed(contract_terms, "party_a.bank_account", account))
    assert ("K16", "party_a.bank_account") not in blocks(findings)


@pytest.mark.parametrize(
    ("place", "text", "word"),
    [
        ("party_a.name", "示例⽔务有限公司", "示例水务有限公司"),
        ("service.scope", "机房⻛机维护", "重新录入"),
        ("party_a.name", "示例А公司", "西里尔"),
        ("party_a.name", "Αcme 示例公司", "希腊"),
        ("order_no", "ХSDD-2026-0318", "西里尔"),
    ],
)
def test_what_only_looks_like_the_right_character_is_stopped(
    place: str, text: str, word: str
) -> None:
    (finding,) = check_text(Said(place, text))
    assert (finding.code, finding.level) == ("K11", Level.BLOCK)
    assert word in finding.message


@pytest.mark.parametrize(
    ("place", "text"),
    [("party_a.legal_rep", "Иванов Иван"), ("items[0].spec", "Φ110，容差 5 μm")],
)
def test_other_alphabets_are_no_fault_where_they_are_meant(place: str, text: str) -> None:
    assert list(check_text(Said(place, text))) == []


def test_swapped_parties_are_called_swapped(contract_terms: ContractTerms) -> None:
    swapped = replace(
        contract_terms, party_a=contract_terms.party_b, party_b=contract_terms.party_a
    )
    messages = [f.message for f in found_in(swapped) if f.code == "K14"]
    assert len(messages) == 1
    assert "颠倒" in messages[0]


@pytest.mark.requirement_part("P-102")
@pytest.mark.parametrize("code", [case["uscc"] for case in USCC["valid_synthetic"]])
def test_a_valid_uscc_raises_nothing(code: str) -> None:
    assert list(check_uscc("party_a.uscc", code)) == []


@pytest.mark.parametrize("code", USCC["legacy_nonconforming"] + ["91110105MA0GD00024"])
def test_a_failing_check_digit_asks_for_the_licence_and_stops_nothing(code: str) -> None:
    (finding,) = check_uscc("party_a.uscc", code)
    assert finding.level is Level.WARN
    assert "营业执照" in finding.message


@pytest.mark.parametrize(
    "code",
    ["91110105IA0GD00023", "91110105MA0GD0002", "110105000000123", "9A110105MA0GD0002", "中" * 18],
)
def test_what_has_not_the_form_of_a_uscc_is_stopped(code: str) -> None:
    (finding,) = check_uscc("party_a.uscc", code)
    assert finding.level is Level.BLOCK


def test_a_lower_case_uscc_is_accepted_with_the_right_form() -> None:
    (finding,) = check_uscc("party_a.uscc", "91110105ma0gd00023")
    assert finding.level is Level.WARN
    assert "91110105MA0GD00023" in finding.message


def test_the_message_names_both_amounts_and_the_words_to_write(
    contract_terms: ContractTerms,
) -> None:
    wrong = changed(contract_terms, "total_upper", "伍拾玖万陆仟伍佰元零贰分")
    (finding,) = found_in(wrong)
    for part in ("596,500.02", "596,500.01", "伍拾玖万陆仟伍佰元零壹分"):
        assert part in finding.message


def test_other_spellings_of_the_same_amount_in_words_pass(contract_terms: ContractTerms) -> None:
    words = "人民币伍拾玖万陆仟伍佰圆零壹分"
    assert found_in(changed(contract_terms, "total_upper", words)) == ()


@given(st.integers(1, 10**15), st.sampled_from(["0.01", "0.03", "0.06", "0.09", "0.13"]))
def test_tax_computed_from_the_net_price_satisfies_the_same_rule(fen: int, rate: str) -> None:
    net = Decimal(fen).scaleb(-2)
    amount = net + share_of(net, Decimal(rate))
    assert net_of(amount, Decimal(rate)) == net


def priced_at(terms: ContractTerms, rate: Decimal) -> ContractTerms:
    """Return `terms` with one line at `rate`, everything else following from it."""
    line = terms.lines[0]
    net = net_of(line.amount, rate)
    line = replace(line, tax_rate=rate, net=net, tax=line.amount - net)
    plan = (replace(terms.instalments[0], share=Decimal(1), amount=line.amount),)
    warranty = replace(
        terms.warranty, retention_percent=Decimal(0), retention_amount=Decimal("0.00")
    )
    return replace(
        terms,
        lines=(line,),
        total=line.amount,
        net=net,
        tax=line.tax,
        total_upper=None,
        instalments=plan,
        warranty=warranty,
    )


@pytest.mark.requirement_part("G-103")
@pytest.mark.parametrize("rate", ["0", "0.01", "0.03", "0.06", "0.09", "0.13"])
def test_the_rates_of_the_vat_law_pass(contract_terms: ContractTerms, rate: str) -> None:
    assert found_in(priced_at(contract_terms, Decimal(rate))) == ()


@pytest.mark.requirement_part("G-103")
@pytest.mark.parametrize("rate", ["0.05", "0.10", "0.11", "0.16", "0.17", "0.065"])
def test_a_rate_no_law_knows_is_stopped(contract_terms: ContractTerms, rate: str) -> None:
    (finding,) = found_in(priced_at(contract_terms, Decimal(rate)))
    assert (finding.code, finding.place, finding.level) == (
        "K05",
        "items[0].tax_rate",
        Level.BLOCK,
    )
    assert "增值税法" in finding.basis


def test_a_rate_granted_for_a_time_ends_with_it(contract_terms: ContractTerms) -> None:
    terms = priced_at(contract_terms, Decimal("0.01"))
    later = replace(GROUNDS, on=date(2028, 1, 1))
    assert "K05" in {finding.code for finding in check_contract(terms, later)}


def test_earnest_money_is_added_up_against_its_cap(contract_terms: ContractTerms) -> None:
    plan = [("定金一", "0.15"), ("定金二", "0.05"), ("尾款", "0.80")]
    terms = priced_at(contract_terms, Decimal("0.06"))

    def paying(shares: list[tuple[str, str]]) -> ContractTerms:
        return replace(
            terms,
            instalments=tuple(
                replace(
                    terms.instalments[0],
                    seq=seq,
                    name=name,
                    share=Decimal(share),
                    amount=share_of(terms.total, Decimal(share)),
                )
                for seq, (name, share) in enumerate(shares, 1)
            ),
        )

    assert "K07" not in {finding.code for finding in found_in(paying(plan))}
    plan[1:] = [("定金二", "0.06"), ("尾款", "0.79")]
    assert ("K07", "payments[1].pct") in warnings(found_in(paying(plan)))


def test_a_net_amount_one_fen_off_is_stopped_with_the_right_one(
    contract_terms: ContractTerms,
) -> None:
    line = contract_terms.lines[0]
    off = replace(line, net=line.net + Decimal("0.01"), tax=line.tax - Decimal("0.01"))
    findings = found_in(changed(contract_terms, "lines[0]", off))
    assert ("K05", "items[0].amount_net") in blocks(findings)
    assert any("430,188.68" in finding.message for finding in findings)


@given(st.integers(1, 10**17), st.sampled_from(["0.01", "0.03", "0.06", "0.09", "0.13"]))
def test_net_is_the_amount_whose_tax_is_nearest(fen: int, rate: str) -> None:
    amount = Decimal(fen).scaleb(-2)
    net = net_of(amount, Decimal(rate))
    assert is_whole_fen(net)
    hundredths = 100 + int(Decimal(rate) * 100)
    # |net * (1 + rate) - amount| is at most half a fen times (1 + rate), in exact integers.
    difference = int(net * 100) * hundredths - fen * 100
    assert -hundredths < 2 * difference <= hundredths


@given(st.integers(0, 10**17), st.integers(0, 100))
def test_half_a_fen_rounds_up(fen: int, per_cent: int) -> None:
    share = share_of(Decimal(fen).scaleb(-2), Decimal(per_cent) / 100)
    assert int(share * 100) == (fen * per_cent + 50) // 100


@given(st.integers(1, 10**13), st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_any_plan_with_the_remainder_in_the_last_instalment_passes(
    contract_terms: ContractTerms, fen: int, weights: list[int]
) -> None:
    shares = [Decimal(weight) / 1000 for weight in weights]
    shares.append(1 - sum(shares))
    total = Decimal(fen).scaleb(-2)
    amounts = [share_of(total, share) for share in shares[:-1]]
    amounts.append(total - sum(amounts))
    first = contract_terms.instalments[0]
    plan = tuple(
        replace(first, seq=number, share=share, amount=amount)
        for number, (share, amount) in enumerate(zip(shares, amounts, strict=True), 1)
    )
    terms = replace(
        contract_terms, total=total, instalments=plan, total_upper=amount_in_words(total)
    )
    terms = changed(terms, "warranty.retention_percent", Decimal(0))
    terms = changed(terms, "warranty.retention_amount", Decimal(0))
    if amounts[-1] >= 0:
        assert not [finding for finding in found_in(terms) if finding.code == "K07"]


texts = st.text(max_size=30)
numbers = st.decimals(allow_nan=True, allow_infinity=True)


@given(text=texts, number=numbers, count=st.integers(-5, 5))
def test_no_terms_however_odd_make_the_checks_fail(
    contract_terms: ContractTerms, text: str, number: Decimal, count: int
) -> None:
    terms = contract_terms
    for path in ("party_a.name", "party_b.uscc", "total_upper", "dispute.arbitration_body"):
        terms = changed(terms, path, text)
    for path in ("total", "lines[0].qty", "lines[1].tax_rate", "lines[2].unit_price"):
        terms = changed(terms, path, number)
    for path in ("instalments[0].share", "instalments[1].amount", "warranty.retention_percent"):
        terms = changed(terms, path, number)
    terms = changed(terms, "copies.a", count)
    for finding in found_in(terms):
        assert finding.message
        assert finding.place
