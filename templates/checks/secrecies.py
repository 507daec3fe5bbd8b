"""Secrecies: what a confidentiality agreement must say (S-202, K01, K09, K16)."""

from __future__ import annotations

from collections.abc import Iterator

from templates.agreements import NdaTerms
from templates.checks.clauses import check_dispute
from templates.checks.parties import check_uscc
from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.terms import ContractTerms
from templates.wording import chinese_date

_LONG_DAYS = 60
_SIDES = ("party_a", "party_b")


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


def check_partners(
    terms: NdaTerms, *, company: str | None, contract: ContractTerms | None, signatory: str | None
) -> Iterator[Finding]:
    """Yield where the parties are not the firm and its contract's other side, or nobody may sign.

    `contract` is the contract it stands beside, None where it stands alone.
    """
    if company is not None and terms.party_b.name != company:
        message = f"乙方“{terms.party_b.name}”与本公司登记名称“{company}”不一致；请逐字核对"
        yield block("K14", "party_b.name", message)
    for side in _SIDES if contract is not None else ():
        ours, theirs = getattr(terms, side), getattr(contract, side)
        for name in ("name", "uscc"):
            said, known = getattr(ours, name), getattr(theirs, name)
            if said != known:
                message = f"“{said}”与合同所载“{known}”不一致；保密协议随合同立卷的，当事人须相同"
                yield block("K14", f"{side}.{name}", message)
    if signatory is not None and signatory.strip() != terms.party_b.legal_rep.strip():
        message = f"签署人 {signatory} 不是法定代表人；请法务核对其授权，并附授权委托书"
        yield warn("K16", "signatory", message)
