"""Specimens: a made-up paper of each kind, to try a template with and to show one (样稿)."""

from __future__ import annotations

import json

from pipeline import samplefirms, samplereports, samples
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_form
from pipeline.papers.acceptance import AcceptancePaper
from pipeline.papers.contract import ContractPaper
from pipeline.papers.paper import Paper

KINDS = ("contract", "acceptance")
"""The kinds a specimen can be made of."""

_LINES = 40
"""Enough rows that a table goes over a page: where tables lose rows, it is there."""


def specimen_paper(kind: str, *, lines: int = _LINES) -> Paper:
    """Return a paper of `kind` with invented parties, its price table of `lines` rows."""
    order = read_form(json.dumps(samples.sample_order(1, lines=lines)).encode())
    if not isinstance(order, OrderForm):
        raise TypeError("the sample order is no order")
    if kind == "contract":
        return ContractPaper.of(order)
    report = read_form(json.dumps(samplereports.sample_acceptance(1)).encode())
    if kind != "acceptance" or not isinstance(report, AcceptanceForm):
        raise ValueError(f"there is no specimen of {kind}")
    number = f"{samplefirms.PREFIX}-HT-2026-FW-0001"
    return AcceptancePaper.of(report, order, number, history="本次为首次验收")
