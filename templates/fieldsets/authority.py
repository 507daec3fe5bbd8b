"""Authority: the fields of a power of attorney."""

from __future__ import annotations

from collections.abc import Mapping

from templates.agreements import AuthorityTerms, Power
from templates.fieldsets.origin import ticked
from templates.fieldsets.shape import UNUSED, Fields, merged
from templates.wording import amount_in_words, chinese_date, money


def authority_fields(terms: AuthorityTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of a power of attorney but its number."""
    boxes = {f"c{place}": ticked(power in terms.powers) for place, power in enumerate(Power, 1)}
    poa = {
        "agent": terms.agent_name,
        "agent_title": terms.agent_title,
        "id_kind": terms.agent_id_kind,
        "id_masked": terms.agent_id,
        "matter": terms.matter,
        "contract_ref": terms.contract_ref,
        "other": terms.other_power if Power.OTHER in terms.powers else UNUSED,
        "limit": money(terms.limit),
        "limit_upper": amount_in_words(terms.limit),
        "start_cn": chinese_date(terms.start),
        "end_cn": chinese_date(terms.end),
        "delegation": "可以转委托" if terms.may_delegate else "无权转委托",
    }
    principal = {
        "name": terms.principal.name,
        "uscc": terms.principal.uscc,
        "address": terms.principal.address,
        "legal_rep": terms.principal.legal_rep,
    }
    return merged(defaults, {"poa": poa | boxes, "principal": principal})
