"""Termination: the fields of an agreement on end and settlement."""

from __future__ import annotations

from collections.abc import Mapping

from templates.agreements import Handover, Settlement, TerminationTerms
from templates.fieldsets.contract import copies_fields
from templates.fieldsets.origin import day_or_unused, listed, origin_fields, parties_fields
from templates.fieldsets.shape import UNUSED, Fields, merged
from templates.terms import Party
from templates.wording import amount_in_words, chinese_date, money

_NO_HANDOVER = {
    "seq": UNUSED,
    "name": "无",
    "medium": UNUSED,
    "quantity": UNUSED,
    "extent": UNUSED,
    "giver": UNUSED,
    "taker": UNUSED,
    "due_cn": UNUSED,
    "remark": UNUSED,
}


def termination_fields(terms: TerminationTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of the agreement but its number.

    Figures stand as the terms state them; `check_termination` says where they do not add up.
    """
    contract = terms.contract
    origin = origin_fields(contract, terms.contract_number, terms.contract_signed_on)
    agreed: dict[str, object] = {
        "contract": origin | {"amendments": listed(terms.amendments)},
        "project": {"name": contract.project_name},
        **parties_fields(contract.party_a, contract.party_b),
        "term": {
            "kind": str(terms.ending),
            "reason": terms.reason,
            "date_cn": chinese_date(terms.ended_on),
            "performance": terms.performance,
            "unaccepted": terms.unaccepted,
            "handover_date_cn": chinese_date(terms.handover_by),
            "release": terms.release,
        },
        "acceptance": {"no": terms.acceptance_no, "conclusion": terms.acceptance_conclusion},
        "settle": _account(terms.settlement) | _payment(terms),
        "handovers": [_handover(each) for each in terms.handovers] or [dict(_NO_HANDOVER)],
        "copies": copies_fields(terms.copies),
    }
    return merged(defaults, agreed)


def _account(settlement: Settlement) -> dict[str, str]:
    return {
        "contract_total": money(settlement.contract_total),
        "change_total": money(settlement.change_total),
        "deduct": money(settlement.deduct),
        "deduct_basis": settlement.deduct_basis,
        "final": money(settlement.final),
        "final_upper": amount_in_words(settlement.final),
        "paid": money(settlement.paid),
        "retention": money(settlement.retention),
        "payable": money(settlement.payable),
        "invoiced": money(settlement.invoiced),
        "invoice_act": "应冲红" if settlement.invoice_diff < 0 else "应补开",
        "invoice_diff": money(abs(settlement.invoice_diff)),
    }


def _payment(terms: TerminationTerms) -> dict[str, str]:
    payable = terms.settlement.payable
    payee = _payee(terms)
    return {
        "outcome": "双方均无须再付款，本次结清金额为"
        if payee is None
        else ("甲方应向乙方支付" if payable > 0 else "乙方应向甲方退还"),
        "sum": money(abs(payable)),
        "sum_upper": amount_in_words(abs(payable)),
        "pay_date_cn": day_or_unused(terms.settlement.pay_by),
        "payee_name": UNUSED if payee is None else payee.name,
        "payee_bank": UNUSED if payee is None else payee.bank,
        "payee_account": UNUSED if payee is None else payee.bank_account,
    }


def _payee(terms: TerminationTerms) -> Party | None:
    payable = terms.settlement.payable
    if payable == 0:
        return None
    return terms.contract.party_b if payable > 0 else terms.contract.party_a


def _handover(each: Handover) -> dict[str, str]:
    return {
        "seq": str(each.seq),
        "name": each.name,
        "medium": each.medium,
        "quantity": each.quantity,
        "extent": each.extent,
        "giver": each.giver,
        "taker": each.taker,
        "due_cn": chinese_date(each.due),
        "remark": each.remark,
    }
