from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.errors import TermsRefused
from templates.fields import acceptance_fields, flatten
from templates.fieldsets.verdict import possible_conclusions, warranty_ends_on
from templates.terms import AcceptanceTerms, ItemResult

RESULTS = st.lists(st.sampled_from(["合格", "不合格", "不适用"]), min_size=1, max_size=6)


def _with_results(terms: AcceptanceTerms, *results: str, conclusion: str) -> AcceptanceTerms:
    rows = tuple(ItemResult(n, "实测", each, "无") for n, each in enumerate(results, start=1))
    return replace(terms, results=rows, conclusion=conclusion)


@pytest.mark.requirement_part("P-503")
@given(results=RESULTS)
def test_work_is_accepted_only_where_nothing_failed_and_something_passed(
    results: list[str],
) -> None:
    rows = tuple(ItemResult(n, "实测", each, "无") for n, each in enumerate(results))
    possible = possible_conclusions(rows)

    assert ("合格" in possible) == ("不合格" not in results and "合格" in results)
    if "合格" in possible:
        assert possible == ("合格",)


@pytest.mark.parametrize(
    ("results", "conclusion", "marks"),
    [
        (("合格",) * 4, "合格", "√□□"),
        (("合格", "合格", "不适用", "合格"), "合格", "√□□"),
        (("合格", "不合格", "合格", "合格"), "部分合格", "□√□"),
        (("合格", "不合格", "合格", "合格"), "不合格", "□□√"),
        (("不合格",) * 4, "不合格", "□□√"),
    ],
)
def test_exactly_the_conclusion_is_ticked(
    acceptance_terms: AcceptanceTerms, results: tuple[str, ...], conclusion: str, marks: str
) -> None:
    terms = _with_results(acceptance_terms, *results, conclusion=conclusion)
    texts = flatten(acceptance_fields(terms, {}))

    assert "".join(texts[f"acceptance.c{place}"] for place in (1, 2, 3)) == marks
    assert texts["acceptance.pass"] == str(results.count("合格"))
    assert texts["acceptance.fail"] == str(results.count("不合格"))
    assert texts["acceptance.na"] == str(results.count("不适用"))


@pytest.mark.requirement_part("P-503")
@pytest.mark.parametrize(
    ("results", "conclusion"),
    [
        (("合格", "不合格", "合格", "合格"), "合格"),
        (("合格",) * 4, "部分合格"),
        (("合格",) * 4, "不合格"),
        (("不合格",) * 4, "部分合格"),
        (("不适用",) * 4, "合格"),
        (("合格",) * 4, ""),
    ],
)
def test_a_conclusion_that_does_not_follow_is_refused(
    acceptance_terms: AcceptanceTerms, results: tuple[str, ...], conclusion: str
) -> None:
    terms = _with_results(acceptance_terms, *results, conclusion=conclusion)

    with pytest.raises(TermsRefused) as refused:
        acceptance_fields(terms, {})
    assert [(f.code, f.place) for f in refused.value.findings] == [("P-503", "conclusion")]


@pytest.mark.requirement_part("P-502")
@pytest.mark.parametrize("numbers", [(1, 2, 3), (1, 2, 3, 4, 5), (1, 2, 3, 3), (1, 2, 3, 9)])
def test_results_that_add_or_drop_an_item_are_refused(
    acceptance_terms: AcceptanceTerms, numbers: tuple[int, ...]
) -> None:
    rows = tuple(ItemResult(number, "实测", "合格", "无") for number in numbers)

    with pytest.raises(TermsRefused, match="P-502"):
        acceptance_fields(replace(acceptance_terms, results=rows), {})


@pytest.mark.requirement_part("P-502")
def test_two_items_of_one_number_are_refused_though_both_have_results(
    acceptance_terms: AcceptanceTerms,
) -> None:
    first = acceptance_terms.contract.acceptance_items[0]
    doubled = replace(acceptance_terms.contract, acceptance_items=(first, first))
    results = (acceptance_terms.results[0],) * 2

    with pytest.raises(TermsRefused, match="P-502"):
        acceptance_fields(replace(acceptance_terms, contract=doubled, results=results), {})


@pytest.mark.requirement_part("P-502")
def test_items_and_standards_are_the_contracts_in_the_contracts_order(
    acceptance_terms: AcceptanceTerms,
) -> None:
    mixed = replace(acceptance_terms, results=acceptance_terms.results[::-1])
    texts = flatten(acceptance_fields(mixed, {}))

    for place, item in enumerate(acceptance_terms.contract.acceptance_items):
        assert texts[f"results.{place}.name"] == item.name
        assert texts[f"results.{place}.standard"] == item.standard
        assert texts[f"results.{place}.clause"] == item.clause


def test_the_warranty_runs_from_acceptance_and_only_where_it_passed(
    acceptance_terms: AcceptanceTerms,
) -> None:
    passed = flatten(acceptance_fields(acceptance_terms, {}))
    failed = flatten(
        acceptance_fields(_with_results(acceptance_terms, *["不合格"] * 4, conclusion="不合格"), {})
    )

    assert (passed["warranty.start_cn"], passed["warranty.end_cn"]) == (
        "2027年4月12日",
        "2028年4月12日",
    )
    assert (failed["warranty.start_cn"], failed["warranty.end_cn"]) == ("/", "/")


@pytest.mark.parametrize(
    ("accepted", "months", "ends"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 12, "2027-12-15"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_period_of_months_ends_on_its_day_or_the_months_last(
    accepted: str, months: int, ends: str
) -> None:
    assert warranty_ends_on(date.fromisoformat(accepted), months) == date.fromisoformat(ends)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
def test_no_warranty_ends_a_month_early_or_late(accepted: date, months: int) -> None:
    ends = warranty_ends_on(accepted, months)

    assert (ends.year - accepted.year) * 12 + ends.month - accepted.month == months
    assert ends.day == accepted.day or (ends + timedelta(days=1)).day == 1
