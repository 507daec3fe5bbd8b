"""Check rules: rules/checks.toml read into the rules the checks go by (检查规则)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from archive.errors import RulesUnfit
from archive.rulesets import RuleTable, read_ruleset
from pipeline.companyrules import company_rules
from templates.checks.known import CODES, FIXED
from templates.checks.rules import Check, CheckRules, Figures, TaxRate
from templates.errors import Level

CHECKS: Final = "checks.toml"


def load_check_rules(path: Path) -> CheckRules:
    """Read the check rules at `path`; raises RulesUnfit, which says which key is wrong and why.

    Whether they are in force on a day is asked of what is returned (`problem_on`).
    """
    if not path.exists():
        raise RulesUnfit(path.name, "", "没有此文件；请运行 guidang init 补齐，已有的文件不变")
    rules = read_ruleset(path)
    top = rules.table
    valid_from, valid_to = _period(top)
    tables = _known_tables(top)
    figures = _figures(tables)
    checks = {code: _check(code, table) for code, table in tables.items()}
    company = tuple(company_rules(top))
    top.finish()
    return CheckRules(
        version=rules.version,
        digest=rules.digest,
        valid_from=valid_from,
        valid_to=valid_to,
        checks=checks,
        figures=figures,
        company=company,
    )


def _known_tables(top: RuleTable) -> Mapping[str, RuleTable]:
    """Return the table of every known check; raises RulesUnfit for one missing or one too many."""
    tables = dict(top.named_tables("checks"))
    for code in tables:
        if code not in CODES:
            raise top.unfit(
                f"checks.{code}",
                "不认识的检查项；公司自己的规则请写在 [[company]] 之下，编号为 C01、C02 …",
            )
    missing = sorted(CODES - set(tables))
    if missing:
        raise top.unfit(
            "checks", f"缺少检查项 {'、'.join(missing)}；不需要的检查可下调级别，不能删去"
        )
    return tables


def _check(code: str, table: RuleTable) -> Check:
    level = _level(table, "level")
    may_lower = table.flag("may_lower")
    reason = FIXED.get(code)
    if may_lower == (reason is not None):
        problem = f"应为 false：{reason}" if reason else "应为 true：此项级别由公司自定"
        raise table.unfit("may_lower", problem)
    levels = _levels(table)
    for key, each in {"level": level, **{f"levels.{k}": v for k, v in levels.items()}}.items():
        if reason is not None and each is not Level.BLOCK:
            raise table.unfit(key, f"{code} 不得下调：{reason}")
    valid_from, valid_to = _period(table)
    check = Check(
        code=code,
        title=table.text("title"),
        basis=table.text("basis"),
        level=level,
        doubts=_level(table, "doubts", default="warn"),
        may_lower=may_lower,
        levels=levels,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    table.finish()
    return check


def _level(table: RuleTable, key: str, default: str | None = None) -> Level:
    text = table.text(key, default)
    if text not in tuple(Level):
        raise table.unfit(key, f"只能是 block（拦下）或 warn（提示），不能是“{text}”")
    return Level(text)


def _levels(table: RuleTable) -> Mapping[str, Level]:
    if not table.has("levels"):
        return {}
    inner = table.table("levels")
    levels = {key: _level(inner, key) for key in inner.names()}
    inner.finish()
    return levels


def _period(table: RuleTable) -> tuple[date, date | None]:
    start = table.day("valid_from")
    end = table.day("valid_to") if table.has("valid_to") else None
    if end is not None and end < start:
        raise table.unfit("valid_to", "不能早于 valid_from")
    return start, end


def _figures(tables: Mapping[str, RuleTable]) -> Figures:
    return Figures(
        tax_rates=tuple(_tax_rates(tables["K05"])),
        earnest_cap=_number(tables["K07"], "earnest_cap", most=Decimal("0.2")),
        usual_total=_number(tables["K05"], "usual_total"),
        usual_pay_workdays=tables["K07"].count("usual_pay_workdays"),
        usual_retention_percent=_number(
            tables["K07"], "usual_retention_percent", most=Decimal(100)
        ),
        usual_warranty_months=tables["K04"].count("usual_warranty_months"),
        usual_term_years=tables["K06"].count("usual_term_years"),
        usual_copies=tables["K17"].count("usual_copies"),
        quote_valid_days=tables["K18"].count("quote_valid_days"),
        earliest_year=tables["K18"].count("earliest_year"),
        latest_year=tables["K18"].count("latest_year"),
        vague_words=tables["K13"].texts("words"),
        file_within_workdays=tables["P-306"].count("file_within_workdays"),
        clauses=_clauses(tables["K10"]),
    )


def _tax_rates(table: RuleTable) -> Iterator[TaxRate]:
    seen: set[Decimal] = set()
    for row in table.listed_tables("tax_rates"):
        rate = _number(row, "rate", most=Decimal(1))
        if rate in seen:
            raise row.unfit("rate", f"税率 {rate} 列了两次")
        seen.add(rate)
        end = row.day("valid_to") if row.has("valid_to") else None
        yield TaxRate(rate=rate, basis=row.text("basis"), valid_to=end)
        row.finish()


def _clauses(table: RuleTable) -> Mapping[str, tuple[str, ...]]:
    inner = table.table("clauses")
    clauses = {key: inner.texts(key) for key in inner.names()}
    inner.finish()
    return clauses


def _number(table: RuleTable, key: str, *, most: Decimal | None = None) -> Decimal:
    number = table.figure(key)
    if most is not None and number > most:
        raise table.unfit(key, f"不得大于 {most}，实为 {number}")
    return number
