from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import numbering
from archive.days import business_day
from archive.db import Register
from archive.errors import NumberDoubled, NumberRefused
from archive.numbergaps import Gap, gaps
from archive.numbering import Counter, Number, NumberingRules
from archive.rulesets import packaged

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
RULES = NumberingRules.load(packaged("numbering"))
FW = {"company": "GD", "type": "FW"}


def take(session: Session, holder: str = "contract:A:0:r1", **changed: Any) -> Number:
    asked: dict[str, Any] = {"year": 2026, "at": AT, "parts": FW, "series": "contract"} | changed
    return numbering.take(session, RULES[asked.pop("series")], holder=holder, **asked)


def test_contracts_are_numbered_by_company_type_and_year(register: Register) -> None:
    with register.write.begin() as session:
        texts = [
            take(session, "a").text,
            take(session, "b").text,
            take(session, "c", parts={"company": "GD", "type": "XS"}).text,
            take(session, "d", year=2027).text,
            take(session, "e").text,
        ]
    assert texts == [
        "GD-HT-2026-FW-0001",
        "GD-HT-2026-FW-0002",
        "GD-HT-2026-XS-0001",
        "GD-HT-2027-FW-0001",
        "GD-HT-2026-FW-0003",
    ]


def test_the_series_of_a_number_is_its_rendered_scope(register: Register) -> None:
    with register.write.begin() as session:
        assert take(session).series == "contract:GD:FW"
        assert take(session, series="seal_use", parts={}).series == "seal_use"


def test_the_other_books_have_numbers_of_their_own(register: Register) -> None:
    with register.write.begin() as session:
        assert take(session, series="seal_use", parts={}).text == "YY-2026-000001"
        assert take(session, series="approval", parts={}).text == "SP-2026-000001"


def test_a_report_is_numbered_below_its_contract_and_round(register: Register) -> None:
    def report(holder: str, round_: int, year: int = 2026) -> str:
        parts = {"parent": "GD-HT-2026-FW-0001", "round": str(round_)}
        return take(session, holder, series="acceptance", parts=parts, year=year).text

    with register.write.begin() as session:
        assert report("r1", 1) == "GD-HT-2026-FW-0001-Y01"
        assert report("r2", 2, 2027) == "GD-HT-2026-FW-0001-Y01-R2"
        numbering.void_number(session, "GD-HT-2026-FW-0001-Y01", reason="内容有误", at=AT)
        assert report("r1, new revision", 1, 2027) == "GD-HT-2026-FW-0001-Y02"
        assert gaps(session) == []


def test_the_same_holder_has_the_same_number(register: Register) -> None:
    with register.write.begin() as session:
        first = take(session)
    with register.write.begin() as session:
        assert take(session).text == first.text
        assert take(session, year=2027).text == first.text, "not even after New Year"
        assert session.scalars(select(Counter.last)).all() == [1]


def test_the_year_of_a_number_is_the_year_where_the_firm_works(register: Register) -> None:
    before = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    after = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    with register.write.begin() as session:
        old = take(session, "old", year=business_day(before).year, at=before)
        new = take(session, "new", year=business_day(after).year, at=after)
    assert (old.text, new.text) == ("GD-HT-2026-FW-0001", "GD-HT-2027-FW-0001")


def test_a_number_too_long_for_its_places_widens(register: Register) -> None:
    with register.write.begin() as session:
        session.add(Counter(series="contract:GD:FW", year=2026, last=9998))
        assert [take(session, holder).text for holder in "ab"] == [
            "GD-HT-2026-FW-9999",
            "GD-HT-2026-FW-10000",
        ]


def test_a_void_number_stays_in_the_ledger_and_is_nobodys(register: Register) -> None:
    with register.write.begin() as session:
        text_ = take(session).text
        numbering.void_number(session, text_, reason="订单有新版", at=AT)
        numbering.void_number(session, text_, reason="again", at=AT)
        with pytest.raises(NumberRefused, match="已作废（订单有新版）"):
            take(session)
        assert take(session, "contract:A:0:r2").text == "GD-HT-2026-FW-0002"
        assert gaps(session) == []


def test_voiding_takes_a_number_and_a_reason(register: Register) -> None:
    with register.write.begin() as session:
        text_ = take(session).text
        with pytest.raises(NumberRefused, match="原因"):
            numbering.void_number(session, text_, reason=" ", at=AT)
        with pytest.raises(NumberRefused, match="没有编号"):
            numbering.void_number(session, "GD-HT-2026-FW-0009", reason="x", at=AT)


def test_a_hole_in_the_middle_of_a_series_is_found(register: Register) -> None:
    with register.write.begin() as session:
        session.add(Counter(series="item:D", year=0, last=3))
        for value in (1, 3):
            session.add(
                Number(
                    series="item:D",
                    year=0,
                    value=value,
                    text=f"D-{value:03}",
                    holder=f"{value}",
                    taken_at=AT,
                )
            )
    with register.read.begin() as session:
        assert [(gap.series, gap.value) for gap in gaps(session)] == [("item:D", 2)]


_REPLACING = (
    "INSERT OR REPLACE INTO numbers"
    " SELECT {}, series, year, value, {}, {}, taken_at, NULL, NULL FROM numbers"
)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM numbers",
        "UPDATE numbers SET text = 'X'",
        "UPDATE numbers SET holder = 'someone else'",
        "UPDATE numbers SET voided_at = NULL, void_reason = NULL WHERE value = 2",
        "UPDATE numbers SET void_reason = 'nicer' WHERE value = 2",
        _REPLACING.format("id + 9", "text", "'x'"),
        _REPLACING.format("id", "'X'", "'x'"),
        _REPLACING.format("id + 9", "'X'", "holder"),
        "UPDATE counters SET last = 0",
        "DELETE FROM counters",
    ],
)
def test_the_ledger_can_only_grow(register: Register, statement: str) -> None:
    with register.write.begin() as session:
        take(session, "a")
        numbering.void_number(session, take(session, "b").text, reason="有误", at=AT)
    with (
        pytest.raises(IntegrityError, match=r"once|never|only grow"),
        register.write.begin() as session,
    ):
        session.execute(text(statement))


def test_a_counter_that_fell_behind_its_ledger_gives_no_number_twice(register: Register) -> None:
    with register.write.begin() as session:
        session.add(
            Number(
                series="contract:GD:FW",
                year=2026,
                value=1,
                text="GD-HT-2026-FW-0001",
                holder="restored",
                taken_at=AT,
            )
        )
        with pytest.raises(NumberDoubled, match="restored"):
            take(session, "other")


def test_the_gap_report_names_every_hole_and_every_stray(register: Register) -> None:
    with register.write.begin() as session:
        for holder in "abc":
            take(session, holder)
        assert gaps(session) == []
    with register.write.begin() as session:
        session.execute(text("UPDATE counters SET last = 5"))
        session.add(Number(series="item:D", year=0, value=7, text="D-007", holder="x", taken_at=AT))
    with register.read.begin() as session:
        assert gaps(session) == [
            Gap("contract:GD:FW", 2026, 4, "缺号：台账中没有此号"),
            Gap("contract:GD:FW", 2026, 5, "缺号：台账中没有此号"),
            Gap("item:D", 0, 7, "超号：此号不在计数器范围内"),
        ]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a b",
        "a/b",
        "a\\b",
        "a:b",
        "a*",
        "a?",
        'a"',
        "a<b",
        "a|b",
        "ＧＤ",
        "a\u200bb",
        "a\nb",
        "\u3000",
        "①",
        "a{b",
    ],
)
def test_what_no_file_name_bears_stands_in_no_number(register: Register, bad: str) -> None:
    with register.write.begin() as session, pytest.raises(NumberRefused):
        take(session, parts={"company": bad, "type": "FW"})
    with register.read.begin() as session:
        assert session.scalars(select(Counter)).all() == []


def test_a_part_that_is_missing_is_said(register: Register) -> None:
    with register.write.begin() as session, pytest.raises(NumberRefused, match="type"):
        take(session, parts={"company": "GD"})


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "roll back", "void"]),
        st.integers(0, 9),
        st.sampled_from(["FW", "XS"]),
        st.sampled_from([2026, 2027]),
    ),
    max_size=30,
)


@settings(max_examples=25, deadline=None)
@given(acts=ACTS)
def test_no_order_of_acts_leaves_a_gap_or_a_double(
    empty_register: Callable[[], AbstractContextManager[Register]],
    acts: list[tuple[str, int, str, int]],
) -> None:
    with empty_register() as register:
        for act, holder, type_, year in acts:
            parts = {"company": "GD", "type": type_}
            with register.write() as session, session.begin():
                try:
                    number = take(session, f"holder {holder}", year=year, parts=parts)
                except NumberRefused:
                    continue
                if act == "roll back":
                    session.rollback()
                elif act == "void":
                    numbering.void_number(session, number.text, reason="有误", at=AT)
        with register.read.begin() as session:
            assert gaps(session) == []
            numbers = session.scalars(select(Number)).all()
    assert len({number.text for number in numbers}) == len(numbers)
    values = Tally((number.series, number.year) for number in numbers)
    assert all(
        {n.value for n in numbers if (n.series, n.year) == key} == set(range(1, count + 1))
        for key, count in values.items()
    )
