from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from templates.checking import check_approval_sheet, check_legal_opinion, check_seal_request
from templates.errors import Finding, Level
from templates.sheets import (
    STEPS_OVER_LIMIT,
    ApprovalSheetTerms,
    LegalOpinionTerms,
    Opinion,
    SealRequestTerms,
    SealWork,
)

Changed = Callable[[Any, str, object], Any]
CHECKS: dict[str, Callable[[Any], tuple[Finding, ...]]] = {
    "opinion_terms": check_legal_opinion,
    "sheet_terms": check_approval_sheet,
    "seal_terms": check_seal_request,
}
EARLY = datetime(2026, 1, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))


def blocks(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(f.code, f.place) for f in findings if f.level is Level.BLOCK}


@pytest.mark.parametrize("terms", CHECKS)
def test_sound_papers_raise_no_finding(terms: str, request: pytest.FixtureRequest) -> None:
    assert CHECKS[terms](request.getfixturevalue(terms)) == ()


@pytest.mark.requirement_part("F-103", "F-104", "F-106", "F-202")
@pytest.mark.parametrize(
    ("terms", "path", "new", "code", "place"),
    [
        ("opinion_terms", "points[3].result", "基本符合", "F-104", "points[3].result"),
        ("opinion_terms", "points[3].result", "不符合", "F-104", "opinion"),
        ("opinion_terms", "points[3].result", "不适用", "F-104", "points[3].remark"),
        ("opinion_terms", "points", (), "F-104", "points"),
        ("opinion_terms", "opinion", Opinion.REFUSED, "F-104", "remarks"),
        ("opinion_terms", "reviewer", "林晓舟", "F-103", "reviewer"),
        ("opinion_terms", "reviewed_at", EARLY, "K18", "reviewed_at"),
        ("opinion_terms", "draft_digest", "abc", "F-106", "draft_digest"),
        ("sheet_terms", "steps[2].digest", "0" * 64, "F-106", "steps[2].digest"),
        ("sheet_terms", "steps[4].opinion", "退回", "F-106", "steps[4].opinion"),
        ("sheet_terms", "steps[4].opinion", "原则同意", "F-106", "steps[4].opinion"),
        ("sheet_terms", "steps[2].person", "林晓舟", "F-106", "steps"),
        ("sheet_terms", "steps[3].at", EARLY, "K18", "steps[3].at"),
        ("sheet_terms", "steps", (), "F-106", "steps"),
        ("sheet_terms", "is_over_limit", True, "F-106", "steps"),
        ("seal_terms", "keeper", "林晓舟", "F-106", "keeper"),
        ("seal_terms", "copies", 0, "F-202", "copies"),
        ("seal_terms", "over_edges", -1, "F-202", "over_edges"),
        ("seal_terms", "approval_no", "/", "F-106", "approval_no"),
        ("seal_terms", "work", SealWork(EARLY, 8, 0, "无"), "K18", "work.at"),
    ],
)  # fmt: skip
def test_what_the_regulation_forbids_is_blocked(
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


def test_a_seal_that_is_not_at_the_signature_is_asked_about(seal_terms: SealRequestTerms) -> None:
    found = check_seal_request(replace(seal_terms, at_signature=0))

    assert [(f.level, f.place) for f in found] == [(Level.WARN, "at_signature")]


def test_a_seal_that_goes_nowhere_is_not_given_out(seal_terms: SealRequestTerms) -> None:
    nowhere = replace(seal_terms, at_signature=0, over_edges=0)

    assert blocks(check_seal_request(nowhere)) == {("F-202", "at_signature")}


@pytest.mark.requirement_part("F-106")
def test_over_the_limit_two_more_people_must_agree(sheet_terms: ApprovalSheetTerms) -> None:
    last = sheet_terms.steps[-1]
    more = tuple(
        replace(last, seq=6 + place, post=post, person=person)
        for place, (post, person) in enumerate(zip(STEPS_OVER_LIMIT, ("冯远", "褚良"), strict=True))
    )
    sheet = replace(sheet_terms, is_over_limit=True, steps=sheet_terms.steps + more)

    assert check_approval_sheet(sheet) == ()
    assert blocks(check_approval_sheet(replace(sheet, steps=sheet.steps[:-1])))


@pytest.mark.requirement_part("F-104")
def test_an_opinion_that_asks_for_amendments_says_which(
    opinion_terms: LegalOpinionTerms, changed: Changed
) -> None:
    failed = changed(opinion_terms, "points[6].result", "不符合")
    failed = changed(failed, "points[6].remark", "违约金没有上限")
    asked = replace(failed, opinion=Opinion.AGREED_IF_AMENDED, remarks="第十五条补充违约金上限")

    assert check_legal_opinion(asked) == ()


@pytest.mark.requirement_part("F-202")
@pytest.mark.parametrize(
    ("impressions", "spoilt", "handling", "places"),
    [
        (8, 0, "无", set()),
        (10, 1, "收回并加盖“作废”章", set()),
        (7, 0, "无", {"work.impressions"}),
        (9, 0, "无", {"work.impressions"}),
        (10, 1, "无", {"work.spoilt_handling"}),
        (-1, 0, "无", {"work"}),
    ],
)
def test_impressions_made_are_those_asked_for_but_for_spoilt_sheets(
    seal_terms: SealRequestTerms, impressions: int, spoilt: int, handling: str, places: set[str]
) -> None:
    at = seal_terms.applied_at + timedelta(hours=2)
    used = replace(seal_terms, work=SealWork(at, impressions, spoilt, handling))

    assert {place for _, place in blocks(check_seal_request(used))} == places


def test_an_answer_that_is_not_registered_says_what_is_known(
    opinion_terms: LegalOpinionTerms, changed: Changed
) -> None:
    bare = changed(opinion_terms, "points[3].result", "未登记")
    told = changed(bare, "points[3].remark", "审核人的逐项结论没有登记")
    assert ("F-104", "points[3].remark") in blocks(check_legal_opinion(bare))
    assert blocks(check_legal_opinion(told)) == set()


def test_the_clerk_may_have_drafted_but_nobody_else_holds_two_posts(
    sheet_terms: ApprovalSheetTerms, changed: Changed
) -> None:
    drafter = sheet_terms.steps[0].person
    assert blocks(check_approval_sheet(changed(sheet_terms, "steps[1].person", drafter))) == set()
    for post in (2, 3, 4):
        doubled = changed(sheet_terms, f"steps[{post}].person", drafter)
        assert ("F-106", "steps") in blocks(check_approval_sheet(doubled))
