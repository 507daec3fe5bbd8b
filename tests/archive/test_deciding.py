"""Who may decide what about a paper, from what stands; and that nobody approves own work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.deciding import Scope, Standing, chosen, open_to, problems_with, unanswered
from archive.directory import Delegation, Directory, User
from archive.errors import ApprovalRefused, DirectoryRefused, RulesUnfit
from archive.lateness import due_steps
from archive.people import person_key
from archive.routes import HERE, ApprovalRules, UpstreamApproval
from archive.routesteps import Route, Step
from archive.rulesets import packaged

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
RULES = ApprovalRules.load(packaged("approvals"))
SCOPE = Scope("contract", "XSDD-1", Decimal("1000.00"), date(2026, 3, 9))
NAMES = ("孙示例", "林晓舟", "许衡", "周立群", "方其远", "顾会签", "卫总样", "钱守印")
STEPS = tuple(step.code for step in RULES.steps)


def user(login: str, name: str, *roles: str) -> User:
    return User(login, name, "业务一部", "负责人", roles)


def people(*users: User, delegations: tuple[Delegation, ...] = ()) -> Directory:
    return Directory({each.login: each for each in users}, delegations)


def agreed(step: str, person: str, at: datetime = AT) -> UpstreamApproval:
    return UpstreamApproval(step, person, "负责人", at, "同意", HERE)


def route(*, amount: str, deviating: bool = False) -> list[str]:
    found = RULES.route("contract", type_code="FW", amount=Decimal(amount), deviating=deviating)
    return [step.code for step in found.steps]


@pytest.mark.requirement_part("F-106")
@pytest.mark.parametrize("deviating", [False, True])
def test_the_amount_brings_in_finance_general_manager_and_chairman(deviating: bool) -> None:  # noqa: FBT001
    usual, large, huge = (
        route(amount=amount, deviating=deviating)
        for amount in ("19999999.99", "20000000.00", "50000000")
    )
    assert {"finance"} <= set(large) - set(usual) <= {"finance", "general"}
    assert set(huge) - set(large) == {"chairman"}
    assert huge[-2:] == ["general", "chairman"]
    assert [step for step in huge if step in usual] == usual


def rules_of(tmp_path: Path, more: str) -> ApprovalRules:
    text = packaged("approvals").read_text("utf-8")
    path = tmp_path / "approvals.toml"
    place = "[routes.contract.deviating]"
    path.write_text(text.replace(place, f"{more}\n{place}"))
    return ApprovalRules.load(path)


def test_a_type_may_bring_in_a_step_of_its_own(tmp_path: Path) -> None:
    insert = '[[routes.contract.insert]]\nstep = "review"\nafter = "legal"\ntypes = ["GC"]\n'
    rules = rules_of(tmp_path, insert)
    usual, longer = (
        [step.code for step in rules.route("contract", type_code=code).steps]
        for code in ("FW", "GC")
    )
    assert longer == [*usual[:3], "review", *usual[3:]]


@pytest.mark.parametrize(
    "insert",
    [
        'step = "nobody"\nafter = "legal"\ntypes = ["GC"]',
        'step = "review"\nafter = "nobody"\ntypes = ["GC"]',
        'step = "review"\nafter = "legal"',
        'step = "legal"\nafter = "draft"\ntypes = ["GC"]',
        'step = "review"\nafter = "legal"\ntypes = ["GC"]\namount_form = "1"',
    ],
)
def test_an_insertion_that_says_nothing_sound_is_refused(tmp_path: Path, insert: str) -> None:
    with pytest.raises(RulesUnfit):
        rules_of(tmp_path, f"[[routes.contract.insert]]\n{insert}\n")


def test_two_steps_side_by_side_wait_for_each_other_only_at_the_end() -> None:
    found = RULES.route("contract", amount=Decimal(30000000))
    early = {"draft": agreed("draft", "孙示例"), "check": agreed("check", "林晓舟")}
    assert [step.code for step in Standing(found, early).open] == ["legal", "finance"]
    one = early | {"finance": agreed("finance", "顾会签")}
    assert [step.code for step in Standing(found, one).open] == ["legal"]
    both = one | {"legal": agreed("legal", "许衡", AT - timedelta(hours=1))}
    assert [step.code for step in Standing(found, both).open] == ["head"]
    assert problems_with(Standing(found, one), both["legal"], keepers=(), at=AT) == [
        "“法务审核”的时间早于“核对”，次序颠倒，请核对"
    ]


@pytest.mark.requirement_part("P-305", "F-104")
def test_a_step_with_points_wants_each_of_them_answered() -> None:
    legal = RULES.step("法务审核")
    assert legal is not None
    assert legal.points == ("合法性", "合规性", "风险")
    answers = {"合法性": "合法", "合规性": " ", "价格": "好"}
    told = unanswered(legal, answers)
    assert ["合规性" in told[0], "风险" in told[1], "没有“价格”" in told[2]] == [True] * 3
    assert unanswered(legal, dict.fromkeys(legal.points, "无问题")) == []


@pytest.mark.requirement_part("G-102")
def test_the_unknown_and_the_disabled_decide_nothing() -> None:
    gone = replace(user("sun", "孙示例", "起草"), is_enabled=False)
    standing = Standing(RULES.route("contract"), {})
    for login, directory in (("sun", people(gone)), ("sun", people())):
        with pytest.raises(DirectoryRefused):
            chosen(standing, directory, RULES, login, SCOPE, step=None)


def test_one_decides_only_what_is_ones_own_turn() -> None:
    directory = people(user("zhou", "周立群", "业务部门负责人"), user("sun", "孙示例", "起草"))
    standing = Standing(RULES.route("contract"), {})
    step, actor = chosen(standing, directory, RULES, "sun", SCOPE, step=None)
    assert (step.code, actor.name) == ("draft", "孙示例")
    with pytest.raises(ApprovalRefused, match="现在轮到“起草”，周立群"):
        chosen(standing, directory, RULES, "zhou", SCOPE, step=None)
    with pytest.raises(ApprovalRefused, match="没有“盖章”这一环节"):
        chosen(standing, directory, RULES, "sun", SCOPE, step="盖章")
    done = replace(standing, decided={"draft": agreed("draft", "孙示例")})
    with pytest.raises(ApprovalRefused, match="“起草”已由 孙示例 办理"):
        chosen(done, directory, RULES, "sun", SCOPE, step="起草")


@pytest.mark.requirement_part("F-106")
def test_who_stands_in_decides_in_the_post_of_the_other_and_both_count_as_hands() -> None:
    away = Delegation(1, "zhou", "wu", date(2026, 3, 1), date(2026, 3, 31), reason="出差")
    directory = people(
        user("zhou", "周立群", "业务部门负责人"), user("wu", "吴代办", "起草"), delegations=(away,)
    )
    before = ("draft", "孙示例"), ("check", "林晓舟"), ("legal", "许衡")
    standing = Standing(
        RULES.route("contract"), {code: agreed(code, name) for code, name in before}
    )
    ((step, actor),) = open_to(standing, directory, RULES, "wu", SCOPE)
    assert (step.code, actor.people) == ("head", ("吴代办", "周立群"))
    assert actor.capacity == "负责人（代 周立群）"
    late = replace(SCOPE, on=date(2026, 4, 1))
    assert open_to(standing, directory, RULES, "wu", late) == ()
    drafted = standing.decided | {"draft": agreed("draft", "周立群")}
    mine = replace(agreed("head", "吴代办"), principal="周立群")
    (problem,) = problems_with(replace(standing, decided=drafted), mine, keepers=(), at=AT)
    assert "“起草”与“业务部门负责人”同为 周立群" in problem


def test_who_keeps_a_seal_takes_no_part_in_approval() -> None:
    standing = Standing(RULES.route("contract"), {})
    (problem,) = problems_with(standing, agreed("draft", "钱守印"), keepers=["钱 守印"], at=AT)
    assert "印章保管人" in problem


def test_a_step_is_due_some_workdays_after_it_was_opened() -> None:
    def after(day: date, count: int) -> date:
        return day + timedelta(days=count)

    standing = Standing(RULES.route("contract"), {"draft": agreed("draft", "孙示例")})
    (due,) = due_steps(standing, received_at=AT - timedelta(days=9), workday_after=after)
    assert (due.step.code, due.opened_on, due.due_on) == (
        "check",
        date(2026, 3, 9),
        date(2026, 3, 10),
    )
    days = [date(2026, 3, day) for day in (9, 10, 11)]
    assert [due.is_near(day) for day in days] == [False, True, True]
    assert [due.is_late(day) for day in days] == [False, False, True]
    ended = replace(standing, is_ended=True)
    assert due_steps(ended, received_at=AT, workday_after=after) == ()


def random_route(draw: Any) -> Route:
    codes = draw(st.lists(st.sampled_from(STEPS[1:]), unique=True, min_size=1, max_size=6))
    steps = tuple(step for code in ("draft", *codes) if (step := RULES.step(code)))
    together = draw(st.sampled_from([(), (tuple(codes[:2]),), (tuple(codes),)]))
    found = Route(steps, (tuple(step.code for step in steps),), together)
    if draw(st.booleans()):
        found = found.with_step(
            Step("extra", "财务会签"), after=codes[0], beside=draw(st.booleans())
        )
    if draw(st.booleans()):
        found = found.with_signer(Step("signer:u0", "加签"), before=codes[-1])
    return found


@given(data=st.data())
@settings(max_examples=150)
@pytest.mark.requirement_part("F-106", "D-103")
def test_nobody_ever_approves_own_work_and_nothing_is_decided_out_of_turn(data: Any) -> None:
    """Random routes, people who hold several roles, and stand-ins, decide as they may."""
    found = random_route(data.draw)
    roles = st.lists(st.sampled_from([*STEPS, "extra"]), unique=True, min_size=1, max_size=5)
    users = [user(f"u{at}", name, *data.draw(roles)) for at, name in enumerate(NAMES)]
    logins = [each.login for each in users]
    pairs = st.tuples(st.sampled_from(logins), st.sampled_from(logins))
    away = tuple(
        Delegation(no, *pair, date(2026, 3, 1), date(2026, 3, 31), reason="出差")
        for no, pair in enumerate(data.draw(st.lists(pairs, max_size=4)), 1)
        if pair[0] != pair[1]
    )
    directory, keepers = people(*users, delegations=away), (NAMES[-1],)
    standing = Standing(found, {})
    for minute, login in enumerate(data.draw(st.lists(st.sampled_from(logins), max_size=30))):
        turns = open_to(standing, directory, RULES, login, SCOPE)
        if not turns:
            continue
        step, actor = data.draw(st.sampled_from(turns))
        at = AT + timedelta(minutes=minute)
        decision = replace(agreed(step.code, actor.name, at), principal=actor.principal)
        if not problems_with(standing, decision, keepers=keepers, at=at):
            standing = replace(standing, decided={**standing.decided, step.code: decision})
    hands = [person_key(name) for each in standing.decided.values() for name in each.people]
    assert len(hands) == len(set(hands)), "one person has a hand in two steps"
    assert person_key(NAMES[-1]) not in hands, "who keeps the seal decided"
    stages = [[step.code in standing.decided for step in stage] for stage in found.stages]
    complete = [all(stage) for stage in stages]
    for place, stage in enumerate(stages):
        assert not any(stage) or all(complete[:place]), "decided before its turn"
