"""Sample orders are sound: what they say adds up, and no real firm is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from pipeline import samplefirms, samples
from pipeline.intake.order import OrderForm
from pipeline.papers.contract import ContractPaper
from templates.checks.grounds import Grounds
from templates.errors import Level

JudgedOn = Callable[[date], Grounds]


@pytest.mark.parametrize("number", [*range(1, 61), 999])
def test_a_sample_order_passes_every_check(number: int, judged_on: JudgedOn) -> None:
    paper = ContractPaper.of(OrderForm.model_validate(samples.sample_order(number)))
    findings = paper.findings(judged_on(date(2026, 3, 15)))
    assert [finding for finding in findings if finding.level is Level.BLOCK] == []


@pytest.mark.parametrize("lines", [2, 40, 300])
def test_a_sample_order_of_any_length_adds_up(lines: int) -> None:
    order = samples.sample_order(7, lines=lines)
    assert len(order["items"]) == lines
    total = sum(Decimal(line["amount_tax_incl"]) for line in order["items"])
    assert total == Decimal(order["amount"]["total"])
    assert sum(Decimal(p["amount"]) for p in order["payments"]) == total


def test_the_same_number_is_the_same_order() -> None:
    assert samples.sample_order(5) == samples.sample_order(5)
    assert samples.sample_order(5) != samples.sample_order(6)


def test_the_textbook_code_gets_its_textbook_check_character() -> None:
    assert samplefirms.sample_uscc("91350100M000100Y4") == "91350100M000100Y43"
