"""Changes: what a change agreement must state exactly (F-303, F-304, K05, K12, K18)."""

from __future__ import annotations

from collections.abc import Iterator

from templates.agreements import ChangeTerms
from templates.checks.remarks import block, warn
from templates.checks.rounding import is_whole_fen, shown
from templates.errors import Finding
from templates.wording import chinese_date, money

_UNCHANGED = "不变"


def check_changes(terms: ChangeTerms) -> Iterator[Finding]:
    """Yield what would leave a change unclear: an unclear change changes nothing (民法典 544)."""
    yield from _clauses(terms)
    yield from _sequence(terms)
    yield from _price(terms)
    signed = terms.contract_signed_on
    if signed is None:
        yield warn("F-304", "contract_signed_on", "原合同尚无签订日期；请确认原合同已经签署")
    elif signed < terms.contract.quote_accepted_on:
        message = f"原合同签订日 {chinese_date(signed)} 早于报价接受日；请核对"
        yield block("K18", "contract_signed_on", message)


def _clauses(terms: ChangeTerms) -> Iterator[Finding]:
    if not terms.changes:
        yield block("F-304", "changes", "没有变更内容；请逐条写明原约定和变更后的约定")
    for position, each in enumerate(terms.changes):
        if each.before.strip() == each.after.strip():
            message = f"“{each.clause}”的原约定与变更后约定相同；请核对"
            yield block("F-304", f"changes[{position}].after", message)
    numbers = [each.seq for each in terms.changes]
    if numbers != list(range(1, len(numbers) + 1)):
        yield block("K12", "changes", "变更内容的序号没有从 1 起连续排列；请重新编号")


def _sequence(terms: ChangeTerms) -> Iterator[Finding]:
    if terms.seq < 1:
        yield block("F-304", "seq", "变更次序从 1 起；请核对")
    elif terms.seq != len(terms.earlier) + 1:
        message = (
            f"本次为第 {terms.seq} 号变更，但此前已生效的变更协议列了 {len(terms.earlier)} 份；"
            "请核对有无遗漏或者作废"
        )
        yield warn("F-304", "earlier", message)
    if len(set(terms.earlier)) != len(terms.earlier):
        yield block("F-304", "earlier", "此前的变更协议有重复；请核对")


def _price(terms: ChangeTerms) -> Iterator[Finding]:
    amounts = {
        "before_total": terms.before_total,
        "delta": abs(terms.delta),
        "after_total": terms.after_total,
        "after_net": terms.after_net,
        "after_tax": terms.after_tax,
    }
    malformed = [place for place, amount in amounts.items() if not is_whole_fen(amount)]
    for place in malformed:
        yield block("K05", place, f"金额 {amounts[place]} 不是精确到分的数；请核定后填写")
    if malformed:
        return
    yield from _sums(terms)
    if terms.delta != 0 and terms.payment_change.strip() == _UNCHANGED:
        message = "价款有增减，而付款计划写“不变”；请写明增减的金额计入哪一期"
        yield block("K07", "payment_change", message)


def _sums(terms: ChangeTerms) -> Iterator[Finding]:
    after = terms.before_total + terms.delta
    if terms.after_total != after:
        message = (
            f"变更后总价 {money(terms.after_total)} 不等于变更前 {money(terms.before_total)} "
            f"加增减 {money(terms.delta)} = {shown(after)}；请核对"
        )
        yield block("K05", "after_total", message)
    if terms.after_total <= 0:
        yield block("K05", "after_total", "变更后总价须大于零；全部取消的，请签订终止与结算协议")
    if terms.after_net + terms.after_tax != terms.after_total:
        message = (
            f"变更后不含税价款 {money(terms.after_net)} + 税款 {money(terms.after_tax)} "
            f"不等于总价 {money(terms.after_total)}；请核对"
        )
        yield block("K05", "after_tax", message)
    if terms.before_total != terms.contract.total:
        origin = "原合同" if terms.seq == 1 else f"第 {terms.seq - 1} 号变更后的"
        message = (
            f"第 {terms.seq} 号变更前的总价 {money(terms.before_total)} 不等于{origin}总价 "
            f"{money(terms.contract.total)}；请核对"
        )
        yield block("K05", "before_total", message)
