"""Periods: the term of service, its milestones and the order of days (K06, K18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from templates.checks.chains import Dated, check_years
from templates.checks.grounds import Grounds
from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.terms import ContractTerms
from templates.wording import chinese_date
from templates.workdays import is_published, is_workday


def check_periods(terms: ContractTerms, grounds: Grounds) -> Iterator[Finding]:
    """Yield days that contradict each other, or that nobody can mean."""
    strange = tuple(check_years(_days(terms), grounds.rules.figures))
    if strange:
        yield from strange
        return
    yield from check_term(terms, grounds)
    yield from _quote(terms, grounds)


def check_term(terms: ContractTerms, grounds: Grounds) -> Iterator[Finding]:
    """Yield what is wrong with the term of service and with the stages in it."""
    yield from _term(terms, grounds)
    yield from _milestones(terms)


def _days(terms: ContractTerms) -> list[Dated]:
    return [
        Dated("quote.approved_by.signed_at", "报价审批日", terms.quote_approved_on),
        Dated("quote.accepted_by_client.date", "客户接受日", terms.quote_accepted_on),
        Dated("service.start", "服务开始日", terms.service_start),
        Dated("service.end", "服务结束日", terms.service_end),
        *(
            Dated(f"milestones[{position}].due", "完成期限", milestone.due)
            for position, milestone in enumerate(terms.milestones)
        ),
    ]


def _term(terms: ContractTerms, grounds: Grounds) -> Iterator[Finding]:
    start, end = terms.service_start, terms.service_end
    if start > end:
        message = f"服务开始日 {chinese_date(start)} 晚于结束日 {chinese_date(end)}；请核对"
        yield block("K06", "service.end", message)
    usual = grounds.rules.figures.usual_term_years
    if end.year - start.year > usual:
        message = (
            f"服务期限自 {chinese_date(start)} 至 {chinese_date(end)}，"
            f"长于通常的 {usual} 年；请核对"
        )
        yield warn("K06", "service.end", message)


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
        elif not is_workday(milestone.due):
            yield warn("K06", place, _on_a_day_off(milestone.due))
        if before is not None and milestone.due < before:
            yield warn("K06", place, f"完成期限早于上一节点（{chinese_date(before)}）；请核对顺序")
        before = milestone.due


def _on_a_day_off(due: date) -> str:
    doubt = (
        ""
        if is_published(due.year)
        else f"（{due.year} 年的放假调休安排尚未收录，按周末和法定节日判断）"
    )
    return (
        f"完成期限 {chinese_date(due)} 不是工作日{doubt}；届满之日顺延至其后第一个工作日，"
        "请确认是否改为工作日"
    )


def _quote(terms: ContractTerms, grounds: Grounds) -> Iterator[Finding]:
    on, approved, accepted = grounds.on, terms.quote_approved_on, terms.quote_accepted_on
    if approved > accepted:
        message = (
            f"报价审批日 {chinese_date(approved)} 晚于客户接受日 {chinese_date(accepted)}："
            "未经审批的报价不得对外；请核对"
        )
        yield block("K18", "quote.approved_by.signed_at", message)
    elif (accepted - approved).days > grounds.rules.figures.quote_valid_days:
        message = (
            f"客户接受日 {chinese_date(accepted)} 距报价审批日 {chinese_date(approved)} 超过 "
            f"{grounds.rules.figures.quote_valid_days} 日，报价可能已失效；请确认"
        )
        yield warn("K18", "quote.accepted_by_client.date", message)
    if accepted > on:
        message = f"客户接受日 {chinese_date(accepted)} 晚于今日 {chinese_date(on)}；请核对"
        yield block("K18", "quote.accepted_by_client.date", message)
    if terms.service_start < on:
        message = (
            f"服务开始日 {chinese_date(terms.service_start)} 早于起草日 {chinese_date(on)}，"
            "存在先履行后签约（倒签）的情形；请法务确认"
        )
        yield warn("K18", "service.start", message)
