"""Whoever comes in numbers keeps nobody waiting who came before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.instruments import Instrument, InstrumentState
from pipeline.commands.progress import SilentProgress
from pipeline.founding import found
from pipeline.wiring import Workplace
from pipeline.worker import Worker

AT = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    opened = Workplace(found(tmp_path / "home", sample=True).home.root)
    yield opened
    opened.close()


def a_paper(number: int, state: InstrumentState) -> Instrument:
    return Instrument(
        kind="contract",
        order_no=f"XSDD-{number}",
        round=0,
        revision=1,
        source_sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        source_name="a.json",
        state=state,
        attempts=0,
        type_code="FW",
        title="",
        party_a="",
        party_b="",
        received_at=AT,
    )


def test_an_approved_paper_goes_before_a_thousand_new_ones(
    workplace: Workplace, clock: HandClock
) -> None:
    with workplace.register.write.begin() as session:
        session.add_all(a_paper(number, InstrumentState.RECEIVED) for number in range(1_000))
        session.add(a_paper(1_000, InstrumentState.NUMBERED))
    worker = Worker(workplace, SilentProgress(), monotonic=clock)
    assert [one.order_no for one in worker._runnable(1)] == ["XSDD-1000"]


def test_many_files_are_taken_in_turns(workplace: Workplace, clock: HandClock) -> None:
    for number in range(25):
        (workplace.home.inbox / f"{number}.json").write_text('{"schema": "none"}')
    worker = Worker(workplace, SilentProgress(), monotonic=clock)
    assert not worker._look_into_inbox()
    clock.now += 2
    left = []
    while worker._look_into_inbox():
        left.append(len(list(workplace.home.inbox.glob("*.json"))))
    assert left == [15, 5, 0]
