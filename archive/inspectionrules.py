"""Inspection rules: what is inspected when, how much of it, by whom, and who sees to finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Self

from archive.errors import InspectionRefused
from archive.inspection import Duty
from archive.people import is_among
from archive.rulesets import RuleTable, read_ruleset

CHECKS: Final[Mapping[str, str]] = {
    "shelf": "账物核对",
    "fixity": "固化校验",
    "register": "登记核对",
    "readable": "可打开",
    "signatures": "电子签名",
    "fourfold": "四性抽查",
    "missing": "缺件",
    "history": "过程核验",
    "numbers": "编号连续",
    "seals": "印章登记",
    "index": "索引核对",
    "duplicates": "重复文件",
    "orphans": "遗留文件",
    "drafts": "未办结文书",
    "holds": "冻结复核",
    "retention": "到期待鉴定",
    "disk": "磁盘空间",
    "backups": "备份",
    "environment": "库房环境",
}
"""Every check, and what people call it."""

BY_DOSSIER: Final = ("fixity", "register", "readable", "signatures")
"""The checks that look at the bytes of dossier after dossier, all of them in one pass."""

CLOCK: Final = "guidang"
"""Who carries a round through where a timer begins it."""

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """How often something is inspected, and what of it."""

    name: str
    every_months: int
    from_month: int
    is_full: bool
    checks: tuple[str, ...]

    def period_of(self, on: date) -> str:
        """Return the span of time `on` lies in, such as ``2026年1–3月``."""
        first = self._first(on)
        year, month = divmod(first, _MONTHS)
        if self.every_months == 1:
            return f"{year}年{month + 1}月"
        return f"{year}年{month + 1}–{month + self.every_months}月"

    def begins_by(self, on: date) -> bool:
        """Return whether the round of the period `on` lies in should have begun."""
        return on.year * _MONTHS + on.month - 1 - self._first(on) + 1 >= self.from_month

    def _first(self, on: date) -> int:
        month = on.month - 1
        return on.year * _MONTHS + month - month % self.every_months


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is a find."""

    draft_days: int
    leftover_days: int
    rejected_days: int
    free_gb: int
    backup_hours: int
    temperature: tuple[float, float]
    humidity: tuple[float, float]


@dataclass(frozen=True, slots=True)
class InspectionRules:
    """One version of rules/inspection.toml."""

    version: str
    digest: str
    inspectors: tuple[str, ...]
    confirmers: tuple[str, ...]
    plans: Mapping[str, Plan]
    percent: float
    least: int
    most_examined: int
    limits: Limits
    duties: Mapping[str, Duty]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rule file at `path`; raises RulesUnfit."""
        rules = read_ruleset(path)
        table = rules.table
        roles, sample = table.table("roles"), table.table("sample")
        found = cls(
            version=rules.version,
            digest=rules.digest,
            inspectors=roles.texts("inspectors"),
            confirmers=roles.texts("confirmers"),
            plans={name: _plan(name, row) for name, row in table.named_tables("plans")},
            percent=_percent(sample),
            least=sample.count("least"),
            most_examined=sample.count("fourfold"),
            limits=_limits(table.table("limits")),
            duties=_duties(table.table("duties")),
        )
        for each in (roles, sample, table):
            each.finish()
        return found

    def plan(self, name: str) -> Plan:
        """Return the plan `name`; raises InspectionRefused."""
        if name not in self.plans:
            raise InspectionRefused(
                f"rules/inspection.toml 中没有计划“{name}”；已有：{'、'.join(self.plans)}"
            )
        return self.plans[name]

    def need_looker(self, person: str) -> None:
        """Raise InspectionRefused where `person` may not carry a round through.

        The clock may: to look needs no judgement. It signs, closes and confirms nothing.
        """
        if person != CLOCK:
            self.need_inspector(person)

    def need_inspector(self, person: str) -> None:
        """Raise InspectionRefused where `person` may not inspect."""
        _need(person, self.inspectors, "检查人", "inspectors")

    def need_confirmer(self, person: str, *others: str) -> None:
        """Raise InspectionRefused where `person` may not confirm what `others` did."""
        _need(person, self.confirmers, "复核人", "confirmers")
        if is_among(person, others):
            raise InspectionRefused(f"{person}是办理人，须由他人复核确认")


def _need(person: str, people: tuple[str, ...], word: str, key: str) -> None:
    if not is_among(person, people):
        raise InspectionRefused(
            f"{person}不是{word}，不能办理；"
            f"确是的，请管理员在 rules/inspection.toml 的 roles.{key} 中列明"
        )


def _plan(name: str, table: RuleTable) -> Plan:
    plan = Plan(
        name=name,
        every_months=table.count("every_months"),
        from_month=table.count("from_month"),
        is_full=table.flag("full"),
        checks=table.texts("checks", tuple(CHECKS)),
    )
    if _MONTHS % plan.every_months:
        raise table.unfit("every_months", "应为 1、2、3、4、6 或 12（自然期）")
    if plan.from_month > plan.every_months:
        raise table.unfit("from_month", f"期内只有 {plan.every_months} 个月")
    if unknown := [each for each in plan.checks if each not in CHECKS]:
        raise table.unfit("checks", f"没有检查项“{unknown[0]}”；已有：{'、'.join(CHECKS)}")
    table.finish()
    return plan


def _percent(table: RuleTable) -> float:
    percent = table.number("percent")
    if not 0 < percent <= 100:  # noqa: PLR2004 - per cent
        raise table.unfit("percent", "应大于 0，不超过 100")
    return percent


def _limits(table: RuleTable) -> Limits:
    limits = Limits(
        draft_days=table.count("draft_days"),
        leftover_days=table.count("leftover_days"),
        rejected_days=table.count("rejected_days"),
        free_gb=table.count("free_gb"),
        backup_hours=table.count("backup_hours"),
        temperature=table.span("temperature"),
        humidity=table.span("humidity"),
    )
    table.finish()
    return limits


def _duties(table: RuleTable) -> dict[str, Duty]:
    duties = {}
    for name in CHECKS:
        row = table.table(name)
        duties[name] = Duty(row.text("owner"), row.count("days"), row.flag("damage"))
        row.finish()
    table.finish()
    return duties
