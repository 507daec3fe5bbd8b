from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.rulesets import packaged
from pipeline.checkrules import load_check_rules
from templates.checking import check_acceptance
from templates.checks.grounds import Grounds
from templates.errors import Finding, Level
from templates.terms import AcceptanceTerms, Copies, ItemResult, Rectification

GROUNDS = Grounds(date(2027, 4, 14), load_check_rules(packaged("checks")))
MENDED = Rectification(
    seq=1,
    item="故障响应时间",
    problem="超时两次",
    demand="增配值班人员",
    responsible="何䶮",
    due=date(2027, 4, 20),
    done_on=date(2027, 4, 8),
    rechecked_on=date(2027, 4, 10),
    recheck_result="合格",
    rechecked_by="㛃文静",
)


def found_in(terms: AcceptanceTerms) -> tuple[Finding, ...]:
    return GROUNDS.rules.govern(check_acceptance(terms, GROUNDS), kind="acceptance")


def blocks(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(f.code, f.place) for f in findings if f.level is Level.BLOCK}


def with_results(terms: AcceptanceTerms, *results: str) -> AcceptanceTerms:
    return replace(
        terms,
        results=tuple(
            ItemResult(seq, "实测", result, "双方确认") for seq, result in enumerate(results, 1)
        ),
    )


def test_a_sound_acceptance_raises_no_finding(acceptance_terms: AcceptanceTerms) -> None:
    assert found_in(acceptance_terms) == ()


@pytest.mark.requirement_part("P-502")
def test_a_missing_item_of_the_contract_is_named(acceptance_terms: AcceptanceTerms) -> None:
    (finding,) = found_in(replace(acceptance_terms, results=acceptance_terms.results[:3]))
    assert (finding.code, finding.place, finding.level) == ("P-502", "results", Level.BLOCK)
    assert "技术资料" in finding.message


@pytest.mark.requirement_part("P-502")
def test_an_item_the_contract_does_not_know_is_refused(acceptance_terms: AcceptanceTerms) -> None:
    extra = (*acceptance_terms.results, ItemResult(9, "实测", "合格", "无"))
    found = found_in(replace(acceptance_terms, results=extra))
    assert blocks(found) == {("P-502", "results[4].seq")}


def test_two_results_for_one_item_are_refused(acceptance_terms: AcceptanceTerms) -> None:
    double = (*acceptance_terms.results, ItemResult(1, "实测", "不合格", "无"))
    found = blocks(found_in(replace(acceptance_terms, results=double)))
    assert {("P-502", "results[0].seq"), ("P-502", "results[4].seq")} <= found


@pytest.mark.requirement_part("P-503")
@pytest.mark.parametrize(
    ("results", "allowed"),
    [
        (("合格", "合格", "合格", "合格"), {"合格"}),
        (("合格", "不适用", "合格", "不适用"), {"合格"}),
        (("合格", "不合格", "合格", "合格"), {"部分合格", "不合格"}),
        (("不合格", "不合格", "不适用", "不合格"), {"不合格"}),
        (("不适用", "不适用", "不适用", "不适用"), set[str]()),
    ],
)
@pytest.mark.parametrize("conclusion", ["合格", "部分合格", "不合格", "基本合格"])
def test_the_conclusion_follows_from_the_results(
    acceptance_terms: AcceptanceTerms,
    results: tuple[str, ...],
    allowed: set[str],
    conclusion: str,
) -> None:
    terms = replace(
        with_results(acceptance_terms, *results), conclusion=conclusion, rectifications=(MENDED,)
    )
    stopped = any(code == "P-503" for code, _ in blocks(found_in(terms)))
    assert stopped == (conclusion not in allowed)


@pytest.mark.requirement_part("P-504")
def test_a_failed_item_needs_a_rectification(acceptance_terms: AcceptanceTerms) -> None:
    terms = with_results(acceptance_terms, "合格", "不合格", "合格", "合格")
    terms = replace(terms, conclusion="部分合格")
    assert blocks(found_in(terms)) == {("P-504", "rectifications")}
    assert blocks(found_in(replace(terms, rectifications=(MENDED,)))) == set()


@pytest.mark.requirement_part("P-504")
def test_nothing_passes_while_a_rectification_is_open(acceptance_terms: AcceptanceTerms) -> None:
    for result in ("/", "不合格"):
        terms = replace(acceptance_terms, rectifications=(replace(MENDED, recheck_result=result),))
        assert ("P-504", "rectifications[0].recheck_result") in blocks(found_in(terms))


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"self_checked_on": date(2027, 4, 7)}, "K18", "notice.delivered_on"),
        ({"notice_delivered_on": date(2027, 4, 13)}, "K18", "accepted_on"),
        ({"completed_on": date(2027, 4, 13)}, "K18", "accepted_on"),
        ({"contract_signed_on": date(2027, 4, 13)}, "K18", "accepted_on"),
        (
            {"rectifications": (replace(MENDED, rechecked_on=date(2027, 4, 7)),)},
            "K18",
            "rectifications[0].rechecked_on",
        ),
        (
            {"rectifications": (replace(MENDED, rechecked_on=date(2027, 4, 13)),)},
            "K18",
            "rectifications[0].rechecked_on",
        ),
        ({"satisfaction": 0}, "K11", "satisfaction"),
        ({"satisfaction": 6}, "K11", "satisfaction"),
        ({"round": 0}, "P-504", "round"),
        ({"deliverables": ()}, "P-503", "deliverables"),
        ({"copies": Copies(3, 2, 2)}, "K17", "copies.total"),
        ({"leftover": ""}, "K11", "leftover"),
        ({"place": "甲方____"}, "K11", "place"),
        ({"attachment_pages": -1}, "K11", "attachment_pages"),
    ],
)
def test_what_must_not_be_signed_is_stopped_where_it_stands(
    acceptance_terms: AcceptanceTerms, change: dict[str, object], code: str, place: str
) -> None:
    found = blocks(found_in(replace(acceptance_terms, **change)))  # type: ignore[arg-type]
    assert (code, place) in found


@pytest.mark.requirement_part("B-106", "P-501")
@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"self_check_result": "不合格"}, "self_check.result"),
        ({"self_check_fixed": 1}, "self_check.fixed"),
    ],
)
def test_the_client_is_not_called_before_the_self_check_passed(
    acceptance_terms: AcceptanceTerms, change: dict[str, object], place: str
) -> None:
    terms = replace(acceptance_terms, **change)  # type: ignore[arg-type]
    assert ("B-106", place) in blocks(found_in(terms))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"round_kind": "复验"}, "round_kind"),
        ({"completed_on": date(2027, 4, 1)}, "completed_on"),
    ],
)
def test_what_is_odd_is_only_a_warning(
    acceptance_terms: AcceptanceTerms, change: dict[str, object], place: str
) -> None:
    (finding,) = found_in(replace(acceptance_terms, **change))  # type: ignore[arg-type]
    assert (finding.place, finding.level) == (place, Level.WARN)


def test_no_satisfaction_is_no_finding(acceptance_terms: AcceptanceTerms) -> None:
    assert found_in(replace(acceptance_terms, satisfaction=None)) == ()


@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["合格", "不合格", "不适用", "?"]))),
    st.sampled_from(["合格", "部分合格", "不合格", ""]),
)
def test_a_report_without_blocks_has_each_item_once_and_a_conclusion_that_follows(
    acceptance_terms: AcceptanceTerms, results: list[tuple[int, str]], conclusion: str
) -> None:
    terms = replace(
        acceptance_terms,
        conclusion=conclusion,
        rectifications=(MENDED,),
        results=tuple(ItemResult(seq, "实测", result, "双方确认") for seq, result in results),
    )
    if blocks(found_in(terms)):
        return
    assert sorted(seq for seq, _ in results) == [1, 2, 3, 4]
    said = {result for _, result in results}
    assert (conclusion == "合格") == ("不合格" not in said)
    assert "合格" in said or "不合格" in said
