"""Periods: the term of service, its milestones and the order of days (K06, K18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.terms import ContractTerms
from templates.wording import chinese_date


def check_periods(terms: ContractTerms, *, on: date) -> Iterator[Finding]:
    """Yield days that contradict each other; `on` is the day of the check."""
    yield from _term(terms)
    yield from _milestones(terms)
    yield from _quote(terms, on=on)


def _term(terms: ContractTerms) -> Iterator[Finding]:
    if terms.service_start > terms.service_end:
        message = (
            f"服务开始日 {chinese_date(terms.service_start)} 晚于结束日 "
            f"{chinese_date(terms.service_end)}；请核对"
        )
        yield block("K06", "service.end", message)


def _milestones(terms: ContractTerms) -> Iterator[Finding]:
    if not terms.milestones:
        yield block("K06", "milestones", "没有交付节点；请至少填写一项及其完成期限")
    before = None
    for position, milestone in enumerate(terms.milestones):
        place = f"milestones[{position}].due"
        if not terms.service_start <= milestone.due <= terms.service_end:
            message = (
                f"完成期限 {chinese_date(milestone.due)} 不在服务期限 "
                f"{chinese_date(terms.service_start)} 至 {chinese_date(terms.service_end)} "
                "之内；请核对"
            )
            yield block("K06", place, message)
        if before is not None and milestone.due < before:
            yield warn("K06", place, f"完成期限早于上一节点（{chinese_date(before)}）；请核对顺序")
        before = milestone.due


def _quote(terms: ContractTerms, *, on: date) -> Iterator[Finding]:
    approved, accepted = terms.quote_approved_on, terms.quote_accepted_on
    if approved > accepted:
        message = (
            f"报价审批日 {chinese_date(approved)} 晚于客户接受日 {chinese_date(accepted)}："
            "未经审批的报价不得对外；请核对"
        )
        yield block("K18", "quote.approved_by.signed_at", message)
    if accepted > on:
        message = f"客户接受日 {chinese_date(accepted)} 晚于今日 {chinese_date(on)}；请核对"
        yield warn("K18", "quote.accepted_by_client.date", message)
    if terms.service_start < on:
        message = (
            f"服务开始日 {chinese_date(terms.service_start)} 早于起草日 {chinese_date(on)}，"
            "存在先履行后签约（倒签）的情形；请法务确认"
        )
        yield warn("K18", "service.start", message)
