"""Specimens: a made-up paper of each kind, to try a template with and to show one (样稿)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from pipeline import samplereports, samples
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_form
from pipeline.papers.acceptance import AcceptancePaper
from pipeline.papers.contract import ContractPaper
from pipeline.papers.standing import Standing
from pipeline.specimenagreements import (
    NUMBER,
    authority_specimen,
    change_specimen,
    nda_specimen,
    termination_specimen,
)
from pipeline.specimensheets import (
    approval_sheet_specimen,
    legal_opinion_specimen,
    seal_request_specimen,
)
from templates.fields import (
    Fields,
    approval_sheet_fields,
    authority_fields,
    change_fields,
    contract_fields,
    legal_opinion_fields,
    nda_fields,
    seal_request_fields,
    termination_fields,
)

_LINES = 40
"""Enough rows that a table goes over a page: where tables lose rows, it is there."""

_Standard = Mapping[str, str]


def specimen_fields(kind: str, standard: _Standard, *, lines: int = _LINES) -> Fields:
    """Return the fields of a paper of `kind` with invented parties, its longest list of `lines`.

    `standard` are the standard figures of the template it is for.
    """
    return _SPECIMENS[kind](_order(lines), standard, lines)


def _order(lines: int) -> OrderForm:
    order = read_form(json.dumps(samples.sample_order(1, lines=lines)).encode())
    if not isinstance(order, OrderForm):
        raise TypeError("the sample order is no order")
    return order


def _acceptance(order: OrderForm, standard: _Standard, _lines: int) -> Fields:
    report = read_form(json.dumps(samplereports.sample_acceptance(1)).encode())
    if not isinstance(report, AcceptanceForm):
        raise TypeError("the sample report is no report")
    standing = Standing(order=order, number=NUMBER, papers=(), sources=frozenset())
    return AcceptancePaper.of(report, standing).fields(standard)


_SPECIMENS: Mapping[str, Callable[[OrderForm, _Standard, int], Fields]] = {
    "contract": lambda order, standard, _: contract_fields(ContractPaper.of(order).terms, standard),
    "acceptance": _acceptance,
    "change": lambda order, standard, lines: change_fields(
        change_specimen(ContractPaper.of(order).terms, lines), standard
    ),
    "termination": lambda order, standard, lines: termination_fields(
        termination_specimen(ContractPaper.of(order).terms, lines), standard
    ),
    "nda": lambda order, standard, _: nda_fields(
        nda_specimen(ContractPaper.of(order).terms), standard
    ),
    "authority": lambda order, standard, _: authority_fields(
        authority_specimen(ContractPaper.of(order).terms), standard
    ),
    "legal_opinion": lambda order, standard, lines: legal_opinion_fields(
        legal_opinion_specimen(ContractPaper.of(order).terms, lines), standard
    ),
    "approval_sheet": lambda order, standard, _: approval_sheet_fields(
        approval_sheet_specimen(ContractPaper.of(order).terms), standard
    ),
    "seal_request": lambda order, standard, _: seal_request_fields(
        seal_request_specimen(ContractPaper.of(order).terms), standard
    ),
}

KINDS = tuple(_SPECIMENS)
"""The kinds a template can be of; a specimen of each is here."""
