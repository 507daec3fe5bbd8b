from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import approvals, events, upstream
from archive.approvals import Approval
from archive.db import Register
from archive.errors import ApprovalNeeded, ApprovalRefused
from archive.instruments import Instrument
from archive.routes import ApprovalRules, UpstreamApproval
from archive.rulesets import packaged

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
TERMS = "a" * 64
RULES = replace(ApprovalRules.load(packaged("approvals")), trusted=("办公审批系统",))
PEOPLE = {
    "draft": "何䶮",
    "check": "林晓舟",
    "legal": "㛃文静",
    "head": "周立群",
    "lead": "郑𠅤",
}


def given_by(step: str, person: str | None = None, **changed: object) -> UpstreamApproval:
    order = list(PEOPLE).index(step) if step in PEOPLE else 0
    decision = UpstreamApproval(
        step=step,
        person=person or PEOPLE[step],
        post="负责人",
        at=AT - timedelta(hours=9 - order),
        opinion="条款齐备，同意",
        source="办公审批系统",
    )
    return replace(decision, **changed)  # type: ignore[arg-type]


ALL = tuple(given_by(step) for step in PEOPLE)


@pytest.fixture
def session(register: Register) -> Iterator[Session]:
    with register.write() as session:
        yield session


@pytest.fixture
def contract(session: Session, an_instrument: Callable[..., Instrument]) -> Instrument:
    instrument = an_instrument()
    session.add(instrument)
    session.flush()
    return instrument


def record(
    session: Session,
    instrument: Instrument,
    *decisions: UpstreamApproval,
    rules: ApprovalRules = RULES,
    terms: str = TERMS,
) -> list[Approval]:
    return upstream.record_upstream(
        session, instrument, decisions, rules, terms_digest=terms, at=AT
    )


def refused(session: Session, instrument: Instrument, *decisions: UpstreamApproval) -> str:
    with pytest.raises(ApprovalRefused) as error:
        record(session, instrument, *decisions)
    assert session.scalars(select(Approval)).all() == []
    return str(error.value)


def missing(session: Session, instrument: Instrument, terms: str = TERMS) -> tuple[str, ...]:
    return approvals.outstanding(session, instrument, RULES, terms)


@pytest.mark.requirement_part("F-106", "F-103", "F-104", "F-101", "P-305")
def test_a_contract_needs_five_decisions_in_the_order_of_the_regulation(
    session: Session, contract: Instrument
) -> None:
    steps = ("起草", "核对", "法务审核", "业务部门负责人", "分管领导")
    for done, step in enumerate(PEOPLE):
        assert missing(session, contract) == steps[done:]
        record(session, contract, given_by(step))
    assert missing(session, contract) == ()


def test_all_decisions_may_arrive_at_once_and_in_any_order(
    session: Session, contract: Instrument
) -> None:
    assert [row.step for row in record(session, contract, *reversed(ALL))] == list(PEOPLE)
    assert missing(session, contract) == ()


def test_a_report_needs_its_drafter_and_the_head_of_department(
    session: Session, an_instrument: Callable[..., Instrument]
) -> None:
    report = an_instrument(kind="acceptance", round=1)
    session.add(report)
    session.flush()
    record(session, report, given_by("draft"))
    assert missing(session, report) == ("业务部门负责人",)
    record(session, report, given_by("draft"), given_by("legal"), given_by("head"))
    assert missing(session, report) == ()


def test_registering_again_changes_nothing(session: Session, contract: Instrument) -> None:
    assert len(record(session, contract, *ALL)) == 5
    there = tuple(
        replace(each, at=each.at.astimezone(timezone(timedelta(hours=8)))) for each in ALL
    )
    assert record(session, contract, *there) == []
    assert len(session.scalars(select(Approval)).all()) == 5
    assert len(events.chain_of(session, contract.chain)) == 5


def test_every_decision_is_an_event_of_the_order(session: Session, contract: Instrument) -> None:
    record(session, contract, *ALL)
    chain = events.chain_of(session, contract.chain)
    assert [event.actor for event in chain] == list(PEOPLE.values())
    assert {event.action for event in chain} == {"contract:approved"}
    assert chain[2].details["opinion"] == "条款齐备，同意"
    assert events.verify_chain(chain) == []


def test_steps_are_known_by_their_chinese_names_too(session: Session, contract: Instrument) -> None:
    names = ("业务起草", "接单核对", "法务", "部门负责人", "分管领导")
    record(
        session,
        contract,
        *(replace(each, step=name) for each, name in zip(ALL, names, strict=True)),
    )
    assert missing(session, contract) == ()


def test_decisions_of_a_system_nobody_trusts_do_not_count(
    session: Session, contract: Instrument
) -> None:
    foreign = tuple(replace(each, source="某表格") for each in ALL)
    assert record(session, contract, *foreign) == []
    assert len(missing(session, contract)) == 5
    assert upstream.untrusted_sources(foreign, RULES) == ("某表格",)
    needed = ApprovalNeeded(("起草",), upstream.untrusted_sources(foreign, RULES))
    assert str(needed) == "待审批：起草（某表格给出的意见未计入：不在受信任的审批系统之列）"
    assert needed.missing == ("起草",)


@pytest.mark.parametrize("decision", ["不同意", "修改后同意", "", "退回"])
@pytest.mark.parametrize("source", ["办公审批系统", "某表格"])
def test_anything_but_agreement_stops_whoever_said_it(
    session: Session, contract: Instrument, decision: str, source: str
) -> None:
    said = refused(
        session,
        contract,
        *ALL[:2],
        given_by("legal", decision=decision, opinion="违约金过高", source=source),
        *ALL[3:],
    )
    assert f"㛃文静 的意见为“{decision}”：违约金过高" in said


@pytest.mark.requirement_part("F-104", "F-106")
def test_terms_that_changed_need_every_decision_anew(
    session: Session, contract: Instrument
) -> None:
    record(session, contract, *ALL)
    assert len(missing(session, contract, "e" * 64)) == 5
    with pytest.raises(ApprovalRefused, match="摘要不一致"):
        record(session, contract, *ALL, terms="e" * 64)


def test_a_step_left_out_is_named(session: Session, contract: Instrument) -> None:
    said = refused(session, contract, ALL[0], ALL[3])
    assert "“业务部门负责人”已有意见，其前的“核对”却没有" in said


def test_a_step_decided_before_the_one_ahead_of_it_is_refused(
    session: Session, contract: Instrument
) -> None:
    early = replace(ALL[2], at=ALL[0].at - timedelta(minutes=1))
    assert "“法务审核”的时间早于“核对”" in refused(session, contract, *ALL[:2], early, *ALL[3:])


def test_a_decision_earlier_than_what_is_registered_is_refused(
    session: Session, contract: Instrument
) -> None:
    record(session, contract, *ALL[:2])
    with pytest.raises(ApprovalRefused, match="时间早于“核对”"):
        record(session, contract, replace(ALL[2], at=ALL[0].at))


def test_a_step_nobody_knows_is_refused(session: Session, contract: Instrument) -> None:
    assert "“前台登记”不是审批环节" in refused(session, contract, replace(ALL[0], step="前台登记"))


def test_two_different_decisions_on_one_step_are_refused(
    session: Session, contract: Instrument
) -> None:
    other = replace(ALL[0], step="起草", person="另一人")
    assert "“起草”有两份不同的意见" in refused(session, contract, ALL[0], other)
    assert len(record(session, contract, ALL[0], ALL[0])) == 1


def test_a_registered_decision_is_not_changed(session: Session, contract: Instrument) -> None:
    record(session, contract, ALL[0])
    with pytest.raises(ApprovalRefused, match="“起草”已由 何䶮 办理并登记，意见不能改动"):
        record(session, contract, replace(ALL[0], opinion="改个说法"))


def test_every_problem_is_said_at_once(session: Session, contract: Instrument) -> None:
    with pytest.raises(ApprovalRefused) as error:
        record(session, contract, replace(ALL[0], post=""), replace(ALL[1], opinion=""), ALL[3])
    assert len(error.value.problems) == 3


def test_void_decisions_are_kept_and_do_not_come_back(
    session: Session, contract: Instrument
) -> None:
    record(session, contract, *ALL)
    ended = approvals.void_approvals(session, contract, reason="订单有新版", at=AT)
    assert len(ended) == 5
    assert len(missing(session, contract)) == 5
    assert len(session.scalars(select(Approval)).all()) == 5
    assert events.chain_of(session, contract.chain)[-1].action == "contract:approvals-voided"
    with pytest.raises(ApprovalRefused, match="已作废（订单有新版）"):
        record(session, contract, *ALL)
    assert approvals.void_approvals(session, contract, reason="again", at=AT) == []


def test_voiding_takes_a_reason(session: Session, contract: Instrument) -> None:
    with pytest.raises(ApprovalRefused, match="原因"):
        approvals.void_approvals(session, contract, reason="", at=AT)


def test_drafter_and_last_approver_are_known_by_name(
    session: Session, contract: Instrument
) -> None:
    with pytest.raises(ApprovalNeeded):
        approvals.drafter_of(session, contract, TERMS)
    record(session, contract, *ALL)
    assert approvals.drafter_of(session, contract, TERMS) == "何䶮"
    assert approvals.last_approver_of(session, contract, TERMS) == "郑𠅤"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ALL), max_size=7))
def test_whatever_arrives_only_a_beginning_of_the_route_is_ever_registered(
    fresh_contract: tuple[Session, Instrument], arriving: list[UpstreamApproval]
) -> None:
    session, contract = fresh_contract
    with session.begin_nested() as trial:
        try:
            record(session, contract, *arriving)
        except ApprovalRefused:
            assert {each.step for each in arriving} != set(PEOPLE)
        done = list(approvals.people_of(session, contract, TERMS))
        assert done == list(PEOPLE)[: len(done)]
        trial.rollback()


@pytest.fixture(scope="module")
def fresh_contract(
    empty_register: Callable[[], AbstractContextManager[Register]],
) -> Iterator[tuple[Session, Instrument]]:
    instrument = Instrument(
        kind="contract",
        order_no="X",
        round=0,
        revision=1,
        source_sha256="b" * 64,
        source_name="o.json",
        state="DRAFTED",
        type_code="FW",
        title="t",
        party_a="a",
        party_b="b",
        terms_digest=TERMS,
        received_at=AT,
    )
    with empty_register() as register, register.write() as session:
        session.add(instrument)
        session.flush()
        yield session, instrument


def test_a_kind_without_a_route_is_refused(
    session: Session, an_instrument: Callable[..., Instrument]
) -> None:
    with pytest.raises(ApprovalRefused, match="quote"):
        record(session, an_instrument(kind="quote"), *ALL)
