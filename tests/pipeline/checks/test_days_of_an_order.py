"""The days of an order stand in the order they must have, and in a year somebody can mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipeline import samples
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_form
from pipeline.intake.refusal import OrderRefused
from pipeline.papers.contract import ContractPaper
from templates.checks.grounds import Grounds
from templates.errors import Level

JudgedOn = Callable[[date], Grounds]
TODAY = date(2026, 3, 20)


def stopped_at(content: dict[str, Any], grounds: Grounds) -> set[str]:
    """Return where the order is stopped for a day (K18), or by its form."""
    try:
        form = read_form(json.dumps(content).encode())
    except OrderRefused as error:
        return {finding.place for finding in error.findings}
    assert isinstance(form, OrderForm)
    found = grounds.rules.govern(ContractPaper.of(form).findings(grounds), kind="contract")
    return {f.place for f in found if f.level is Level.BLOCK and f.code == "K18"}


def test_a_sample_order_is_dated_in_order(judged_on: JudgedOn) -> None:
    assert stopped_at(samples.sample_order(1), judged_on(TODAY)) == set()


@pytest.mark.requirement_part("P-206", "P-301", "F-106")
@pytest.mark.parametrize(
    ("change", "place"),
    [
        (
            lambda o: o["intake"].update(received_at="2026-03-03T09:00:00+08:00"),
            "quote.approved_by.signed_at",
        ),
        (
            lambda o: o["quote"]["approved_by"].update(signed_at="2026-03-08T09:00:00+08:00"),
            "quote.approved_by.signed_at",
        ),
        (lambda o: o["approvals"][2].update(at="2026-03-01T09:00:00+08:00"), "approvals[2].at"),
        (lambda o: o["approvals"][4].update(at="2026-03-21T09:00:00+08:00"), "approvals[4].at"),
        (
            lambda o: o["quote"]["accepted_by_client"].update(date="2026-03-21"),
            "quote.accepted_by_client.date",
        ),
        (lambda o: o["service"].update(start="0001-01-01"), "service.start"),
        (lambda o: o["service"].update(end="9999-12-31"), "service.end"),
        (lambda o: o["service"].update(end="2026-02-30"), "service.end"),
        (lambda o: o["milestones"][0].update(due="2199-01-01"), "milestones[0].due"),
        (
            lambda o: o["intake"].update(received_at="9999-12-31T23:59:59-08:00"),
            "intake.received_at",
        ),
        (
            lambda o: o["approvals"][0].update(at="0001-01-01T00:00:00+14:00"),
            "approvals[0].at",
        ),
    ],
)
def test_a_day_that_cannot_be_is_stopped_where_it_stands(
    judged_on: JudgedOn, change: Callable[[dict[str, Any]], None], place: str
) -> None:
    content = samples.sample_order(1)
    change(content)
    assert place in stopped_at(content, judged_on(TODAY))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("字\u200b", "看不见"),
        ("字\u00a0字", "看不见"),
        ("葛\U000e0100", "看不见"),
        ("e\u0301", "看不见"),
        ("字\u3164", "看不见"),
        ("字\ue000", "无法印出"),
        ("字\ufffd", "无法印出"),
        ("字\u0378", "无法印出"),
    ],
    ids=ascii,
)
def test_what_cannot_be_printed_is_refused_at_the_door_too(text: str, says: str) -> None:
    content = samples.sample_order(1)
    content["project"]["name"] = text
    with pytest.raises(OrderRefused) as refused:
        read_form(json.dumps(content).encode())
    assert [(f.place, says in f.message) for f in refused.value.findings] == [
        ("project.name", True)
    ]


@pytest.mark.parametrize(
    "payload",
    [
        b'{"schema": "guidang.order/1", "\\ud800": 1}',
        b'{"\\ud800": 1, "\\ud800": 2}',
        b'{"schema": "guidang.order/1", "order_no": "\\udfff"}',
        b'{"schema": "guidang.order/1", "service": {"start": "\\ud83d"}}',
    ],
)
def test_half_a_pair_is_refused_in_words_every_file_can_hold(payload: bytes) -> None:
    with pytest.raises(OrderRefused) as refused:
        read_form(payload)
    assert refused.value.findings
    for finding in refused.value.findings:
        f"{finding.place} {finding.message}".encode()
