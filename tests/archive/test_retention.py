from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.events import Event, prepare
from archive.retention import (
    DATED,
    EXTENDED,
    OF_CONTRACTS,
    Known,
    Term,
    Trigger,
    end_of,
    longer,
    term_of,
    years_of,
)

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
DAYS = st.dates(date(2000, 1, 1), date(2200, 12, 31))
PERIODS = st.sampled_from(["Y", "D10", "D20", "D30", "D40", "D99"])
RULE = "合同权利义务终止、结清、质保期满、争议终结取最晚者之次年"


def dated(trigger: Trigger, on: str | None, known: Known = Known.DAY) -> tuple[str, dict[str, Any]]:
    evidence = {"name": "说明.txt", "path": "custody/x.txt", "sha256": "a" * 64}
    return DATED, {
        "trigger": trigger.value,
        "known": known.value,
        "on": on,
        "reason": "",
        "evidence": evidence,
    }


def extended(period: str | None = None, until: str | None = None) -> tuple[str, dict[str, Any]]:
    return EXTENDED, {"period": period, "until": until, "reason": "仍有价值", "list": None}


def history(*acts: tuple[str, dict[str, Any]]) -> list[Event]:
    told: list[Event] = []
    for action, details in acts:
        told.append(
            prepare(
                told[-1] if told else None,
                chain="XSDD-1",
                at=AT,
                actor="档小安",
                action=action,
                subject="Q001",
                details=details,
            )
        )
    return told


def the_four(**changed: tuple[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return the example: performed 2027-03-31, paid 2027-05-10, warranty to 2028-03-31."""
    said = {
        "ended": dated(Trigger.ENDED, "2027-03-31"),
        "settled": dated(Trigger.SETTLED, "2027-05-10"),
        "warranty": dated(Trigger.WARRANTY, "2028-03-31"),
        "dispute": dated(Trigger.DISPUTE, None, Known.NONE),
    } | changed
    return list(said.values())


def told(period: str, *acts: tuple[str, dict[str, Any]], items: Any = ()) -> Term:
    return term_of(period, RULE, history(*acts), items)


@pytest.mark.parametrize(
    ("period", "ends"), [("D30", date(2058, 12, 31)), ("D10", date(2038, 12, 31)), ("Y", None)]
)
def test_the_period_runs_from_the_year_after_the_last_of_the_four(
    period: str, ends: date | None
) -> None:
    term = told(period, *the_four())
    assert (term.starts_on, term.expires_on, term.missing) == (date(2029, 1, 1), ends, ())


@pytest.mark.parametrize("unknown", OF_CONTRACTS)
def test_while_one_of_the_four_is_unknown_the_period_has_not_started(unknown: Trigger) -> None:
    acts = [act for act in the_four() if act[1]["trigger"] != unknown.value]
    term = told("D10", *acts)
    assert (term.starts_on, term.expires_on, term.missing) == (None, None, (unknown,))
    assert not term.is_over(date(9999, 12, 31))


def test_that_there_is_no_dispute_must_be_stated_and_a_new_one_stops_the_clock() -> None:
    acts = the_four()
    assert told("D10", *acts).starts_on == date(2029, 1, 1)
    acts.append(dated(Trigger.DISPUTE, None, Known.OPEN))
    assert told("D10", *acts).starts_on is None
    acts.append(dated(Trigger.DISPUTE, "2031-02-03"))
    assert told("D10", *acts).expires_on == date(2041, 12, 31)


def test_the_last_entry_counts_and_the_history_stays() -> None:
    acts = [*the_four(), dated(Trigger.WARRANTY, "2030-06-30")]
    assert told("D10", *acts).starts_on == date(2031, 1, 1)
    assert len(history(*acts)) == 5


def test_a_confidentiality_agreement_waits_for_its_own_day_alone() -> None:
    acts = history(dated(Trigger.SECRECY, "2031-03-15"))
    assert term_of("D30", "保密期限届满之次年", acts).expires_on == date(2061, 12, 31)


def termination(**changed: Any) -> dict[str, Any]:
    about = {
        "ended_on": "2027-03-31",
        "amount": {"total": "586000.00"},
        "paid": "586000.00",
        "payments": [
            {"paid_on": "2026-06-01", "amount": "175800.00", "voucher": "1"},
            {"paid_on": "2027-05-10", "amount": "410200.00", "voucher": "2"},
        ],
    }
    return {"kind": "termination", "number": "HT-1-Z01", "description": about | changed}


def test_a_filed_termination_proves_its_day_and_the_last_payment_of_what_was_paid_in_full() -> None:
    rest = [dated(Trigger.WARRANTY, None, Known.NONE), dated(Trigger.DISPUTE, None, Known.NONE)]
    term = told("D10", *rest, items=[termination()])
    assert term.expires_on == date(2037, 12, 31)
    assert term.facts[Trigger.SETTLED].proof == "已归档 HT-1-Z01"

    unpaid = told("D10", *rest, items=[termination(paid="500000.00")])
    assert unpaid.missing == (Trigger.SETTLED,)


def test_an_acceptance_report_proves_none_of_the_four() -> None:
    report = {"kind": "acceptance", "number": "Y01", "description": {"accepted_on": "2027-01-01"}}
    assert told("D10", items=[report]).missing == OF_CONTRACTS


def test_where_a_person_and_a_filed_paper_differ_the_later_day_counts() -> None:
    early = told("D10", *the_four(ended=dated(Trigger.ENDED, "2027-01-31")), items=[termination()])
    assert early.facts[Trigger.ENDED].on == date(2027, 3, 31)


@given(days=st.lists(DAYS, min_size=4, max_size=4), period=PERIODS)
def test_the_end_is_start_and_years_less_a_day(days: list[date], period: str) -> None:
    pairs = zip(OF_CONTRACTS, days, strict=True)
    term = told(period, *(dated(trigger, day.isoformat()) for trigger, day in pairs))
    assert term.starts_on == date(max(days).year + 1, 1, 1)
    if period == "Y":
        assert term.expires_on is None
    else:
        assert term.expires_on is not None
        following = term.expires_on + timedelta(days=1)
        assert following == date(term.starts_on.year + years_of(period), 1, 1)
    assert all(day < term.starts_on for day in days)


@given(
    plan=PERIODS,
    extensions=st.lists(
        st.one_of(
            PERIODS.map(lambda period: extended(period=period)),
            DAYS.map(lambda day: extended(until=day.isoformat())),
        ),
        max_size=6,
    ),
)
def test_no_extension_ever_makes_a_period_shorter(plan: str, extensions: list[Any]) -> None:
    before = told(plan, *the_four())
    for count in range(1, len(extensions) + 1):
        after = told(plan, *the_four(), *extensions[:count])
        assert not after.ends_before(before)
        assert longer(after.period, plan) == after.period
        assert before.expires_on is not None or after.expires_on is None
        before = after


@given(one=PERIODS, other=PERIODS, start=DAYS)
def test_of_two_periods_the_longer_wins(one: str, other: str, start: date) -> None:
    ends = [end_of(longer(one, other), start.replace(month=1, day=1))]
    ends += [end_of(each, start.replace(month=1, day=1)) for each in (one, other)]
    assert ends[0] is None if None in ends[1:] else ends[0] == max(filter(None, ends[1:]))
    assert longer(one, other) == longer(other, one)
