from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.registering import Registration, manifest_of

PLAIN = Registration("QY-FW-01", "1.0", "contract", ("FW",), date(2026, 11, 1), "法审1号")


def test_a_plain_registration_has_no_problems() -> None:
    assert PLAIN.problems() == ()
    assert PLAIN.warnings() == ()
    assert PLAIN.folder == "QY-FW-01-1.0"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"code": "../etc"}, "模板编号"),
        ({"code": ""}, "模板编号"),
        ({"code": ".hidden"}, "模板编号"),
        ({"version": "1/2"}, "版本"),
        ({"version": "１"}, "版本"),
        ({"kind": "letter"}, "文种"),
        ({"contract_types": ()}, "合同类型"),
        ({"contract_types": ("服务",)}, "合同类型"),
        ({"approved_by": "法审\n1"}, "无法印出"),
        ({"required_clauses": ("违约\u200b责任",)}, "无法印出"),
    ],
)
def test_a_name_that_could_leave_its_folder_or_mislead_is_refused(
    change: dict[str, object], problem: str
) -> None:
    problems = replace(PLAIN, **change).problems()  # type: ignore[arg-type]
    assert any(problem in each for each in problems)


def test_a_template_without_legal_review_is_registered_as_such() -> None:
    unapproved = replace(PLAIN, approved_by=" ")

    assert [finding.code for finding in unapproved.warnings()] == ["T50"]
    assert "未登记审核" in tomllib.loads(manifest_of(unapproved, "a", {}))["approved_by"]


@given(
    approved_by=st.text(alphabet='"\\法审〔〕= \t#[]', min_size=1),
    value=st.text(alphabet='"\\五10%=#', min_size=1),
)
def test_a_manifest_says_what_was_registered_whatever_the_words(
    approved_by: str, value: str
) -> None:
    registration = replace(PLAIN, approved_by=approved_by, required_clauses=(value,))

    said = tomllib.loads(manifest_of(registration, "00ff", {"terms.accept_days": value}))

    assert said["approved_by"] == (approved_by.strip() or "（未登记审核依据）")
    assert said["required_clauses"] == [value]
    assert said["defaults"] == {"terms.accept_days": value}
    assert said["in_force_from"] == date(2026, 11, 1)
    assert [place["party"] for place in said["seal_places"]] == ["A", "B"]
