from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import events
from archive.db import Register
from archive.errors import EventConflict, EventDamaged
from archive.events import Event

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
WORDS = st.text(alphabet="合同AB·1 \U00020164", min_size=1, max_size=4).filter(str.strip)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
ACTS = st.fixed_dictionaries(
    {
        "at": st.datetimes(
            min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
            max_value=datetime(2099, 1, 1),  # noqa: DTZ001 - the same
            timezones=st.just(UTC),
        ),
        "actor": WORDS,
        "action": WORDS,
        "subject": WORDS,
        "details": st.dictionaries(WORDS, JSON, max_size=3),
    }
)


def a_chain(acts: list[dict[str, Any]], chain: str = "XSDD-1") -> list[Event]:
    made: list[Event] = []
    for act in acts:
        made.append(events.prepare(made[-1] if made else None, chain=chain, **act))
    return made


def append(session: Session, chain: str = "XSDD-1", **changed: Any) -> Event:
    act = {
        "at": AT,
        "actor": "guidang",
        "action": "contract:received",
        "subject": "c" * 64,
        "details": {},
    }
    return events.append(session, chain=chain, **(act | changed))


@given(st.lists(ACTS, max_size=6))
def test_a_chain_as_it_was_written_has_no_problem(acts: list[dict[str, Any]]) -> None:
    assert events.verify_chain(a_chain(acts)) == []


@given(st.lists(ACTS, min_size=1, max_size=6), st.data())
def test_any_change_of_any_field_is_found(acts: list[dict[str, Any]], data: st.DataObject) -> None:
    chain = a_chain(acts)
    event = data.draw(st.sampled_from(chain))
    name = data.draw(
        st.sampled_from(
            ["chain", "seq", "at", "actor", "action", "subject", "details", "previous", "hash"]
        )
    )
    old = getattr(event, name)
    new: Any
    if isinstance(old, str):
        new = data.draw(st.text(max_size=3))
    elif isinstance(old, int):
        new = data.draw(st.integers(-2, 9))
    elif isinstance(old, dict):
        new = data.draw(st.dictionaries(WORDS, JSON, max_size=3))
    else:
        new = old + timedelta(microseconds=data.draw(st.integers(1, 10**9)))
    if json.dumps(new, default=str, sort_keys=True) == json.dumps(old, default=str, sort_keys=True):
        return
    setattr(event, name, new)
    assert events.verify_chain(chain)


@given(st.lists(ACTS, min_size=2, max_size=6), st.data())
def test_an_event_taken_out_doubled_or_moved_is_found(
    acts: list[dict[str, Any]], data: st.DataObject
) -> None:
    chain = a_chain(acts)
    place = data.draw(st.integers(0, len(chain) - 2))
    other = data.draw(st.integers(place + 1, len(chain) - 1))
    swapped = [*chain]
    swapped[place], swapped[other] = swapped[other], swapped[place]
    for changed in (
        chain[:place] + chain[place + 1 :],
        chain[: place + 1] + chain[place:],
        swapped,
        chain[:place] + a_chain(acts, "XSDD-2")[place : place + 1] + chain[place + 1 :],
    ):
        assert events.verify_chain(changed)


def test_a_rewritten_event_with_a_fitting_hash_breaks_the_next_one() -> None:
    chain = a_chain(
        [
            {"at": AT, "actor": "a", "action": "contract:x", "subject": "s", "details": {"n": n}}
            for n in range(3)
        ]
    )
    chain[1].details = {"n": 99}
    chain[1].hash = events.hash_of(chain[1])
    assert events.verify_chain(chain) == ["XSDD-1 第 3 条（contract:x）：与前一条的摘要不衔接"]


def test_a_forged_chain_whose_hashes_fit_is_found_by_its_numbers() -> None:
    act: dict[str, Any] = {"at": AT, "actor": "a", "action": "x:y", "subject": "s", "details": {}}
    first = events.prepare(None, chain="c", **act)
    third = events.prepare(first, chain="c", **act)
    third.seq = 3
    third.hash = events.hash_of(third)
    assert events.verify_chain([first, third]) == [
        "c 第 2 条（x:y）：序号应为 2，实为 3（缺失、重复或次序颠倒）"
    ]


@given(st.lists(ACTS, min_size=1, max_size=4))
def test_an_event_reads_back_from_json_as_it_was(acts: list[dict[str, Any]]) -> None:
    chain = a_chain(acts)
    said = [json.dumps(events.as_json(event), ensure_ascii=False) for event in chain]
    read = [events.from_json(json.loads(line)) for line in said]
    assert [events.as_json(event) for event in read] == [events.as_json(e) for e in chain]
    assert events.verify_chain(read) == []


@settings(max_examples=40, deadline=None)
@given(acts=st.lists(ACTS, min_size=1, max_size=4))
def test_a_chain_reads_back_from_the_register_unbroken(
    growing_register: Register, acts: list[dict[str, Any]]
) -> None:
    register = growing_register
    with register.write.begin() as session:
        chain = f"XSDD-{len(session.execute(text('SELECT DISTINCT chain FROM events')).all())}"
        for act in acts:
            events.append(session, chain=chain, **act)
    with register.read.begin() as session:
        read = events.chain_of(session, chain)
        assert [event.seq for event in read] == list(range(1, len(acts) + 1))
        assert events.verify_chain(read) == []


@pytest.fixture(scope="module")
def growing_register(
    empty_register: Callable[[], AbstractContextManager[Register]],
) -> Iterator[Register]:
    with empty_register() as register:
        yield register


def test_the_moment_is_the_same_moment_in_every_zone() -> None:
    act = {"actor": "a", "action": "x:y", "subject": "s", "details": {}}
    here = events.prepare(None, chain="c", at=AT, **act)
    there = AT.astimezone(timezone(timedelta(hours=8)))
    assert events.prepare(None, chain="c", at=there, **act).hash == here.hash


@pytest.mark.parametrize(
    "details",
    [
        {"amount": float("nan")},
        {"amount": float("inf")},
        {"at": AT},
        {1: "one"},
        {"bytes": b"x"},
        {"deep": [{"set": {1}}]},
        {"text": "\ud800"},
    ],
)
def test_what_json_cannot_give_back_is_refused(details: dict[Any, Any]) -> None:
    with pytest.raises(ValueError, match=r"details|surrogates"):
        events.prepare(
            None, chain="c", at=AT, actor="a", action="x:y", subject="s", details=details
        )


def test_a_naive_moment_and_a_nameless_actor_are_refused() -> None:
    act = {"chain": "c", "action": "x:y", "subject": "s", "details": {}}
    with pytest.raises(ValueError, match="naive"):
        events.prepare(None, at=datetime(2026, 1, 1), actor="a", **act)  # noqa: DTZ001
    with pytest.raises(ValueError, match="actor"):
        events.prepare(None, at=AT, actor=" ", **act)


def test_a_prepared_event_is_written_once_however_often(register: Register) -> None:
    with register.write.begin() as session:
        first = append(session)
        prepared = events.prepare(
            first, chain="XSDD-1", at=AT, actor="a", action="record:filed", subject="s", details={}
        )
    for _ in range(2):
        with register.write.begin() as session:
            again = events.from_json(events.as_json(prepared))
            assert events.insert_prepared(session, again).hash == prepared.hash
    with register.read.begin() as session:
        assert len(events.chain_of(session, "XSDD-1")) == 2


def test_another_event_at_the_same_place_is_refused(register: Register) -> None:
    with register.write.begin() as session:
        prepared = events.prepare(
            None, chain="XSDD-1", at=AT, actor="a", action="record:filed", subject="s", details={}
        )
        append(session)
        with pytest.raises(EventConflict, match="another event"):
            events.insert_prepared(session, prepared)


def test_an_event_that_skips_one_is_refused(register: Register) -> None:
    act = {"chain": "XSDD-1", "at": AT, "actor": "a", "action": "x:y", "subject": "s"}
    first = events.prepare(None, **act, details={})
    second = events.prepare(first, **act, details={})
    with register.write.begin() as session, pytest.raises(EventConflict, match="follow"):
        events.insert_prepared(session, second)


def test_an_event_whose_hash_is_not_its_own_is_refused(register: Register) -> None:
    event = events.prepare(
        None, chain="c", at=AT, actor="a", action="x:y", subject="s", details={"amount": "1.00"}
    )
    event.details = {"amount": "9.00"}
    with register.write.begin() as session, pytest.raises(EventDamaged):
        events.insert_prepared(session, event)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": "1"},
        {"seq": True},
        {"at": "2026-03-09"},
        {"at": "2026-03-09T09:30:00"},
        {"at": 5},
        {"details": []},
        {"details": {"x": float("nan")}},
        {"actor": None},
        {"more": 1},
    ],
)
def test_what_is_no_event_is_not_read_as_one(change: dict[str, Any]) -> None:
    event = events.prepare(None, chain="c", at=AT, actor="a", action="x:y", subject="s", details={})
    with pytest.raises(EventDamaged):
        events.from_json(events.as_json(event) | change)


def test_a_line_that_is_no_table_is_not_read_as_an_event() -> None:
    with pytest.raises(EventDamaged):
        events.from_json([1, 2])  # type: ignore[arg-type]


_REPLACING = (
    "INSERT OR REPLACE INTO events"
    " SELECT {}, at, 'x', action, subject, details, previous, {} FROM events WHERE seq = 1"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'someone else'",
        "DELETE FROM events",
        "DELETE FROM events WHERE seq = 2",
        _REPLACING.format("id, chain, seq", "hash"),
        _REPLACING.format("id, chain, seq + 2", "'other'"),
        _REPLACING.format("id + 10, chain, seq + 5", "'other'"),
        _REPLACING.format("id + 10, 'XSDD-9', seq", "hash"),
    ],
)
def test_the_history_can_only_be_continued(register: Register, statement: str) -> None:
    with register.write.begin() as session:
        append(session)
        append(session)
    with pytest.raises(IntegrityError, match=r"never|follows"), register.write.begin() as session:
        session.execute(text(statement))
    with register.read.begin() as session:
        assert len(events.verify_chain(events.chain_of(session, "XSDD-1"))) == 0
