"""Facts: every text and figure of the terms by the place a clerk finds it at in the order file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Final

from templates.checks.places import (
    ACCEPTANCE_TEXTS,
    CONTRACT_ROWS,
    CONTRACT_TEXTS,
    PARTY_TEXTS,
    REPORT_ROWS,
    texts_of_acceptance,
    texts_of_contract,
)
from templates.terms import AcceptanceTerms, ContractTerms

Fact = str | Decimal

_CONTRACT_FIGURES: Final = {
    "amount.total": "total",
    "amount.net": "net",
    "amount.tax": "tax",
    "warranty.months": "warranty.months",
    "warranty.retention_pct": "warranty.retention_percent",
    "warranty.retention_amount": "warranty.retention_amount",
    "warranty.response_hours": "warranty.response_hours",
    "contract.copies.total": "copies.total",
    "contract.copies.a": "copies.a",
    "contract.copies.b": "copies.b",
    "contract.dispute.option": "dispute.option",
}
_CONTRACT_ROW_FIGURES: Final = {
    "items": (
        "lines",
        {
            "qty": "qty",
            "unit_price_tax_incl": "unit_price",
            "tax_rate": "tax_rate",
            "amount_net": "net",
            "tax": "tax",
            "amount_tax_incl": "amount",
        },
    ),
    "payments": (
        "instalments",
        {"pct": "share", "amount": "amount", "pay_within_workdays": "within_workdays"},
    ),
}
_ACCEPTANCE_FIGURES: Final = {
    "round": "round",
    "self_check.issues": "self_check_issues",
    "self_check.fixed": "self_check_fixed",
    "attachment_pages": "attachment_pages",
    "copies.total": "copies.total",
    "copies.a": "copies.a",
    "copies.b": "copies.b",
}


def facts_of_contract(terms: ContractTerms) -> Iterator[tuple[str, Fact]]:
    """Yield every text and figure of a contract with its place."""
    for said in texts_of_contract(terms):
        yield said.place, said.text
    for place, path in _CONTRACT_FIGURES.items():
        yield place, _figure(terms, path)
    for place, (attribute, names) in _CONTRACT_ROW_FIGURES.items():
        rows: Sequence[object] = getattr(terms, attribute)
        for position, row in enumerate(rows):
            for name, path in names.items():
                yield f"{place}[{position}].{name}", _figure(row, path)


def facts_of_acceptance(terms: AcceptanceTerms) -> Iterator[tuple[str, Fact]]:
    """Yield every text and figure of an acceptance report with its place."""
    for said in texts_of_acceptance(terms):
        yield said.place, said.text
    for place, path in _ACCEPTANCE_FIGURES.items():
        yield place, _figure(terms, path)


def _figure(value: object, path: str) -> Decimal:
    return Decimal(attrgetter(path)(value))


def _contract_places() -> Iterator[tuple[str, type]]:
    for place, _ in CONTRACT_TEXTS:
        yield place, str
    for side in ("party_a", "party_b"):
        for name in PARTY_TEXTS:
            yield f"{side}.{name}", str
    for name in ("arbitration_body", "court_place"):
        yield f"contract.dispute.{name}", str
    yield from _row_places(CONTRACT_ROWS)
    for place in _CONTRACT_FIGURES:
        yield place, Decimal
    for rows, (_, names) in _CONTRACT_ROW_FIGURES.items():
        for name in names:
            yield f"{rows}[].{name}", Decimal


def _acceptance_places() -> Iterator[tuple[str, type]]:
    for place, _ in ACCEPTANCE_TEXTS:
        yield place, str
    yield from _row_places(REPORT_ROWS)
    for place in _ACCEPTANCE_FIGURES:
        yield place, Decimal


def _row_places(tables: Mapping[str, tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, type]]:
    for place, (_, names) in tables.items():
        for name in names:
            yield f"{place}[].{name}", str


_KINDS: Final[Mapping[str, Callable[[], Iterator[tuple[str, type]]]]] = {
    "contract": _contract_places,
    "acceptance": _acceptance_places,
}
PLACES: Final = {kind: dict(places()) for kind, places in _KINDS.items()}
"""By kind of document: the places a firm's own rule may name (rows as ``items[].name``), and
whether a text or a figure stands there."""
