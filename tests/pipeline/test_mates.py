"""A second process takes papers on while many wait; whatever becomes of it, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.dossiers import Record
from archive.instruments import Instrument, InstrumentState
from pipeline import samples
from pipeline.commands.progress import SilentProgress
from pipeline.failures import Outcome, is_integrity
from pipeline.founding import found
from pipeline.lane import Ended
from pipeline.mates import ArchiveDoubted, Hearers, Mates
from pipeline.reception import Taken, receive
from pipeline.wiring import Workplace
from pipeline.worker import Worker

Heard = list[tuple[str, Ended]]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    monkeypatch.setenv("GUIDANG_INBOX__SETTLE_SECONDS", "0.05")
    monkeypatch.setenv("GUIDANG_PROCESSES", "2")
    opened = Workplace(found(tmp_path / "home", sample=True).home.root)
    yield opened
    opened.close()


def drop(workplace: Workplace, number: int) -> Path:
    path = workplace.home.inbox / f"{number}.json"
    path.write_text(json.dumps(samples.sample_order(number), ensure_ascii=False), "utf-8")
    return path


def received(workplace: Workplace, number: int) -> Instrument:
    path = drop(workplace, number)
    reception = receive(workplace, path, is_final=True)
    assert reception.taken is Taken.ACCEPTED
    path.unlink()
    with workplace.register.read.begin() as session:
        return session.query(Instrument).filter_by(order_no=reception.order_no).one()


def row(workplace: Workplace, instrument: Instrument) -> Instrument:
    with workplace.register.read.begin() as session:
        return session.get_one(Instrument, instrument.id)


def asked(
    workplace: Workplace,
    instrument: Instrument,
    stepped: Callable[[str, Mates], None] = lambda _step, _mates: None,
    *,
    silence: float = 300.0,
) -> Ended:
    """Return what is told of `instrument` when a mate was asked to take it on."""
    heard: list[Ended] = []
    hearers = Hearers(
        lambda step, _paper: stepped(step, mates), lambda _paper, ended: heard.append(ended)
    )
    mates = Mates(workplace, hearers, silence=silence)
    try:
        assert mates.call().ready.wait(120)
        mates.take(instrument).result(300)
    finally:
        mates.close()
    (ended,) = heard
    assert not mates.in_hand
    return ended


def saying(line: str, path: Path) -> str:
    """Return a program at `path` that takes a paper, says `line` and waits for its end."""
    path.write_text(
        f"""#!{sys.executable}
import sys
source = sys.stdin.buffer
source.read(int.from_bytes(source.read(8), "big"))
print('{{"ready": true}}', flush=True)
source.readline()
print({line!r}, flush=True)
source.read()
"""
    )
    path.chmod(0o755)
    return str(path)


def test_a_mate_takes_a_paper_all_the_way_and_tells_every_step(workplace: Workplace) -> None:
    paper, steps = received(workplace, 1), []
    ended = asked(workplace, paper, lambda step, _mates: steps.append(step))
    assert isinstance(ended.record, Record)
    assert ended.record.title
    assert row(workplace, paper).state is InstrumentState.FILED
    expected = ["draw_up", "approve_and_number", "finish", "seal-kept", "seal"]
    assert steps == [*expected, "reserve", "put", "registered", "shelve"]


def test_a_mate_refuses_and_waits_as_the_worker_does(workplace: Workplace) -> None:
    paper = received(workplace, 1)
    for source in (workplace.home.work / "received").iterdir():
        source.unlink()
    ended = asked(workplace, paper)
    assert (ended.outcome, ended.error) == (Outcome.PARK, None)
    assert str(row(workplace, paper).reason).startswith("搁置")


def test_a_mate_goes_by_the_rules_of_the_worker_whatever_lies_in_the_files_by_now(
    workplace: Workplace,
) -> None:
    paper, rules = received(workplace, 1), dict(workplace.rules)
    for path in workplace.home.rules.glob("*.toml"):
        path.write_text("broken", "utf-8")
    ended = asked(workplace, paper)
    assert ended.record is not None
    filed = ended.record.description["rules"]
    assert filed["checks"] == rules["checks"].digest


@pytest.mark.parametrize("step", ["approve_and_number", "seal-kept", "put"])
def test_a_killed_mate_loses_and_doubles_nothing(workplace: Workplace, step: str) -> None:
    paper = received(workplace, 1)

    def kill(reached: str, mates: Mates) -> None:
        if reached == step:
            os.kill(mates.process_ids[0], signal.SIGKILL)

    ended = asked(workplace, paper, kill)
    assert ended.outcome is Outcome.RETRY
    assert row(workplace, paper).attempts == 1
    assert Worker(workplace, SilentProgress()).run(until_idle=True).filed == 1
    filed = row(workplace, paper)
    assert (filed.state, str(filed.number)[-4:]) == (InstrumentState.FILED, "0001")
    assert len(list(workplace.store.objects())) == 1


def test_a_mate_that_says_nothing_for_too_long_is_ended(workplace: Workplace) -> None:
    paper = received(workplace, 1)

    def stop(reached: str, mates: Mates) -> None:
        if reached == "draw_up":
            os.kill(mates.process_ids[0], signal.SIGSTOP)

    assert asked(workplace, paper, stop, silence=1.0).outcome is Outcome.RETRY
    assert row(workplace, paper).state is not InstrumentState.FILED


@pytest.mark.parametrize(
    "lie",
    [
        '{"instrument": 1, "filed": 1}',
        '{"instrument": 77, "filed": 1}',
        '{"instrument": 1, "stopped": "nonsense", "reason": ""}',
        '{"instrument": 1}',
        "[]",
        "no JSON",
    ],
)
def test_what_a_mate_says_is_never_taken_for_what_is(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    paper = received(workplace, 1)
    monkeypatch.setattr(sys, "executable", saying(lie, tmp_path / "liar"))
    assert asked(workplace, paper).outcome is Outcome.RETRY
    assert row(workplace, paper).state is InstrumentState.RECEIVED


def test_what_puts_the_archive_in_doubt_at_a_mate_stops_all_work_as_such(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = received(workplace, 1)
    told = '{"instrument": 1, "stopped": "stop", "reason": "digest", "doubt": true}'
    monkeypatch.setattr(sys, "executable", saying(told, tmp_path / "crier"))
    error = asked(workplace, paper).error
    assert isinstance(error, ArchiveDoubted)
    assert is_integrity(error)


def test_under_a_burst_both_work_and_number_without_a_gap(workplace: Workplace) -> None:
    for number in range(1, 31):
        drop(workplace, number)
    worker = Worker(workplace, SilentProgress())
    called: list[int] = []
    call = worker._mates.call

    def noted() -> object:
        mate = call()
        called.append(mate.process_id)
        return mate

    worker._mates.call = noted  # type: ignore[method-assign,assignment]
    assert worker.run(until_idle=True).filed == 30
    assert len(called) == 1
    with workplace.register.read.begin() as session:
        numbers = sorted(str(paper.number)[-4:] for paper in session.query(Instrument))
    assert numbers == [f"{number:04d}" for number in range(1, 31)]
    with pytest.raises(ProcessLookupError):
        os.kill(called[0], 0)
