"""Contract: the fields of a contract, from its terms."""

from __future__ import annotations

from collections.abc import Mapping

from templates.errors import Finding, Level, TermsRefused
from templates.fieldsets.shape import UNUSED, Fields, merged
from templates.terms import ContractTerms, Copies, Instalment, Line, Party
from templates.wording import (
    amount_in_words,
    chinese_date,
    count_in_words,
    money,
    percent,
    quantity,
)

DATE_TO_SIGN = "　　　　年　　月　　日"
"""The signing day, left open for the pen."""
_PAY_DAYS = "terms.pay_days"


def contract_fields(terms: ContractTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of a contract but its number.

    `terms.options` replaces standard figures of `defaults`. Raises TermsRefused (K11) for an
    option the template has no place for: what the parties agreed must not get lost.
    """
    standard = {_PAY_DAYS: _last_payment_days(terms)} | dict(defaults)
    unknown = [name for name in terms.options if name not in standard]
    if unknown:
        raise TermsRefused([_no_place(name) for name in unknown])
    return merged(standard | dict(terms.options), _agreed(terms))


def _no_place(name: str) -> Finding:
    return Finding(
        code="K11",
        level=Level.BLOCK,
        place=f"terms.{name}",
        message=f"模板中没有可约定的事项“{name}”；请核对名称，或改用含有该事项的模板",
    )


def _last_payment_days(terms: ContractTerms) -> str:
    # The retention money is the last instalment; an order without a plan is refused by the
    # blank this leaves.
    return str(terms.instalments[-1].within_workdays) if terms.instalments else ""


def _agreed(terms: ContractTerms) -> dict[str, object]:
    return {
        "contract": {
            "secrecy": terms.secrecy,
            "sign_place": terms.sign_place,
            "sign_date_cn": DATE_TO_SIGN,
        },
        "project": {
            "name": terms.project_name,
            "manager": terms.project_manager,
            "manager_phone": terms.project_manager_phone,
        },
        "party_a": _party(terms.party_a),
        "party_b": _party(terms.party_b),
        "quote": {
            "no": terms.quote_no,
            "version": terms.quote_version,
            "accepted_date_cn": chinese_date(terms.quote_accepted_on),
        },
        "service": {
            "scope": terms.service_scope,
            "place": terms.service_place,
            "method": terms.service_method,
            "start_cn": chinese_date(terms.service_start),
            "end_cn": chinese_date(terms.service_end),
        },
        "amount": total_fields(terms) | {"net": money(terms.net), "tax": money(terms.tax)},
        "invoice": {"type": terms.invoice_type},
        "warranty": {
            "months": str(terms.warranty.months),
            "response_hours": str(terms.warranty.response_hours),
            "retention_pct": quantity(terms.warranty.retention_percent),
            "retention_amount": money(terms.warranty.retention_amount),
        },
        "dispute": _dispute(terms),
        "copies": copies_fields(terms.copies),
        **_rows(terms),
    }


def _rows(terms: ContractTerms) -> dict[str, object]:
    return {
        "items": [_line(line) for line in terms.lines],
        "payments": [_instalment(payment) for payment in terms.instalments],
        "milestones": [
            {
                "seq": str(stage.seq),
                "name": stage.name,
                "deliverable": stage.deliverable,
                "due_cn": chinese_date(stage.due),
            }
            for stage in terms.milestones
        ],
        "acceptance_items": [
            {
                "seq": str(item.seq),
                "name": item.name,
                "quantity": item.quantity,
                "standard": item.standard,
                "method": item.method,
                "clause": item.clause,
            }
            for item in terms.acceptance_items
        ],
    }


def total_fields(terms: ContractTerms) -> dict[str, str]:
    """Return the price in figures and in words; the words are always our own."""
    return {"total": money(terms.total), "total_upper": amount_in_words(terms.total)}


def copies_fields(copies: Copies) -> dict[str, str]:
    """Return the counts of originals in capital numerals."""
    return {
        "total_upper": count_in_words(copies.total),
        "a_upper": count_in_words(copies.a),
        "b_upper": count_in_words(copies.b),
    }


def _dispute(terms: ContractTerms) -> dict[str, str]:
    by_arbitration = terms.dispute.option == 1
    return {
        "option": str(terms.dispute.option),
        "arbitration_body": terms.dispute.arbitration_body if by_arbitration else UNUSED,
        "court_place": UNUSED if by_arbitration else terms.dispute.court_place,
    }


def _party(party: Party) -> dict[str, str]:
    return {
        "name": party.name,
        "uscc": party.uscc,
        "address": party.address,
        "legal_rep": party.legal_rep,
        "agent": party.agent,
        "contact": party.contact,
        "phone": party.phone,
        "email": party.email,
        "bank": party.bank,
        "bank_account": party.bank_account,
    }


def _line(line: Line) -> dict[str, str]:
    return {
        "line_no": str(line.line_no),
        "fee_type": line.fee_type,
        "name": line.name,
        "spec": line.spec,
        "unit": line.unit,
        "qty": quantity(line.qty),
        "unit_price": money(line.unit_price),
        "tax_rate": percent(line.tax_rate),
        "net": money(line.net),
        "tax": money(line.tax),
        "amount": money(line.amount),
    }


def _instalment(payment: Instalment) -> dict[str, str]:
    return {
        "seq": str(payment.seq),
        "name": payment.name,
        "condition": payment.condition,
        "share": percent(payment.share),
        "amount": money(payment.amount),
        "within_workdays": str(payment.within_workdays),
    }
