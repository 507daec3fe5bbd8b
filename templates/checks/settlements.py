"""Settlements: the account of a contract that ends (F-401 to F-404, K05, K18)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from templates.agreements import Ending, Settlement, TerminationTerms
from templates.checks.remarks import block, warn
from templates.checks.rounding import is_whole_fen, shown
from templates.errors import Finding
from templates.fieldsets.shape import UNUSED
from templates.wording import chinese_date, money

_NOTHING = {"", "无", UNUSED, "／"}
_SIGNED = ("change_total", "payable", "invoice_diff")
_PLAIN = ("contract_total", "deduct", "final", "paid", "retention", "invoiced")


def check_settlement(terms: TerminationTerms) -> Iterator[Finding]:
    """Yield what does not add up, has no basis, or contradicts the contract or the days."""
    malformed = tuple(_malformed(terms.settlement))
    yield from malformed
    if not malformed:
        yield from _sums(terms.settlement)
        yield from _bases(terms)
        yield from _invoices(terms.settlement)
    yield from _acceptance(terms)
    yield from _days(terms)
    if not terms.handovers:
        yield warn("F-402", "handovers", "资料交接清单为空；确无资料可交接的，请在说明中写明")


def _malformed(settlement: Settlement) -> Iterator[Finding]:
    for name in (*_PLAIN, *_SIGNED):
        amount = getattr(settlement, name)
        if not is_whole_fen(abs(amount) if name in _SIGNED else amount):
            message = f"金额 {amount} 不是精确到分的{'' if name in _SIGNED else '非负'}数；请核定"
            yield block("K05", f"settlement.{name}", message)


def _sums(settlement: Settlement) -> Iterator[Finding]:
    final = settlement.contract_total + settlement.change_total - settlement.deduct
    if settlement.final != final:
        message = (
            f"（4）结算总价 {money(settlement.final)} 不等于（1）＋（2）－（3）= {shown(final)}；"
            "请核对"
        )
        yield block("K05", "settlement.final", message)
    payable = settlement.final - settlement.paid - settlement.retention
    if settlement.payable != payable:
        message = (
            f"（7）本次应付（退） {money(settlement.payable)} 不等于（4）－（5）－（6）= "
            f"{shown(payable)}；请核对"
        )
        yield block("K05", "settlement.payable", message)
    if settlement.payable != 0 and settlement.pay_by is None:
        yield block("F-403", "settlement.pay_by", "有应付或者应退款项而没有期限；请填写")
    if settlement.payable == 0 and settlement.pay_by is not None:
        yield block("F-403", "settlement.pay_by", "没有应付或者应退款项，不应填写付款期限")
    if settlement.retention > settlement.final:
        yield block("K05", "settlement.retention", "质量保证金超过结算总价；请核对")


def _bases(terms: TerminationTerms) -> Iterator[Finding]:
    settlement, contract = terms.settlement, terms.contract
    if settlement.contract_total != terms.original_total:
        message = (
            f"（1）原合同总价 {money(settlement.contract_total)} 与合同所载 "
            f"{money(terms.original_total)} 不一致；请核对"
        )
        yield block("K05", "settlement.contract_total", message)
    agreed = sum(terms.deltas, Decimal(0))
    if settlement.change_total != agreed:
        message = (
            f"（2）变更增减 {money(settlement.change_total)} 与已归档的 {len(terms.deltas)} 份"
            f"变更协议合计 {money(agreed)} 不一致；请核对"
        )
        yield block("K05", "settlement.change_total", message)
    paid = sum((each.amount for each in terms.payments), Decimal(0))
    if settlement.paid != paid:
        message = (
            f"（5）已付金额 {money(settlement.paid)} 与所列 {len(terms.payments)} 笔付款合计 "
            f"{money(paid)} 不一致；请逐笔列明并核对"
        )
        yield block("F-404", "settlement.paid", message)
    if settlement.change_total != 0 and not terms.amendments:
        message = "有变更增减而没有变更协议；没有书面协议的变更不得结算"
        yield block("F-304", "amendments", message)
    if settlement.deduct > 0 and settlement.deduct_basis.strip() in _NOTHING:
        yield block("F-404", "settlement.deduct_basis", "有扣款而没有依据；请写明约定和凭证")
    if settlement.retention > contract.warranty.retention_amount:
        message = (
            f"扣留的质量保证金 {money(settlement.retention)} 超过合同约定的 "
            f"{money(contract.warranty.retention_amount)}；请确认有变更约定"
        )
        yield warn("K07", "settlement.retention", message)


def _invoices(settlement: Settlement) -> Iterator[Finding]:
    invoiced = settlement.invoiced + settlement.invoice_diff
    if invoiced != settlement.final:
        message = (
            f"已开发票加应补开（减应冲红）为 {shown(invoiced)}，与结算总价 "
            f"{money(settlement.final)} 不一致；请财务确认（违约金不影响开票金额）"
        )
        yield warn("F-404", "settlement.invoice_diff", message)


def _acceptance(terms: TerminationTerms) -> Iterator[Finding]:
    is_accepted = terms.acceptance_no.strip() not in _NOTHING
    if terms.ending is Ending.PERFORMED and terms.acceptance_conclusion != "合格":
        message = "终止原因为履行完毕，而验收结论不是合格；请先完成验收，或者改选终止原因"
        yield block("F-402", "acceptance_conclusion", message)
    if not is_accepted and terms.unaccepted.strip() in _NOTHING:
        message = "没有验收报告，也没有写明未验收部分如何处理；请补充"
        yield block("F-402", "unaccepted", message)


def _days(terms: TerminationTerms) -> Iterator[Finding]:
    signed, ended = terms.contract_signed_on, terms.ended_on
    if signed is not None and ended < signed:
        message = f"终止日 {chinese_date(ended)} 早于合同签订日 {chinese_date(signed)}；请核对"
        yield block("K18", "ended_on", message)
    if terms.settlement.pay_by is not None and terms.settlement.pay_by < ended:
        yield warn("K18", "settlement.pay_by", "付款期限早于终止日；请核对")
    if terms.handover_by < ended:
        yield warn("K18", "handover_by", "交接期限早于终止日；请核对")
    for position, each in enumerate(terms.handovers):
        if each.due > terms.handover_by:
            message = f"“{each.name}”的交接期限晚于约定的 {chinese_date(terms.handover_by)}；请核对"
            yield block("K18", f"handovers[{position}].due", message)
    numbers = [each.seq for each in terms.handovers]
    if numbers != list(range(1, len(numbers) + 1)):
        yield block("K12", "handovers", "交接清单的序号没有从 1 起连续排列；请重新编号")
