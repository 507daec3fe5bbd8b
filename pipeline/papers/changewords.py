"""Changewords: what a change does to payments, periods and acceptance, in words (变更表述)."""

from __future__ import annotations

from templates.terms import AcceptanceItem, ContractTerms, Instalment, Milestone, Warranty
from templates.wording import chinese_date, money, percent

UNCHANGED = "不变"


def payments_in_words(before: ContractTerms, after: ContractTerms) -> str:
    """Return the payment plan as it shall be, and the retention where that changes."""
    said = []
    if after.instalments != before.instalments:
        plan = "；".join(map(_instalment, after.instalments))
        said.append(f"付款计划整体调整为：{plan}")
    if _retention(after.warranty) != _retention(before.warranty):
        said.append(
            f"质量保证金调整为￥{money(after.warranty.retention_amount)}"
            f"（比例 {percent(after.warranty.retention_percent / 100)}）"
        )
    return "。".join(said) or UNCHANGED


def period_in_words(before: ContractTerms, after: ContractTerms) -> str:
    """Return the term of service, the stages and the warranty as they shall be."""
    said = []
    if (after.service_start, after.service_end) != (before.service_start, before.service_end):
        said.append(
            f"履行期限调整为{chinese_date(after.service_start)}至{chinese_date(after.service_end)}"
        )
    if after.milestones != before.milestones:
        stages = "；".join(map(_milestone, after.milestones))
        said.append(f"交付节点整体调整为：{stages}")
    if after.warranty.months != before.warranty.months:
        said.append(f"质量保证期调整为 {after.warranty.months} 个月")
    if after.warranty.response_hours != before.warranty.response_hours:
        said.append(f"质量保证期内的响应时限调整为 {after.warranty.response_hours} 小时")
    return "。".join(said) or UNCHANGED


def acceptance_in_words(before: ContractTerms, after: ContractTerms) -> str:
    """Return annex 2 as it shall be."""
    if after.acceptance_items == before.acceptance_items:
        return UNCHANGED
    return f"附件二整体调整为：{'；'.join(map(_item, after.acceptance_items))}"


def _retention(warranty: Warranty) -> tuple[object, ...]:
    return warranty.retention_amount, warranty.retention_percent


def _instalment(each: Instalment) -> str:
    return (
        f"第 {each.seq} 期 {each.name}（{each.condition}）{percent(each.share)}，"
        f"￥{money(each.amount)}，条件成就后 {each.within_workdays} 个工作日内支付"
    )


def _milestone(each: Milestone) -> str:
    return f"第 {each.seq} 节点 {each.name}（{each.deliverable}）{chinese_date(each.due)}"


def _item(each: AcceptanceItem) -> str:
    said = f"第 {each.seq} 项 {each.name}，标准：{each.standard}，方法：{each.method}"
    return said if each.quantity == "/" else f"{said}，数量：{each.quantity}"
