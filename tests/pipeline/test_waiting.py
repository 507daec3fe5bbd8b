"""From its number to its filing, one paper of a contract is on its way at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select

from archive.db import Register, open_register
from archive.instruments import Instrument, InstrumentState
from archive.upgrading import upgrade
from pipeline.failures import ContractNeeded, Overtaken
from pipeline.settling import wait_for
from pipeline.waiting import (
    assert_nothing_between,
    release_overtaking,
    release_waiting,
    states_of,
)
from pipeline.wiring import Workplace

AT = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = open_register(tmp_path / "guidang.db")
    upgrade(opened)
    yield opened
    opened.engine.dispose()


def a_paper(kind: str, turn: int, state: InstrumentState, reason: str | None = None) -> Instrument:
    return Instrument(
        kind=kind,
        order_no="XSDD-1",
        round=turn,
        revision=1,
        source_sha256=hashlib.sha256(f"{kind}{turn}".encode()).hexdigest(),
        source_name="a.json",
        state=state,
        reason=reason,
        attempts=0,
        type_code="FW",
        title="",
        party_a="",
        party_b="",
        number=f"{kind}-{turn}",
        received_at=AT,
    )


def basis(*digests: str) -> Any:
    return SimpleNamespace(basis=frozenset(digests))


@pytest.mark.parametrize("state", [InstrumentState.NUMBERED, InstrumentState.SEALED])
def test_no_paper_is_numbered_beside_another_of_its_contract(
    register: Register, state: InstrumentState
) -> None:
    with register.write.begin() as session:
        end = a_paper("termination", 0, InstrumentState.DRAFTED)
        session.add_all([end, a_paper("change", 1, state)])
        session.flush()
        with pytest.raises(ContractNeeded, match="同一合同的 change-1"):
            assert_nothing_between(session, end, basis())


def test_a_paper_drawn_up_before_more_was_filed_is_drawn_up_again(register: Register) -> None:
    with register.write.begin() as session:
        end = a_paper("termination", 0, InstrumentState.DRAFTED)
        session.add_all([end, a_paper("change", 1, InstrumentState.DRAFTED)])
        session.flush()
        assert_nothing_between(session, end, basis())
        with pytest.raises(Overtaken):
            assert_nothing_between(session, end, basis("what is no more on the shelf"))


def test_waiting_papers_are_let_go_by_what_they_wait_for(register: Register) -> None:
    with register.write.begin() as session:
        papers = {
            "filing": a_paper("change", 2, InstrumentState.RECEIVED, "待归档：第 1 号变更协议"),
            "moving": a_paper("acceptance", 1, InstrumentState.DRAFTED, "待归档：变更协议正在办理"),
            "people": a_paper("authority", 1, InstrumentState.DRAFTED, "待审批：法务审核"),
            "parked": a_paper("nda", 1, InstrumentState.NUMBERED, "搁置：没有印章"),
        }
        session.add_all(papers.values())
        session.flush()
        before = states_of(session, "XSDD-1", but=papers["people"].id)
        release_overtaking(session, "XSDD-1")
        session.expire_all()
        assert [name for name, each in papers.items() if each.reason is None] == ["moving"]
        release_waiting(session, "XSDD-1")
        session.expire_all()
        free = [name for name, each in papers.items() if each.reason is None]
        assert free == ["filing", "moving"]
        assert states_of(session, "XSDD-1", but=papers["people"].id) != before


def test_papers_that_wait_for_the_same_one_do_not_wake_each_other(
    register: Register,
) -> None:
    behind = "待归档：第 1 号变更协议正在办理"
    at_desk = SimpleNamespace(register=register, clock=lambda: AT)
    with register.write.begin() as session:
        moving = a_paper("change", 1, InstrumentState.RECEIVED)
        others = [a_paper("acceptance", turn, InstrumentState.RECEIVED) for turn in (1, 2)]
        session.add_all([moving, *others])
        session.flush()
        session.expunge_all()

    def settled(paper: Instrument, reason: str) -> list[str | None]:
        with register.read.begin() as session:
            before = states_of(session, paper.order_no, but=paper.id)
        wait_for(cast("Workplace", at_desk), paper, reason, before=before)
        with register.read.begin() as session:
            return list(session.scalars(select(Instrument.reason).order_by(Instrument.id)))

    assert settled(others[0], behind) == [None, behind, None]
    assert settled(others[1], behind) == [None, behind, behind]
    assert settled(moving, "待审批：法务审核") == ["待审批：法务审核", None, None]
