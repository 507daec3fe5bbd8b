from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import approvals, deviations, upstream
from archive.db import Register
from archive.deviations import Deviation
from archive.errors import ApprovalRefused, RulesUnfit
from archive.events import chain_of
from archive.instruments import Instrument
from archive.routes import ApprovalRules, UpstreamApproval
from archive.rulesets import packaged

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)
STANDARD, REVISED = "a" * 64, "b" * 64
SOURCE = "办公审批系统"
STEPS = ("draft", "check", "legal", "review", "head", "lead", "general")


@pytest.fixture
def rules(tmp_path: Path) -> ApprovalRules:
    path = tmp_path / "approvals.toml"
    content = packaged("approvals").read_text("utf-8")
    path.write_text(content.replace("trusted = []", f'trusted = ["{SOURCE}"]'), "utf-8")
    return ApprovalRules.load(path)


def a_deviation(order_no: str, *, seq: int = 1, terms: str = REVISED) -> Deviation:
    return Deviation(
        order_no=order_no,
        seq=seq,
        brought_at=AT,
        brought_by="沈律",
        reason="客户要求",
        summary="1 条改动",
        source_name="改.docx",
        source_sha256="c" * 64,
        docx_sha256="d" * 64,
        standard_digest=STANDARD,
        terms_digest=terms,
    )


def given(steps: tuple[str, ...], digest: str | None) -> list[UpstreamApproval]:
    return [
        UpstreamApproval(
            step,
            f"人员{step}",
            "岗位",
            AT - timedelta(days=2) + timedelta(hours=place),
            "同意",
            SOURCE,
            terms_digest=digest,
        )
        for place, step in enumerate(steps)
    ]


def enter(session: Session, paper: Instrument) -> Instrument:
    session.add(paper)
    session.flush()
    return paper


def decide(
    session: Session, paper: Instrument, rules: ApprovalRules, decisions: list[UpstreamApproval]
) -> tuple[str, ...]:
    upstream.record_upstream(session, paper, decisions, rules, terms_digest=REVISED, at=AT)
    return approvals.outstanding(session, paper, rules, REVISED)


@pytest.mark.requirement_part("F-104", "P-304")
def test_only_decisions_that_name_the_revised_text_count_on_it(
    register: Register, an_instrument: Callable[..., Instrument], rules: ApprovalRules
) -> None:
    with register.write.begin() as session:
        paper = enter(session, an_instrument(order_no="X1", terms_digest=None))
        deviations.bring_in(session, a_deviation(paper.order_no))
        usual = ("draft", "check", "legal", "head", "lead")
        for stray in (None, STANDARD):
            missing = decide(session, paper, rules, given(usual, stray))
            assert len(missing) == len(STEPS)
        assert decide(session, paper, rules, given(STEPS[:4], REVISED)) == (
            "业务部门负责人",
            "分管领导",
            "总经理",
        )
        assert decide(session, paper, rules, given(STEPS, REVISED)) == ()


def test_the_standard_text_takes_the_usual_route_and_no_decision_on_another(
    register: Register, an_instrument: Callable[..., Instrument], rules: ApprovalRules
) -> None:
    usual = ("draft", "check", "legal", "head", "lead")
    with register.write.begin() as session:
        paper = enter(session, an_instrument(order_no="X2", terms_digest=None))
        assert len(decide(session, paper, rules, given(usual, STANDARD))) == len(usual)
        assert decide(session, paper, rules, given(usual, None)) == ()


def test_nobody_holds_two_of_the_longer_route(
    register: Register, an_instrument: Callable[..., Instrument], rules: ApprovalRules
) -> None:
    with register.write.begin() as session:
        paper = enter(session, an_instrument(order_no="X3", terms_digest=None))
        deviations.bring_in(session, a_deviation(paper.order_no))
        decisions = given(STEPS, REVISED)
        decisions[3] = UpstreamApproval(
            "review", decisions[2].person, "岗位", decisions[3].at, "同意", SOURCE,
            terms_digest=REVISED,
        )  # fmt: skip
        with pytest.raises(ApprovalRefused, match="须由不同的人"):
            decide(session, paper, rules, decisions)


def test_one_revision_is_in_force_and_none_is_lost(register: Register) -> None:
    with register.write.begin() as session:
        first = deviations.bring_in(session, a_deviation("X4"))
        assert deviations.next_seq(session, "X4") == 2
        second = deviations.bring_in(session, a_deviation("X4", seq=2, terms="e" * 64))
        assert deviations.in_force(session, "X4") is second
        assert first.end_reason == "由第 2 稿取代"
        deviations.withdraw(session, second, by="沈律", reason="改回", at=AT)
        assert deviations.in_force(session, "X4") is None
        assert deviations.is_deviating(session, "X4", REVISED)
        assert not deviations.is_deviating(session, "X4", STANDARD)
        assert not deviations.is_deviating(session, "X4", None)
        assert [row.seq for row in deviations.history(session, "X4")] == [1, 2]
        assert [event.action for event in chain_of(session, "X4")] == [
            "contract:revised",
            "contract:revised",
            "contract:revision-withdrawn",
        ]


def test_the_register_lets_no_revision_be_changed_or_deleted(register: Register) -> None:
    with register.write.begin() as session:
        row = deviations.bring_in(session, a_deviation("X5"))
        deviations.withdraw(session, row, by="沈律", reason="改回", at=AT)
    for act in (
        update(Deviation).values(reason="别的"),
        update(Deviation).values(ended_at=None),
        text("DELETE FROM deviations"),
    ):
        with pytest.raises(IntegrityError), register.write.begin() as session:
            session.execute(act)


def test_rules_without_the_longer_route_or_with_a_shorter_one_are_told(tmp_path: Path) -> None:
    content = packaged("approvals").read_text("utf-8")
    path = tmp_path / "approvals.toml"
    begin, end = content.index("[routes.contract.deviating]"), content.index("[routes.acceptance]")
    path.write_text(content[:begin] + content[end:], "utf-8")
    rules = ApprovalRules.load(path)
    assert rules.route("contract").steps
    with pytest.raises(ApprovalRefused, match=r"routes\.contract\.deviating"):
        rules.route("contract", deviating=True)
    shorter = 'steps = ["draft", "general"]\napart = [["draft", "general"]]\n\n'
    path.write_text(
        f"{content[:begin]}[routes.contract.deviating]\n{shorter}{content[end:]}", "utf-8"
    )
    with pytest.raises(RulesUnfit, match="不能少于通常流程"):
        ApprovalRules.load(path)
