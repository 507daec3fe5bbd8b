"""Rules: which rules there are, when they apply, and which of them people answer (检测规则)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from archive.rulesets import RuleTable, packaged, read_ruleset
from pipeline.fourfold.verdicts import Checkpoint

RULES: Final = "fourfold.toml"
_PROPERTIES: Final = ("真实性", "完整性", "可用性", "安全性")
_BY: Final = ("系统", "人工")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as the file says it; `by_people` leaves the answer to the archivist."""

    code: str
    title: str
    property: str
    basis: str
    at: frozenset[Checkpoint]
    by_people: bool


@dataclass(frozen=True, slots=True)
class FourfoldRules:
    """One version of rules/fourfold.toml; rules it does not name are as they were shipped."""

    version: str
    digest: str
    rules: tuple[Rule, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rules at `path`, the shipped ones where there is no file; raises RulesUnfit."""
        shipped = _read(packaged("fourfold"), None)
        if not path.exists():
            path = packaged("fourfold")
        ruleset = read_ruleset(path)
        own = _read(path, frozenset(shipped))
        rules = tuple((shipped | own)[code] for code in shipped)
        return cls(ruleset.version, ruleset.digest, rules)

    def at(self, checkpoint: Checkpoint) -> tuple[Rule, ...]:
        """Return the rules of one checkpoint, in their order."""
        return tuple(rule for rule in self.rules if checkpoint in rule.at)


def _read(path: Path, known: Collection[str] | None) -> dict[str, Rule]:
    table = read_ruleset(path).table
    rules = {}
    for code, row in table.named_tables("rules"):
        if known is not None and code not in known:
            raise table.unfit(f"rules.{code}", "没有这一检测项；检测项只能改，不能添")
        rules[code] = _rule(code, row)
    table.finish()
    return rules


def _rule(code: str, row: RuleTable) -> Rule:
    words = {each.value: each for each in Checkpoint}
    at = row.texts("at")
    for word in at:
        if word not in words:
            raise row.unfit("at", f"应为 {'、'.join(words)}，实为 {word}")
    rule = Rule(
        code=code,
        title=row.text("title"),
        property=_one_of(row, "property", _PROPERTIES),
        basis=row.text("basis"),
        at=frozenset(words[word] for word in at),
        by_people=_one_of(row, "by", _BY) == "人工",
    )
    row.finish()
    return rule


def _one_of(row: RuleTable, key: str, allowed: Collection[str]) -> str:
    value = row.text(key)
    if value not in allowed:
        raise row.unfit(key, f"应为 {'、'.join(allowed)}，实为 {value}")
    return value
