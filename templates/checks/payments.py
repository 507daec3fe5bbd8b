"""Payments: instalments that add up to the price, retention, and where to pay (K07)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from templates.checks.remarks import block, warn
from templates.checks.rounding import is_whole_fen, share_of, shown
from templates.checks.rules import Figures
from templates.errors import Finding
from templates.terms import ContractTerms, Instalment
from templates.wording import money, percent, quantity


def check_payments(terms: ContractTerms, figures: Figures) -> Iterator[Finding]:
    """Yield what is wrong with the payment plan, the retention and the payee's account."""
    if not terms.instalments:
        yield block("K07", "payments", "没有付款计划；请至少填写一期")
    elif malformed := tuple(_malformed(terms.instalments)):
        yield from malformed
    elif is_whole_fen(terms.total):
        yield from _plan(terms)
        yield from _earnest(terms.instalments, figures.earnest_cap)
        yield from _usual(terms, figures)
        yield from _retention(terms)
    yield from _account(terms)


def _malformed(instalments: tuple[Instalment, ...]) -> Iterator[Finding]:
    for position, instalment in enumerate(instalments):
        place = f"payments[{position}]"
        if not instalment.share.is_finite() or not 0 < instalment.share <= 1:
            yield block("K07", f"{place}.pct", f"比例 {instalment.share} 无效；30% 请写成 0.30")
        if not is_whole_fen(instalment.amount):
            message = f"金额 {instalment.amount} 不是精确到分的非负数；请核对"
            yield block("K07", f"{place}.amount", message)
        if instalment.within_workdays < 1:
            yield block("K07", f"{place}.pay_within_workdays", "付款期限须至少 1 个工作日")


def _plan(terms: ContractTerms) -> Iterator[Finding]:
    shares = sum((each.share for each in terms.instalments), Decimal(0))
    if shares != 1:
        message = f"各期比例之和为 {percent(shares)}，应为 100%；请核对"
        yield block("K07", "payments", message)
        return
    left = terms.total
    for position, instalment in enumerate(terms.instalments):
        is_last = position == len(terms.instalments) - 1
        due = left if is_last else share_of(terms.total, instalment.share)
        left -= due
        if instalment.amount != due:
            rule = "总价减去前各期" if is_last else f"总价 × {percent(instalment.share)}"
            message = f"本期金额 {money(instalment.amount)} 应为 {shown(due)}（{rule}）；请核对"
            yield block("K07", f"payments[{position}].amount", message)
    paid = sum((each.amount for each in terms.instalments), Decimal(0))
    if paid != terms.total:
        message = f"各期金额之和 {shown(paid)} 不等于合同总价 {money(terms.total)}；请核对"
        yield block("K07", "payments", message)


def _earnest(instalments: tuple[Instalment, ...], cap: Decimal) -> Iterator[Finding]:
    paid = Decimal(0)
    for position, instalment in enumerate(instalments):
        if "定金" not in instalment.name:
            continue
        paid += instalment.share
        if paid > cap:
            message = (
                f"定金合计 {percent(paid)}，超过合同总价的 {percent(cap)}；超过法定 20% 的部分"
                "不产生定金效力（民法典第五百八十六条），请核对"
            )
            yield warn("K07", f"payments[{position}].pct", message)


def _usual(terms: ContractTerms, figures: Figures) -> Iterator[Finding]:
    for position, instalment in enumerate(terms.instalments):
        if instalment.within_workdays > figures.usual_pay_workdays:
            message = (
                f"付款期限 {instalment.within_workdays} 个工作日，长于通常的 "
                f"{figures.usual_pay_workdays} 个；请核对"
            )
            yield warn("K07", f"payments[{position}].pay_within_workdays", message)
    rate = terms.warranty.retention_percent
    if rate.is_finite() and rate > figures.usual_retention_percent:
        message = (
            f"质量保证金比例 {quantity(rate)}% 高于通常的 "
            f"{quantity(figures.usual_retention_percent)}%；请核对"
        )
        yield warn("K07", "warranty.retention_pct", message)


def _retention(terms: ContractTerms) -> Iterator[Finding]:
    stated, rate = terms.warranty.retention_amount, terms.warranty.retention_percent
    if not rate.is_finite() or not 0 <= rate < 100 or not is_whole_fen(stated):  # noqa: PLR2004  per cent
        yield block("K07", "warranty.retention_pct", "质量保证金的比例或金额无效；5% 请写成 5")
        return
    due = {share_of(terms.total, rate / 100)}
    due |= {each.amount for each in terms.instalments if each.share == rate / 100}
    if stated not in due:
        listed = " 或 ".join(money(each) for each in sorted(due))
        message = (
            f"质量保证金 {money(stated)} 与比例 {percent(rate / 100)} 不符，应为 {listed}；请核对"
        )
        yield block("K07", "warranty.retention_amount", message)


def _account(terms: ContractTerms) -> Iterator[Finding]:
    account = re.sub(r"[\s-]", "", terms.party_b.bank_account)
    if account and re.fullmatch(r"[0-9]{8,30}", account) is None:
        message = f"收款账号“{terms.party_b.bank_account}”不是 8 至 30 位数字；请与开户许可核对"
        yield warn("K07", "party_b.bank_account", message)
    if account and account == re.sub(r"[\s-]", "", terms.party_a.bank_account):
        yield block("K07", "party_b.bank_account", "收款账号与甲方账号相同；请核对，避免付款付错")
