"""Checking: everything a document's terms must stand before they may be printed.

The codes K01 to K20 are those of the company's list for legal review; P- and B- codes are the
paragraphs of its regulation. K08, K10, K15 and K19 are questions to the template, K12 and K20
in part to the proof of the finished document.
"""

from __future__ import annotations

from datetime import date

from templates.checks.acceptances import (
    check_conclusion,
    check_days,
    check_results,
    check_round,
    check_self_check,
)
from templates.checks.clauses import check_clauses, check_copies
from templates.checks.parties import check_parties
from templates.checks.payments import check_payments
from templates.checks.periods import check_periods
from templates.checks.places import texts_of_acceptance, texts_of_contract
from templates.checks.prices import check_prices
from templates.checks.texts import check_text
from templates.errors import Finding
from templates.terms import AcceptanceTerms, ContractTerms


def check_contract(
    terms: ContractTerms, *, on: date, party_b_name: str | None = None
) -> tuple[Finding, ...]:
    """Return everything found in `terms` on the day `on`, all at once; places as in the order file.

    `party_b_name` is the firm's registered name, where the firm is party B.
    """
    found = [finding for said in texts_of_contract(terms) for finding in check_text(said)]
    found += check_parties(terms, party_b_name=party_b_name)
    found += check_prices(terms)
    found += check_payments(terms)
    found += check_periods(terms, on=on)
    found += check_clauses(terms)
    return tuple(found)


def check_acceptance(terms: AcceptanceTerms) -> tuple[Finding, ...]:
    """Return everything found in an acceptance round, measured by the contract it belongs to."""
    found = [finding for said in texts_of_acceptance(terms) for finding in check_text(said)]
    found += check_results(terms)
    found += check_conclusion(terms)
    found += check_days(terms)
    found += check_self_check(terms)
    found += check_round(terms)
    found += check_copies("copies", terms.copies)
    return tuple(found)
