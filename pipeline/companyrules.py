"""Company rules: a firm's own rules of rules/checks.toml, refused where they are malformed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from archive.rulesets import RuleTable
from templates.checks.company import Asked, CompanyRule, Condition
from templates.checks.facts import PLACES
from templates.errors import Level

_CODE: Final = re.compile(r"C[0-9]{2,3}")
_TYPE: Final = re.compile(r"[A-Z]{2,4}")


def company_rules(top: RuleTable) -> Iterator[CompanyRule]:
    """Yield the rules under [[company]]; raises RulesUnfit for one that cannot be meant so."""
    if not top.has("company"):
        return
    seen: set[str] = set()
    for table in top.listed_tables("company"):
        rule = _rule(table)
        if rule.code in seen:
            raise table.unfit("code", f"{rule.code} 用了两次")
        seen.add(rule.code)
        yield rule


def _rule(table: RuleTable) -> CompanyRule:
    code = table.text("code")
    if _CODE.fullmatch(code) is None:
        raise table.unfit("code", f"公司规则的编号应为 C01、C02 …，不能是“{code}”")
    kind = table.text("kind", "contract")
    if kind not in PLACES:
        raise table.unfit("kind", f"只能是 {'、'.join(PLACES)}")
    types = table.texts("types", ())
    for each in types:
        if _TYPE.fullmatch(each) is None:
            raise table.unfit("types", f"“{each}”不是合同类型代码，如 FW")
    level = table.text("level")
    if level not in tuple(Level):
        raise table.unfit("level", "只能是 block（拦下）或 warn（提示）")
    start, end = table.day("valid_from"), None
    if table.has("valid_to") and (end := table.day("valid_to")) < start:
        raise table.unfit("valid_to", "不能早于 valid_from")
    rule = CompanyRule(
        code=code,
        title=table.text("title"),
        basis=table.text("basis"),
        level=Level(level),
        kind=kind,
        types=types,
        when=tuple(_conditions(table, "when", kind)) if table.has("when") else (),
        require=tuple(_conditions(table, "require", kind)),
        valid_from=start,
        valid_to=end,
    )
    table.finish()
    return rule


def _conditions(table: RuleTable, key: str, kind: str) -> Iterator[Condition]:
    for row in table.listed_tables(key):
        place = row.text("place")
        if place not in PLACES[kind]:
            raise row.unfit(
                "place", f"不认识的位置“{place}”；写法同订单，如 amount.total、items[].name"
            )
        asked = [each for each in Asked if row.has(each)]
        if len(asked) != 1:
            raise row.unfit("", f"须且只能写一项要求：{'、'.join(Asked)}")
        yield _condition(row, place, asked[0], PLACES[kind][place])
        row.finish()


def _condition(row: RuleTable, place: str, asked: Asked, holds: type) -> Condition:
    if asked.is_of_figures != (holds is Decimal):
        what = "数字" if holds is Decimal else "文字"
        raise row.unfit(asked, f"“{place}”处是{what}，不能用 {asked}")
    if asked is Asked.FILLED:
        if not row.flag(asked):
            raise row.unfit(asked, "只能是 true；不要求填写的不必写")
        return Condition(place, asked)
    if not asked.is_of_figures:
        words = row.texts(asked)
        if not words:
            raise row.unfit(asked, "列表不能为空")
        return Condition(place, asked, words=words)
    return Condition(place, asked, bound=row.figure(asked))
