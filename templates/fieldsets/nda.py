"""Nda: the fields of a confidentiality agreement."""

from __future__ import annotations

from collections.abc import Mapping

from templates.agreements import NdaTerms
from templates.fieldsets.contract import copies_fields
from templates.fieldsets.origin import dispute_in_words
from templates.fieldsets.shape import Fields, merged
from templates.terms import Party
from templates.wording import chinese_date


def nda_fields(terms: NdaTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of the agreement but its number."""
    agreed: dict[str, object] = {
        "nda": {
            "purpose": terms.purpose,
            "relates_to": terms.relates_to,
            "extra_information": terms.extra_information,
            "confirm_days": str(terms.confirm_days),
            "return_days": str(terms.return_days),
            "start_cn": chinese_date(terms.start),
            "end_cn": chinese_date(terms.end),
        },
        "party_a": _party(terms.party_a),
        "party_b": _party(terms.party_b),
        "dispute": {"option_text": dispute_in_words(terms.dispute)},
        "copies": copies_fields(terms.copies),
    }
    return merged(defaults, agreed)


def _party(party: Party) -> dict[str, str]:
    return {
        "name": party.name,
        "uscc": party.uscc,
        "address": party.address,
        "legal_rep": party.legal_rep,
        "contact": party.contact,
        "phone": party.phone,
        "email": party.email,
    }
