"""The quote's lines: each typed and complete, together the total to the fen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipeline import samples
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_form
from pipeline.intake.refusal import OrderRefused
from pipeline.papers.contract import ContractPaper
from templates.checks.grounds import Grounds
from templates.errors import Level

FEN = Decimal("0.01")


def blocked(order: dict[str, Any], grounds: Grounds) -> bool:
    """Return whether the order is refused, by its form or by the checks."""
    try:
        form = read_form(json.dumps(order).encode())
    except OrderRefused:
        return True
    assert isinstance(form, OrderForm)
    found = ContractPaper.of(form).findings(grounds)
    return any(finding.level is Level.BLOCK for finding in found)


def a_fen_more(order: dict[str, Any], *path: str | int) -> None:
    place: Any = order
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = str(Decimal(place[path[-1]]) + FEN)


Change = Callable[[dict[str, Any]], object]

CHANGES: dict[str, Change] = {
    "an unknown fee type": lambda order: order["items"][0].update(fee_type="杂费"),
    "a line one fen off": lambda order: a_fen_more(order, "items", 1, "amount_tax_incl"),
    "a net amount one fen off": lambda order: a_fen_more(order, "items", 1, "amount_net"),
    "a tax one fen off": lambda order: a_fen_more(order, "items", 1, "tax"),
    "a unit price one fen off": lambda order: a_fen_more(order, "items", 1, "unit_price_tax_incl"),
    "a total one fen off": lambda order: a_fen_more(order, "amount", "total"),
    "a net total one fen off": lambda order: a_fen_more(order, "amount", "net"),
    "a line left out": lambda order: order["items"].pop(),
    "no quantity": lambda order: order["items"][0].pop("qty"),
    "no unit price": lambda order: order["items"][0].pop("unit_price_tax_incl"),
    "no tax rate": lambda order: order["items"][0].pop("tax_rate"),
    "no amount": lambda order: order["items"][0].pop("amount_tax_incl"),
    "no fee type": lambda order: order["items"][0].pop("fee_type"),
}


@pytest.mark.requirement("P-204")
@pytest.mark.parametrize("change", CHANGES)
def test_lines_that_are_incomplete_or_do_not_add_up_to_the_fen_are_refused(
    change: str, judged_on: Callable[[date], Grounds]
) -> None:
    order = samples.sample_order(4)
    grounds = judged_on(date(2026, 3, 15))
    assert not blocked(order, grounds)
    CHANGES[change](order)
    assert blocked(order, grounds)
