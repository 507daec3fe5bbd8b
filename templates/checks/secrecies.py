"""Secrecies: what a confidentiality agreement must say (S-202, K01, K09, K16)."""

from __future__ import annotations

from collections.abc import Iterator

from templates.agreements import NdaTerms
from templates.checks.clauses import check_dispute
from templates.checks.parties import check_uscc
from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.wording import chinese_date

_LONG_DAYS = 60


def check_secrecy(terms: NdaTerms) -> Iterator[Finding]:
    """Yield what is wrong with the parties, the term, the dispute and the days."""
    a, b = terms.party_a, terms.party_b
    if a.name == b.name or a.uscc == b.uscc:
        yield block("K01", "party_b.name", "甲方与乙方是同一主体；请核对")
    yield from check_uscc("party_a.uscc", a.uscc)
    yield from check_uscc("party_b.uscc", b.uscc)
    yield from check_dispute("dispute", terms.dispute)
    if terms.end < terms.start:
        message = f"期限的开始日 {chinese_date(terms.start)} 晚于结束日；请核对"
        yield block("K18", "end", message)
    for place, days in (
        ("confirm_days", terms.confirm_days),
        ("return_days", terms.return_days),
    ):
        if days < 1:
            yield block("S-202", place, f"天数 {days} 须至少为 1；请核对")
        elif days > _LONG_DAYS:
            yield warn("S-202", place, f"天数 {days} 过长，保护可能落空；请确认")
