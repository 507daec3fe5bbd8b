"""Checking: everything a document's terms must stand before they may be printed.

The codes K01 to K20 are those of the company's list for legal review; P-, B-, F- and S- codes
are the paragraphs of its regulation, C- codes its own rules. K08, K10, K15 and K19 are questions
to the template, K12 and K20 in part to the proof of the finished document: README says where.
What a check calls a fault or a doubt, the rules weigh (`CheckRules.govern`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from templates.agreements import AuthorityTerms, ChangeTerms, NdaTerms, TerminationTerms
from templates.checks.acceptances import (
    check_conclusion,
    check_days,
    check_filing_day,
    check_results,
    check_round,
    check_self_check,
)
from templates.checks.amendments import check_amended
from templates.checks.authorities import check_powers, check_reach, check_signatory
from templates.checks.changes import check_changes
from templates.checks.clauses import check_clauses, check_copies
from templates.checks.company import check_company_rules
from templates.checks.facts import facts_of_acceptance, facts_of_contract
from templates.checks.grounds import Grounds
from templates.checks.parties import check_parties
from templates.checks.payments import check_payments
from templates.checks.periods import check_periods
from templates.checks.places import Said, texts_of_acceptance, texts_of_contract, texts_within
from templates.checks.prices import check_prices
from templates.checks.secrecies import check_partners, check_secrecy
from templates.checks.settlements import check_settlement
from templates.checks.sheets import check_approvals, check_opinion, check_sealing
from templates.checks.texts import check_text
from templates.checks.wordings import check_earnest, check_wording
from templates.errors import Finding
from templates.sheets import ApprovalSheetTerms, LegalOpinionTerms, SealRequestTerms
from templates.terms import AcceptanceTerms, ContractTerms

__all__ = [
    "check_acceptance",
    "check_approval_sheet",
    "check_authority",
    "check_authority_for_contract",
    "check_change",
    "check_contract",
    "check_contract_as_changed",
    "check_legal_opinion",
    "check_nda",
    "check_seal_request",
    "check_signatory",
    "check_termination",
]

_NEVER = re.compile(r"(?!)")
# What these documents do not print: a party may leave it out; one way of settling disputes
# stays blank. A masked identity number has the asterisks that elsewhere mean "to be filled in".
_UNSAID_IN_NDA = re.compile(r"party_[ab]\.(?:bank|bank_account|agent)|dispute\..*")
_UNSAID_IN_AUTHORITY = re.compile(
    r"principal\.(?:agent|contact|phone|email|bank|bank_account)|agent_id"
)


def check_contract(terms: ContractTerms, grounds: Grounds) -> tuple[Finding, ...]:
    """Return everything found in `terms`, all at once; places as in the order file."""
    figures = grounds.rules.figures
    found = _said(texts_of_contract(terms))
    found += check_parties(terms, grounds)
    found += check_wording(texts_of_contract(terms), figures.vague_words)
    found += check_prices(terms, grounds)
    found += check_payments(terms, figures)
    found += check_periods(terms, grounds)
    found += check_clauses(terms, figures)
    found += check_company_rules(
        grounds.rules.company,
        facts_of_contract(terms),
        kind="contract",
        type_code=terms.type_code,
        on=grounds.on,
    )
    return tuple(found)


def check_acceptance(terms: AcceptanceTerms, grounds: Grounds) -> tuple[Finding, ...]:
    """Return everything found in an acceptance round, measured by the contract it belongs to."""
    found = _said(texts_of_acceptance(terms))
    found += check_wording(texts_of_acceptance(terms), grounds.rules.figures.vague_words)
    found += check_results(terms)
    found += check_conclusion(terms)
    found += check_days(terms)
    found += check_filing_day(terms, grounds)
    found += check_self_check(terms)
    found += check_round(terms)
    found += check_copies("copies", terms.copies)
    found += check_company_rules(
        grounds.rules.company,
        facts_of_acceptance(terms),
        kind="acceptance",
        type_code=terms.contract.type_code,
        on=grounds.on,
    )
    return tuple(found)


def check_change(terms: ChangeTerms) -> tuple[Finding, ...]:
    """Return everything found in a change agreement; its contract was checked with the contract."""
    return (
        *_texts(terms),
        *check_changes(terms),
        *check_copies("copies", terms.copies),
    )


def check_contract_as_changed(
    terms: ChangeTerms, after: ContractTerms, grounds: Grounds
) -> tuple[Finding, ...]:
    """Return everything found in the contract as the change leaves it."""
    return tuple(check_amended(terms, after, grounds))


def check_termination(terms: TerminationTerms) -> tuple[Finding, ...]:
    """Return everything found in an agreement on end and settlement."""
    return (
        *_texts(terms),
        *check_settlement(terms),
        *check_copies("copies", terms.copies),
    )


def check_nda(
    terms: NdaTerms,
    *,
    company: str | None = None,
    contract: ContractTerms | None = None,
    signatory: str | None = None,
) -> tuple[Finding, ...]:
    """Return everything found in a confidentiality agreement, beside `contract` where there is one.

    `company` is the firm's registered name, `signatory` who signs for it.
    """
    return (
        *_texts(terms, unsaid=_UNSAID_IN_NDA),
        *check_secrecy(terms),
        *check_partners(terms, company=company, contract=contract, signatory=signatory),
        *check_copies("copies", terms.copies),
    )


def check_authority(terms: AuthorityTerms) -> tuple[Finding, ...]:
    """Return everything found in a power of attorney."""
    return (*_texts(terms, unsaid=_UNSAID_IN_AUTHORITY), *check_powers(terms))


def check_authority_for_contract(
    terms: AuthorityTerms, contract: ContractTerms, *, on: date, approvers: Iterable[str]
) -> tuple[Finding, ...]:
    """Return why a power of attorney cannot serve `contract` on the day `on`."""
    return tuple(check_reach(terms, contract, on=on, approvers=approvers))


def check_legal_opinion(terms: LegalOpinionTerms) -> tuple[Finding, ...]:
    """Return everything found in a legal opinion."""
    return (*_texts(terms), *check_opinion(terms))


def check_approval_sheet(terms: ApprovalSheetTerms) -> tuple[Finding, ...]:
    """Return everything found in an approval sheet."""
    return (*_texts(terms), *check_approvals(terms))


def check_seal_request(terms: SealRequestTerms) -> tuple[Finding, ...]:
    """Return everything found in a request for the seal, and in the work if it was done."""
    return (*_texts(terms), *check_sealing(terms))


def _texts(terms: object, *, unsaid: re.Pattern[str] = _NEVER) -> list[Finding]:
    return _said(each for each in texts_within(terms) if not unsaid.fullmatch(each.place))


def _said(texts: Iterable[Said]) -> list[Finding]:
    return [finding for said in texts for finding in (*check_text(said), *check_earnest(said))]
