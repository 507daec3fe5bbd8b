"""Prices: quantities, line amounts, tax, totals and the amount in words (K03, K05)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from templates.checks.grounds import Grounds
from templates.checks.remarks import block, warn
from templates.checks.rounding import is_whole_fen, net_of, shown, to_fen
from templates.errors import Finding
from templates.terms import ContractTerms, Line
from templates.wording import amount_in_words, amount_of_words, money, percent, quantity

FEE_TYPES = ("服务费", "材料费", "运输费", "其他")


def check_prices(terms: ContractTerms, grounds: Grounds) -> Iterator[Finding]:
    """Yield what does not add up; where a figure is no amount at all, only that."""
    malformed = tuple(_malformed(terms))
    if malformed:
        yield from malformed
        return
    for position, line in enumerate(terms.lines):
        yield from _line(f"items[{position}]", line)
        yield from _rate(f"items[{position}]", line, grounds)
    yield from _totals(terms)
    yield from _words(terms)
    usual = grounds.rules.figures.usual_total
    if terms.total > usual:
        message = f"合同总价 {money(terms.total)} 超过通常的 {money(usual)}；请核对有无多写"
        yield warn("K05", "amount.total", message)


def _malformed(terms: ContractTerms) -> Iterator[Finding]:
    amounts = [("amount.total", terms.total), ("amount.net", terms.net), ("amount.tax", terms.tax)]
    for position, line in enumerate(terms.lines):
        place = f"items[{position}]"
        amounts += [
            (f"{place}.unit_price_tax_incl", line.unit_price),
            (f"{place}.amount_net", line.net),
            (f"{place}.tax", line.tax),
            (f"{place}.amount_tax_incl", line.amount),
        ]
        if not line.qty.is_finite() or line.qty <= 0:
            yield block("K03", f"{place}.qty", f"数量 {line.qty} 不是大于零的数；请填写实际数量")
        if not line.tax_rate.is_finite() or not 0 <= line.tax_rate < 1:
            yield block("K05", f"{place}.tax_rate", f"税率 {line.tax_rate} 无效；6% 请写成 0.06")
    for place, amount in amounts:
        if not is_whole_fen(amount):
            message = f"金额 {amount} 不是精确到分的非负数；请核定后填写，本系统不代为四舍五入"
            yield block("K05", place, message)
    if not terms.lines:
        yield block("K05", "items", "没有费用明细；请至少填写一行")


def _line(place: str, line: Line) -> Iterator[Finding]:
    if line.fee_type not in FEE_TYPES:
        listed = "、".join(FEE_TYPES)
        yield block("K05", f"{place}.fee_type", f"费用类别“{line.fee_type}”无效；只能是{listed}")
    product = to_fen(Fraction(line.qty) * Fraction(line.unit_price))
    if line.amount != product:
        message = (
            f"价税合计 {money(line.amount)} 不等于数量 {quantity(line.qty)} × 单价 "
            f"{money(line.unit_price)} = {shown(product)}；请核对数量、单价或金额"
        )
        yield block("K05", f"{place}.amount_tax_incl", message)
    yield from _tax(place, line)


def _tax(place: str, line: Line) -> Iterator[Finding]:
    if line.net + line.tax != line.amount:
        message = (
            f"不含税金额 {money(line.net)} + 税额 {money(line.tax)} 不等于价税合计 "
            f"{money(line.amount)}；请核对"
        )
        yield block("K05", f"{place}.tax", message)
        return
    # An order reckoned from the net price keeps this rule too: net + round(net × rate) is an
    # amount whose net is that net again.
    net = net_of(line.amount, line.tax_rate)
    if line.net == net:
        return
    rate = percent(line.tax_rate)
    message = (
        f"不含税金额 {money(line.net)} 应为 {money(net)}"
        f"（价税合计 ÷（1+{rate}），四舍五入到分）；请核对"
    )
    yield block("K05", f"{place}.amount_net", message)


def _rate(place: str, line: Line, grounds: Grounds) -> Iterator[Finding]:
    lawful = [each for each in grounds.rules.figures.tax_rates if each.is_lawful(grounds.on)]
    if line.tax_rate in {each.rate for each in lawful}:
        return
    listed = "、".join(percent(each.rate) for each in lawful)
    message = (
        f"税率 {percent(line.tax_rate)} 不是现行税率或征收率（{listed}）；"
        "请核对，另有依据的由财税人员列入 rules/checks.toml"
    )
    yield block("K05", f"{place}.tax_rate", message)


def _totals(terms: ContractTerms) -> Iterator[Finding]:
    sums = (
        ("total", "含税总价", terms.total, sum((line.amount for line in terms.lines), Decimal(0))),
        ("net", "不含税价款", terms.net, sum((line.net for line in terms.lines), Decimal(0))),
        ("tax", "税额", terms.tax, sum((line.tax for line in terms.lines), Decimal(0))),
    )
    for name, title, stated, added in sums:
        if stated != added:
            difference = shown(stated - added)
            message = (
                f"{title} {money(stated)} 不等于各行之和 {shown(added)}"
                f"（相差 {difference}）；请核对"
            )
            yield block("K05", f"amount.{name}", message)
    if terms.total <= 0:
        yield block("K05", "amount.total", "合同总价须大于零；请核对")
    if terms.currency != "CNY":
        message = f"币种 {terms.currency} 不受支持；标准模板只用于人民币（CNY）合同"
        yield block("K05", "amount.currency", message)


def _words(terms: ContractTerms) -> Iterator[Finding]:
    if terms.total_upper is None:
        return
    place = "amount.total_upper"
    expected = amount_in_words(terms.total)
    try:
        stated = amount_of_words(terms.total_upper)
    except ValueError:
        message = f"大写金额“{terms.total_upper}”无法辨认；应为“{expected}”"
        yield block("K05", place, message)
        return
    if stated != terms.total:
        message = (
            f"大写金额“{terms.total_upper}”是 {money(stated)}，小写是 {money(terms.total)}；"
            f"请核定，小写无误时大写应为“{expected}”"
        )
        yield block("K05", place, message)
