"""Authorities: who may sign, for what, how much and how long (民法典 165, F-201, K16)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from templates.agreements import AuthorityTerms, Power
from templates.checks.parties import check_uscc
from templates.checks.remarks import block, warn
from templates.checks.rounding import is_whole_fen
from templates.errors import Finding
from templates.terms import ContractTerms
from templates.wording import chinese_date, money

_SWEEPING = re.compile(r"全权|一切事[项务宜]|所有事[项务宜]")
_NOTHING = {"", "无", "/", "／"}
_BARE_NUMBER = re.compile(r"[0-9Xx]{15,18}")


def check_powers(terms: AuthorityTerms) -> Iterator[Finding]:
    """Yield what a power of attorney lacks, and what it says too much."""
    yield from check_uscc("principal.uscc", terms.principal.uscc)
    if not terms.powers:
        yield block("F-201", "powers", "没有勾选任何代理权限；请至少选一项")
    has_other = terms.other_power.strip() not in _NOTHING
    if has_other != (Power.OTHER in terms.powers):
        message = "“其他”权限的勾选与内容不一致；请写明内容并勾选，或者填“/”且不勾选"
        yield block("F-201", "other_power", message)
    for place, text in (("matter", terms.matter), ("other_power", terms.other_power)):
        if found := _SWEEPING.search(text):
            message = f"“{found[0]}”没有说明代理事项和权限（民法典第一百六十五条）；请具体写明"
            yield block("F-201", place, message)
    if not is_whole_fen(terms.limit) or terms.limit <= 0:
        yield block("F-201", "limit", f"金额上限 {terms.limit} 不是大于零、精确到分的数；请核定")
    if terms.end < terms.start:
        message = f"委托期限的开始日 {chinese_date(terms.start)} 晚于结束日；请核对"
        yield block("F-201", "end", message)
    yield from _identity(terms)
    if terms.may_delegate:
        yield warn("F-201", "may_delegate", "允许转委托；请确认委托人确有此意")


def _identity(terms: AuthorityTerms) -> Iterator[Finding]:
    if not terms.agent_id.strip():
        yield block("F-201", "agent_id", "证件号码不能为空；请填写遮蔽后的号码")
    elif "*" not in terms.agent_id and _BARE_NUMBER.search(terms.agent_id):
        message = "证件号码没有遮蔽；请以“*”遮蔽中间各位，完整号码只留在身份证明复印件上"
        yield block("F-201", "agent_id", message)


def check_signatory(
    terms: AuthorityTerms, *, on: date, amount: Decimal, power: Power = Power.SIGN
) -> tuple[Finding, ...]:
    """Return why the agent may not use `power` for `amount` yuan on the day `on`."""
    found = []
    if power not in terms.powers:
        message = f"授权委托书没有授予“{power}”的权限；请另行授权"
        found.append(block("K16", "powers", message))
    if not terms.start <= on <= terms.end:
        message = (
            f"{chinese_date(on)} 不在委托期限 {chinese_date(terms.start)} 至 "
            f"{chinese_date(terms.end)} 之内；请续期或者另行授权"
        )
        found.append(block("K16", "end", message))
    if amount > terms.limit:
        message = f"金额 {money(amount)} 超过授权上限 {money(terms.limit)}；请另行授权"
        found.append(block("K16", "limit", message))
    return tuple(found)


def check_reach(
    terms: AuthorityTerms, contract: ContractTerms, *, on: date, approvers: Iterable[str]
) -> Iterator[Finding]:
    """Yield why the power cannot serve `contract`: too late, too small, or given to oneself."""
    if terms.end < on:
        message = f"委托期限已于 {chinese_date(terms.end)} 届满；请重新确定期限"
        yield block("K16", "end", message)
    if Power.SIGN in terms.powers:
        if terms.limit < contract.total:
            message = (
                f"授权签署合同，而金额上限 {money(terms.limit)} 低于合同总价 "
                f"{money(contract.total)}；请提高上限，或者不授予该项权限"
            )
            yield block("K16", "limit", message)
        if _plain(terms.agent_name) != _plain(contract.party_b.agent):
            message = f"受托人与合同载明的授权代表“{contract.party_b.agent}”不是同一人；请核对"
            yield warn("K16", "agent_name", message)
    if _plain(terms.agent_name) in set(map(_plain, approvers)):
        message = f"受托人 {terms.agent_name} 审批了对自己的授权；请由他人审批"
        yield block("F-201", "approvals", message)


def _plain(name: str) -> str:
    return "".join(name.split())
