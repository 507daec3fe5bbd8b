from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.errors import RulesUnfit
from archive.routes import ApprovalRules, UpstreamApproval, problems_of
from archive.rulesets import packaged

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
ROUTE = ApprovalRules.load(packaged("approvals")).route("contract")
PEOPLE = {step.code: f"经办人{step.name}" for step in ROUTE.steps}


def decided(**people: str) -> dict[str, UpstreamApproval]:
    """Return agreements of `people` in these duties and of others in the rest."""
    return {
        step: UpstreamApproval(step, person, "负责人", AT - timedelta(hours=1), "同意", "OA")
        for step, person in (PEOPLE | people).items()
    }


def said(**people: str) -> str:
    return "；".join(problems_of(ROUTE, decided(**people), at=AT))


def said_of_check(**changed: Any) -> list[str]:
    agreed = decided()
    return problems_of(ROUTE, agreed | {"check": replace(agreed["check"], **changed)}, at=AT)


def test_five_people_in_five_duties_are_in_order() -> None:
    assert said() == ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("draft", "legal"),
        ("draft", "head"),
        ("draft", "lead"),
        ("legal", "head"),
        ("legal", "lead"),
        ("head", "lead"),
        ("check", "legal"),
        ("check", "head"),
        ("check", "lead"),
    ],
)
@pytest.mark.requirement_part("D-103")
def test_duties_that_must_be_apart_are_not_one_persons(first: str, second: str) -> None:
    names = {step.code: step.name for step in ROUTE.steps}
    expected = f"“{names[first]}”与“{names[second]}”同为 周立群，须由不同的人办理"
    assert said(**{first: "周立群", second: "周立群"}) == expected


@pytest.mark.parametrize("disguise", ["周 立群", "周立群 ", "周立群\u200b", "周\u3000立群"])
def test_a_blank_in_a_name_does_not_make_another_person(disguise: str) -> None:
    assert "须由不同的人办理" in said(draft=disguise, head="周立群")


@pytest.mark.parametrize("dot", "・‧•⋅∙")
def test_a_dot_of_another_kind_does_not_make_another_person(dot: str) -> None:
    assert "须由不同的人办理" in said(draft="阿依努尔·买买提", lead=f"阿依努尔{dot}买买提")


@pytest.mark.parametrize(
    ("field", "word"), [("person", "人员姓名"), ("post", "岗位"), ("opinion", "意见文字")]
)
def test_a_click_without_words_is_no_decision(field: str, word: str) -> None:
    assert said_of_check(**{field: " "}) == [f"“核对”缺少{word}，请补全"]


def test_a_moment_without_its_zone_is_refused() -> None:
    (problem,) = said_of_check(at=datetime(2026, 3, 1))  # noqa: DTZ001
    assert "没有时区" in problem


def test_a_decision_of_tomorrow_is_refused() -> None:
    (problem, *_order) = said_of_check(at=AT + timedelta(days=2))
    assert "晚于现在" in problem


def test_out_of_the_box_no_system_is_trusted() -> None:
    assert ApprovalRules.load(packaged("approvals")).trusted == ()


GOOD = """version = "1"
trusted = []
[[steps]]
code = "draft"
name = "起草"
[[steps]]
code = "head"
name = "负责人"
[routes.contract]
steps = ["draft", "head"]
apart = [["draft", "head"]]
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("trusted = []", "", "trusted：缺少"),
        ("trusted = []", 'trusted = "OA"', "trusted：应为文本列表"),
        ("trusted = []", 'trusted = [" "]', "不是有效文本"),
        ('name = "负责人"', 'name = "起草"', "起草 指两个环节"),
        ('name = "负责人"', 'nam = "负责人"', r"steps\[2\].name：缺少"),
        ('steps = ["draft", "head"]', 'steps = ["head", "draft"]', "须从 draft"),
        ('steps = ["draft", "head"]', 'steps = ["draft", "boss"]', "没有环节 boss"),
        ('[["draft", "head"]]', '[["draft", "boss"]]', "没有环节 boss"),
        ('[["draft", "head"]]', '["draft", "head"]', "apart：'draft' 不是文本列表"),
        ("[routes.contract]", "[routes.contract]\nfast = true", "fast：不认识的键"),
    ],
)
def test_approval_rules_that_cannot_be_meant_are_refused(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = tmp_path / "approvals.toml"
    path.write_text(GOOD, "utf-8")
    assert ApprovalRules.load(path).route("contract").steps[0].name == "起草"
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(RulesUnfit, match=told):
        ApprovalRules.load(path)


def test_the_rules_carry_the_digest_of_their_file(tmp_path: Path) -> None:
    path = tmp_path / "approvals.toml"
    path.write_text(GOOD, "utf-8")
    first = ApprovalRules.load(path)
    path.write_text(GOOD + "# one more word\n", "utf-8")
    assert ApprovalRules.load(path).digest != first.digest
    assert (first.version, len(first.digest)) == ("1", 64)
