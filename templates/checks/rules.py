"""Rules: how each check is weighed and what it measures by, as the firm has laid it down (规则)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from templates.checks.company import CompanyRule
from templates.errors import Finding, Level


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `level` is what a fault does, `doubts` what only looks doubtful does.

    `levels` overrides `level` for a contract type (FW) or a kind of document (acceptance); the
    type goes before the kind. `basis` is the law or regulation behind it.
    """

    code: str
    title: str
    basis: str
    level: Level
    doubts: Level
    may_lower: bool
    levels: Mapping[str, Level]
    valid_from: date
    valid_to: date | None

    def level_of(self, raw: Level, *, kind: str, type_code: str) -> Level:
        """Return what a finding does that its check calls `raw`: block a fault, warn a doubt."""
        if raw is Level.WARN:
            return self.doubts
        return self.levels.get(type_code, self.levels.get(kind, self.level))


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One rate or levy rate of VAT as a fraction, its basis, and until when it is granted."""

    rate: Decimal
    basis: str
    valid_to: date | None

    def is_lawful(self, on: date) -> bool:
        """Return whether it may be agreed on the day `on`."""
        return self.valid_to is None or on <= self.valid_to


@dataclass(frozen=True, slots=True)
class Figures:
    """What the checks measure by; shares as fractions, amounts in yuan, what is usual in words."""

    tax_rates: tuple[TaxRate, ...]
    earnest_cap: Decimal
    usual_total: Decimal
    usual_pay_workdays: int
    usual_retention_percent: Decimal
    usual_warranty_months: int
    usual_term_years: int
    usual_copies: int
    quote_valid_days: int
    earliest_year: int
    latest_year: int
    vague_words: tuple[str, ...]
    file_within_workdays: int
    clauses: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CheckRules:
    """The rules in force: every known check, the figures, and the firm's own rules."""

    version: str
    digest: str
    valid_from: date
    valid_to: date | None
    checks: Mapping[str, Check]
    figures: Figures
    company: tuple[CompanyRule, ...]

    def problem_on(self, day: date) -> str | None:
        """Return why nothing may be judged by these rules on `day`, None where it may."""
        periods = [("全部检查规则", self.valid_from, self.valid_to)]
        periods += [(f"检查项 {c.code}", c.valid_from, c.valid_to) for c in self.checks.values()]
        for what, start, end in periods:
            if day < start:
                return f"{what}自 {start} 起施行，{day} 尚未生效；请改回现行版本"
            if end is not None and day > end:
                return f"{what}已于 {end} 期满，{day} 不得再用；请更新规则并升版本号"
        return None

    def govern(
        self, findings: Iterable[Finding], *, kind: str = "", type_code: str = ""
    ) -> tuple[Finding, ...]:
        """Return `findings` with the level, title and basis these rules give them.

        What has a title has been governed already and stays; so does what no rule governs.
        """
        return tuple(self._governed(each, kind, type_code) for each in findings)

    def level(self, code: str, *, kind: str = "", type_code: str = "") -> Level:
        """Return what a fault found by the check `code` does."""
        return self.checks[code].level_of(Level.BLOCK, kind=kind, type_code=type_code)

    def _governed(self, finding: Finding, kind: str, type_code: str) -> Finding:
        check = self.checks.get(finding.code)
        if check is None or finding.title:
            return finding
        level = check.level_of(finding.level, kind=kind, type_code=type_code)
        return replace(finding, level=level, title=check.title, basis=check.basis)
