"""File plan: which papers are kept, in which class and for how long (归档范围与分类方案)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from archive.errors import FilingRefused
from archive.rulesets import RuleTable, read_ruleset

_FONDS: Final = re.compile(r"[A-Z][0-9]{3}", re.ASCII)
_CLASS: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_PERIOD: Final = re.compile(r"Y|D[1-9][0-9]", re.ASCII)
_CLASS_CODE: Final = re.compile(r"[1-9][0-9]?(?:\.[1-9][0-9]?){0,3}", re.ASCII)
_OFFICE: Final = re.compile(r"[A-Z0-9]{1,8}", re.ASCII)
_DEFAULT_OFFICE: Final = "default"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a class is kept at least, on which legal basis, from which event (保管期限)."""

    name: str
    period: str
    basis: str
    trigger: str


@dataclass(frozen=True, slots=True)
class KindRule:
    """Where papers of one kind belong (归档范围条目).

    `class_code` is the firm's own class number, such as 2.4, where its codes are made of one.
    """

    name: str
    category: str
    series: str
    scope: str
    retention: str
    class_code: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one paper belongs under the plan: everything its reference code is made of."""

    fonds: str
    category: str
    series: str
    retention: str
    basis: str
    office: str
    retention_class: str
    trigger: str
    scope: str
    kind_name: str
    class_code: str


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One version of the plan; its digest is recorded on every dossier opened under it."""

    version: str
    digest: str
    fonds: str
    fonds_name: str
    kinds: Mapping[str, KindRule]
    retentions: Mapping[str, Retention]
    secrecy: tuple[str, ...]
    offices: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the plan at `path`; raises RulesUnfit (Chinese, names the key)."""
        ruleset = read_ruleset(path)
        table = ruleset.table
        fonds = table.table("fonds")
        retentions = {name: _retention(name, row) for name, row in table.named_tables("retentions")}
        plan = cls(
            version=ruleset.version,
            digest=ruleset.digest,
            fonds=_matching(fonds, "code", _FONDS, "一个大写字母加三位数字，如 Q001"),
            fonds_name=fonds.text("name"),
            kinds={name: _kind(row, retentions) for name, row in table.named_tables("kinds")},
            retentions=retentions,
            secrecy=_secrecy(table.table("secrecy")),
            offices=_offices(table.table("offices")),
        )
        fonds.finish()
        table.finish()
        return plan

    def problem_with(self, kind: str, retention_class: str | None) -> str | None:
        """Return why such a paper cannot be filed, in Chinese; None where it can."""
        if kind not in self.kinds:
            known = "、".join(f"{rule.name}（{code}）" for code, rule in self.kinds.items())
            return f"归档方案未列文种 {kind}；已列：{known}"
        if retention_class is not None and retention_class not in self.retentions:
            known = "、".join(self.retentions)
            return f"归档方案未列保管类别“{retention_class}”；请改为：{known}"
        return None

    def check_secrecy(self, secrecy: str) -> None:
        """Raise FilingRefused where the plan does not know this level of secrecy (密级)."""
        if secrecy not in self.secrecy:
            raise FilingRefused(f"归档方案未列密级“{secrecy}”；请改为：{'、'.join(self.secrecy)}")

    def place(self, kind: str, retention_class: str | None, department_code: str) -> Placement:
        """Return where such a paper belongs; raises FilingRefused where the plan has no place.

        None as class takes the kind's own; a department the plan does not list files with
        the default office.
        """
        problem = self.problem_with(kind, retention_class)
        if problem is not None:
            raise FilingRefused(problem)
        rule = self.kinds[kind]
        retention = self.retentions[retention_class or rule.retention]
        return Placement(
            fonds=self.fonds,
            category=rule.category,
            series=rule.series,
            retention=retention.period,
            basis=retention.basis,
            office=self.offices.get(department_code, self.offices[_DEFAULT_OFFICE]),
            retention_class=retention.name,
            trigger=retention.trigger,
            scope=rule.scope,
            kind_name=rule.name,
            class_code=rule.class_code,
        )


def _matching(table: RuleTable, key: str, grammar: re.Pattern[str], said: str) -> str:
    value = table.text(key)
    if not grammar.fullmatch(value):
        raise table.unfit(key, f"应为{said}，实为 {value!r}")
    return value


def _retention(name: str, table: RuleTable) -> Retention:
    retention = Retention(
        name=name,
        period=_matching(table, "period", _PERIOD, " Y（永久）或 D 加两位年数，如 D30"),
        basis=table.text("basis"),
        trigger=table.text("trigger"),
    )
    table.finish()
    return retention


def _kind(table: RuleTable, retentions: Mapping[str, Retention]) -> KindRule:
    rule = KindRule(
        name=table.text("name"),
        category=_matching(table, "category", _CLASS, "两个大写字母，如 JY"),
        series=_matching(table, "series", _CLASS, "两个大写字母，如 HT"),
        scope=table.text("scope"),
        retention=table.text("retention"),
        class_code=(
            _matching(table, "class", _CLASS_CODE, "数字和点，如 2.4") if table.has("class") else ""
        ),
    )
    if rule.retention not in retentions:
        raise table.unfit("retention", f"保管类别“{rule.retention}”不在 retentions 中")
    table.finish()
    return rule


def _secrecy(table: RuleTable) -> tuple[str, ...]:
    """Return the levels; those of state secrets are no labels of a firm (保守国家秘密法)."""
    levels = table.texts("levels")
    for level in levels:
        if level in {"绝密", "机密", "秘密"}:
            raise table.unfit("levels", f"“{level}”是国家秘密的密级，企业文书不得使用")
    table.finish()
    return levels


def _offices(table: RuleTable) -> Mapping[str, str]:
    offices = {_DEFAULT_OFFICE: _matching(table, _DEFAULT_OFFICE, _OFFICE, "大写字母与数字")}
    if table.has("departments"):
        for row in table.listed_tables("departments"):
            department = row.text("department")
            if department in offices:
                raise row.unfit("department", f"{department} 重复")
            offices[department] = _matching(row, "office", _OFFICE, "大写字母与数字")
            row.finish()
    table.finish()
    return offices
