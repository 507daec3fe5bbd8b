"""Places: every text of the terms, with the path a clerk finds it by in the order file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum

from templates.terms import AcceptanceTerms, ContractTerms, Party

PARTY_TEXTS = (
    "name", "uscc", "address", "legal_rep", "agent", "contact", "phone", "email", "bank",
    "bank_account",
)  # fmt: skip

CONTRACT_TEXTS = (
    ("order_no", "order_no"),
    ("quote.no", "quote_no"),
    ("quote.version", "quote_version"),
    ("contract.type", "type_code"),
    ("contract.type_name", "type_name"),
    ("contract.template", "template_code"),
    ("contract.template_version", "template_version"),
    ("contract.secrecy", "secrecy"),
    ("contract.sign_place", "sign_place"),
    ("project.no", "project_no"),
    ("project.name", "project_name"),
    ("project.manager", "project_manager"),
    ("project.manager_phone", "project_manager_phone"),
    ("service.scope", "service_scope"),
    ("service.place", "service_place"),
    ("service.method", "service_method"),
    ("invoice.type", "invoice_type"),
)
ACCEPTANCE_TEXTS = (
    ("contract_number", "contract_number"),
    ("round_kind", "round_kind"),
    ("template", "template_code"),
    ("template_version", "template_version"),
    ("notice.no", "notice_no"),
    ("place", "place"),
    ("method", "method"),
    ("standards", "standards"),
    ("self_check.no", "self_check_no"),
    ("self_check.result", "self_check_result"),
    ("leftover", "leftover"),
    ("conclusion", "conclusion"),
)
CONTRACT_ROWS = {
    "items": ("lines", ("fee_type", "name", "spec", "unit")),
    "payments": ("instalments", ("name", "condition")),
    "milestones": ("milestones", ("name", "deliverable")),
    "acceptance_items": (
        "acceptance_items", ("name", "standard", "method", "clause", "quantity"),
    ),
}  # fmt: skip
REPORT_ROWS = {
    "deliverables": ("deliverables", ("name", "medium", "quantity")),
    "results": ("results", ("finding", "result", "remark")),
    "rectifications": (
        "rectifications",
        ("item", "problem", "demand", "responsible", "recheck_result", "rechecked_by"),
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One text and its path; `may_be_blank` where the document prints nothing for it."""

    place: str
    text: str
    may_be_blank: bool = False


def texts_of_contract(terms: ContractTerms) -> Iterator[Said]:
    """Yield every text of `terms`, what the parties may leave out included."""
    for place, name in CONTRACT_TEXTS:
        yield Said(place, getattr(terms, name))
    for side, party in (("party_a", terms.party_a), ("party_b", terms.party_b)):
        yield from _texts_of_party(side, party)
    yield from _texts_of_rows(terms, CONTRACT_ROWS)
    body, court = terms.dispute.arbitration_body, terms.dispute.court_place
    yield Said("contract.dispute.arbitration_body", body, may_be_blank=True)
    yield Said("contract.dispute.court_place", court, may_be_blank=True)
    if terms.total_upper is not None:
        yield Said("amount.total_upper", terms.total_upper)
    for key in sorted(terms.options):
        yield Said(f"terms.{key}", terms.options[key])


def texts_of_acceptance(terms: AcceptanceTerms) -> Iterator[Said]:
    """Yield every text of the report itself; the contract's were checked with the contract."""
    for place, name in ACCEPTANCE_TEXTS:
        yield Said(place, getattr(terms, name))
    yield from _texts_of_rows(terms, REPORT_ROWS)


def _texts_of_party(side: str, party: Party) -> Iterator[Said]:
    for name in PARTY_TEXTS:
        yield Said(f"{side}.{name}", getattr(party, name))


def _texts_of_rows(
    terms: ContractTerms | AcceptanceTerms, tables: dict[str, tuple[str, tuple[str, ...]]]
) -> Iterator[Said]:
    for place, (attribute, names) in tables.items():
        rows: Sequence[object] = getattr(terms, attribute)
        for position, row in enumerate(rows):
            for name in names:
                yield Said(f"{place}[{position}].{name}", getattr(row, name))


def texts_within(value: object, place: str = "") -> Iterator[Said]:
    """Yield every text inside terms of other documents, by the names of their attributes.

    The contract they belong to was checked with the contract and stays out.
    """
    if isinstance(value, str) and not isinstance(value, Enum):
        yield Said(place, value)
    elif isinstance(value, tuple):
        for position, inner in enumerate(value):
            yield from texts_within(inner, f"{place}[{position}]")
    elif is_dataclass(value) and not isinstance(value, ContractTerms):
        for each in fields(value):
            inner = getattr(value, each.name)
            yield from texts_within(inner, f"{place}.{each.name}" if place else each.name)
