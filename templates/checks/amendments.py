"""Amendments: whether a contract still stands after a change, and the text says all (F-305)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from templates.agreements import ChangeTerms
from templates.checks.clauses import check_rows
from templates.checks.grounds import Grounds
from templates.checks.payments import check_payments
from templates.checks.periods import check_term
from templates.checks.places import PARTY_TEXTS, texts_of_contract
from templates.checks.remarks import block, warn
from templates.checks.texts import check_text
from templates.errors import Finding
from templates.terms import ContractTerms, Party

_ANNEX = re.compile(r"附件二")
_HINTS = (
    (re.compile(r"期限|节点|工期|完成日|交付时间"), "service、milestones", "period_change"),
    (re.compile(r"价款|总价|单价|付款"), "price、payments", "payment_change"),
)
_UNCHANGED = "不变"
_ROWS = ("instalments", "milestones", "acceptance_items")


def check_amended(terms: ChangeTerms, after: ContractTerms, grounds: Grounds) -> Iterator[Finding]:
    """Yield what is wrong with the contract `after` the change, and what only its text changes.

    Later documents are measured by `after`: a clause that is changed in words alone would be
    forgotten by them.
    """
    before = terms.contract
    yield from _new_texts(before, after)
    if (after.total, after.instalments, after.warranty) != (
        before.total,
        before.instalments,
        before.warranty,
    ):
        yield from check_payments(after, grounds.rules.figures)
    if (after.service_start, after.service_end, after.milestones) != (
        before.service_start,
        before.service_end,
        before.milestones,
    ):
        yield from check_term(after, grounds)
    if any(getattr(after, name) != getattr(before, name) for name in _ROWS):
        yield from check_rows(after)
    yield from _words_alone(terms)
    for side in ("party_a", "party_b"):
        yield from _party(terms, side, getattr(before, side), getattr(after, side))
    company = grounds.firm_name
    if company is not None and after.party_b.name != company:
        message = f"乙方“{after.party_b.name}”与本公司登记名称“{company}”不一致；请逐字核对"
        yield block("K14", "party_b.name", message)


def _new_texts(before: ContractTerms, after: ContractTerms) -> Iterator[Finding]:
    known = {said.text for said in texts_of_contract(before)}
    for said in texts_of_contract(after):
        if said.text not in known:
            yield from check_text(said)


def _words_alone(terms: ChangeTerms) -> Iterator[Finding]:
    for position, each in enumerate(terms.changes):
        place, clause = f"changes[{position}]", each.clause
        if _ANNEX.search(clause) and terms.acceptance_change == _UNCHANGED:
            message = (
                f"“{clause}”改了附件二，而 acceptance_items 没有填写，以后的验收仍会按原标准；"
                "请填写变更后的全部验收项目"
            )
            yield block("F-304", f"{place}.clause", message)
        for pattern, names, effect in _HINTS:
            if pattern.search(clause) and getattr(terms, effect) == _UNCHANGED:
                message = f"“{clause}”似改动了{names} 所载内容，而该项没有填写；请确认"
                yield warn("F-304", f"{place}.clause", message)


def _party(terms: ChangeTerms, side: str, before: Party, after: Party) -> Iterator[Finding]:
    if before.uscc != after.uscc:
        message = "统一社会信用代码与合同所载不同；更换当事人不能用变更协议，须三方另行签订"
        yield block("K14", f"{side}.uscc", message)
    agreed = " ".join(each.after for each in terms.changes)
    for name in PARTY_TEXTS:
        text = getattr(after, name)
        if text != getattr(before, name) and text not in agreed:
            message = f"改为“{text}”，而变更内容中没有写明；请在 changes 中逐条写出"
            yield block("F-304", f"{side}.{name}", message)
