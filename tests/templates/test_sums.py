from __future__ import annotations

import pytest

from templates.sums import Sums

PRINTED = {
    "items.0.net": "100.00", "items.0.tax": "6.00", "items.0.amount": "106.00",
    "items.1.net": "200.00", "items.1.tax": "12.00", "items.1.amount": "212.00",
    "amount.net": "300.00", "amount.tax": "18.00", "amount.total": "318.00",
    "amount.total_upper": "叁佰壹拾捌元整",
    "payments.0.amount": "118.00", "payments.0.share": "37.11%",
    "payments.1.amount": "200.00", "payments.1.share": "62.89%",
}  # fmt: skip


def test_figures_that_come_out_are_named_once_each() -> None:
    sums = Sums(PRINTED)
    assert list(sums.faults()) == []
    assert len(sums.done) == 8


@pytest.mark.parametrize("path", PRINTED)
def test_any_figure_that_is_another_does_not_come_out(path: str) -> None:
    text = PRINTED[path]
    wrong = text.replace("壹", "贰") if "元" in text else text.replace(text[0], "7", 1)
    if "%" in text:
        wrong = "50%"
    assert list(Sums({**PRINTED, path: wrong}).faults())


def test_a_figure_that_is_no_amount_is_a_fault_and_what_is_not_printed_is_not_asked() -> None:
    assert list(Sums({**PRINTED, "amount.tax": "约 18 元"}).faults())
    assert list(Sums({"amount.total": "318.00"}).faults()) == []
