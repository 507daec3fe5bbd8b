"""Change: the fields of a change agreement, from its terms and its contract's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from templates.agreements import ChangeTerms, ClauseChange
from templates.fieldsets.contract import copies_fields
from templates.fieldsets.origin import listed, origin_fields, parties_fields
from templates.fieldsets.shape import Fields, merged
from templates.wording import amount_in_words, money


def change_fields(terms: ChangeTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of a change agreement but its number."""
    agreed: dict[str, object] = {
        "contract": origin_fields(terms.contract, terms.contract_number, terms.contract_signed_on),
        "project": {"name": terms.contract.project_name},
        **parties_fields(terms.contract.party_a, terms.contract.party_b),
        "amend": _amendment(terms),
        "changes": [_change(each) for each in terms.changes],
        "copies": copies_fields(terms.copies),
    }
    return merged(defaults, agreed)


def _amendment(terms: ChangeTerms) -> dict[str, str]:
    return {
        "seq": str(terms.seq),
        "reason": terms.reason,
        "earlier": listed(terms.earlier),
        "before_total": money(terms.before_total),
        "effect": _effect(terms.delta),
        "after_total": money(terms.after_total),
        "after_upper": amount_in_words(terms.after_total),
        "after_net": money(terms.after_net),
        "after_tax": money(terms.after_tax),
        "payment_change": terms.payment_change,
        "period_change": terms.period_change,
        "accept_change": terms.acceptance_change,
        "performed": terms.performed,
        "claims": terms.claims,
    }


def _effect(delta: Decimal) -> str:
    if delta == 0:
        return "不增不减"
    return f"{'增加' if delta > 0 else '减少'}￥{money(abs(delta))}"


def _change(each: ClauseChange) -> dict[str, str]:
    return {
        "seq": str(each.seq),
        "clause": each.clause,
        "before": each.before,
        "after": each.after,
    }
