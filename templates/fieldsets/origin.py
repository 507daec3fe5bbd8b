"""Origin: how a later document names the contract it belongs to, and its parties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from templates.fieldsets.shape import UNUSED
from templates.terms import ContractTerms, Dispute, Party
from templates.wording import chinese_date

UNSIGNED = "以合同签署页所载日期为准"
"""What stands for a signing day that is not known here."""


def origin_fields(contract: ContractTerms, number: str, signed_on: date | None) -> dict[str, str]:
    """Return number, name and signing day of the contract."""
    return {
        "no": number,
        "type_name": contract.type_name,
        "sign_date_cn": chinese_date(signed_on) if signed_on else UNSIGNED,
    }


def parties_fields(party_a: Party, party_b: Party) -> dict[str, dict[str, str]]:
    """Return name and code of both parties."""
    return {
        "party_a": {"name": party_a.name, "uscc": party_a.uscc},
        "party_b": {"name": party_b.name, "uscc": party_b.uscc},
    }


def dispute_in_words(dispute: Dispute) -> str:
    """Return the chosen way in one sentence, for texts that offer no list to choose from."""
    if dispute.option == 1:
        return (
            f"提交{dispute.arbitration_body}按照其申请时有效的仲裁规则仲裁，"
            "裁决为终局，对双方均有约束力"
        )
    return f"向{dispute.court_place}有管辖权的人民法院提起诉讼"


def listed(numbers: Sequence[str]) -> str:
    """Return the numbers of other documents, or 无."""
    return "、".join(numbers) or "无"


def ticked(is_chosen: bool) -> str:  # noqa: FBT001  reads as what it prints
    """Return √ or □, which stand in every Chinese text face; ☑ and ☐ stand in none."""
    return "√" if is_chosen else "□"


def chinese_moment(at: datetime) -> str:
    """Return ``2026年3月15日 09:05`` as the clock of `at` itself shows it; seconds are left out.

    Raises ValueError for a moment without a zone: nobody could say when it was.
    """
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}")
    return f"{chinese_date(at.date())} {at:%H:%M}"


def day_or_unused(day: date | None) -> str:
    """Return the day, or what stands where none is to be written."""
    return UNUSED if day is None else chinese_date(day)
