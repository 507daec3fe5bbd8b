"""Completeness: what a dossier must hold when it is filed, and what becomes due later (完整性)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from archive.countersigning import COUNTERSIGNED
from archive.errors import FilingRefused
from archive.lateness import WorkdayAfter
from archive.rulesets import RuleTable, read_ruleset

REGISTERED: Final[Mapping[str, str]] = {"approvals": "审批登记", "seal_uses": "用印登记"}
FILES: Final[Mapping[str, str]] = {
    "sealed": "用印后的版式件",
    "docx": "Word 文件",
    "text": "全文文字",
    "order": "来件",
    "proof": "核验记录",
    "seal_proof": "用印核验记录",
    "proof_page": "核验页",
}
JOINING: Final[Mapping[str, str]] = {COUNTERSIGNED: "签署件"}
"""Files that join a paper after it was filed."""


class Since(StrEnum):
    """From when something is due."""

    SEALED = "sealed"
    FILED = "filed"
    SIGNED = "signed"
    BEGUN = "begun"
    DELIVERY = "delivery"
    FAILED = "failed"
    ACCEPTED = "accepted"
    ENDED = "ended"


WORDS: Final[Mapping[Since, str]] = {
    Since.SEALED: "用印",
    Since.FILED: "归档",
    Since.SIGNED: "对方签署",
    Since.BEGUN: "约定开始",
    Since.DELIVERY: "约定交付",
    Since.FAILED: "验收未通过",
    Since.ACCEPTED: "验收合格",
    Since.ENDED: "合同终止",
}


class Unit(StrEnum):
    """What a period is counted in."""

    WORKDAYS = "workdays"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One paper that must be in a dossier some days after something happened.

    `kinds` are those whose filing satisfies it, `files` the roles of files that do once they join
    the paper; `types` are codes of contract types, none meaning all. With `each`, it is asked of
    every paper of these kinds for itself. Where the day the other party signed is registered,
    `signed_within` counts from that day instead.
    """

    code: str
    name: str
    of: tuple[str, ...]
    types: tuple[str, ...]
    since: Since
    within: int
    unit: Unit
    kinds: tuple[str, ...]
    owner: str
    basis: str
    files: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    signed_within: int | None = None

    def due_on(
        self, since: date, workday_after: WorkdayAfter, *, is_from_signing: bool = False
    ) -> date:
        """Return the last day; the day it is counted from does not count."""
        within = self.within
        if is_from_signing and self.signed_within is not None:
            within = self.signed_within
        if self.unit is Unit.WORKDAYS:
            return workday_after(since, within)
        return since + timedelta(days=within)

    def is_asked_of(self, kind: str, type_code: str) -> bool:
        """Return whether a dossier begun by such a paper must hold it."""
        return kind in self.of and (not self.types or type_code in self.types)


@dataclass(frozen=True, slots=True)
class AtFiling:
    """What a paper of one kind must come with."""

    files: tuple[str, ...]
    registered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompletenessRules:
    """One version of rules/completeness.toml."""

    version: str
    digest: str
    at_filing: Mapping[str, AtFiling]
    requirements: Mapping[str, Requirement]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rules at `path`; raises RulesUnfit."""
        ruleset = read_ruleset(path)
        table = ruleset.table
        rules = cls(
            version=ruleset.version,
            digest=ruleset.digest,
            at_filing={name: _at_filing(row) for name, row in table.named_tables("filing")},
            requirements={
                name: _requirement(name, row) for name, row in table.named_tables("requirements")
            },
        )
        table.finish()
        return rules

    def lacking(
        self, kind: str, *, files: Collection[str], registered: Collection[str]
    ) -> list[str]:
        """Return what such a paper must come with and does not, in words."""
        asked = self.at_filing.get(kind)
        if asked is None:
            return []
        return [
            *(FILES[each] for each in asked.files if each not in files),
            *(REGISTERED[each] for each in asked.registered if each not in registered),
        ]

    def lacks_opening(self, kinds: Collection[str]) -> bool:
        """Return whether papers of these `kinds` lie in a dossier that none of them begins.

        Kinds without a rule of filing, such as those of lists and rounds, begin their own.
        """
        opening = {kind for each in self.requirements.values() for kind in each.of}
        return bool(opening) and set(kinds) <= self.at_filing.keys() - opening

    def check_filing(
        self, kind: str, *, files: Collection[str], registered: Collection[str]
    ) -> None:
        """Raise FilingRefused naming everything such a paper lacks."""
        lacking = self.lacking(kind, files=files, registered=registered)
        if lacking:
            raise FilingRefused(
                f"归档前缺：{'、'.join(lacking)}（rules/completeness.toml 的 filing.{kind}）；"
                "补齐后重新投放同一文件"
            )


def _at_filing(table: RuleTable) -> AtFiling:
    asked = AtFiling(files=table.texts("files"), registered=table.texts("registered"))
    for key, given, known in (
        ("files", asked.files, FILES),
        ("registered", asked.registered, REGISTERED),
    ):
        for each in given:
            if each not in known:
                raise table.unfit(key, f"不认识“{each}”；可用：{'、'.join(known)}")
    table.finish()
    return asked


def _requirement(code: str, table: RuleTable) -> Requirement:
    requirement = Requirement(
        code=code,
        name=table.text("name"),
        of=table.texts("of"),
        types=table.texts("types", ()),
        since=Since(_one_of(table, "since", tuple(Since))),
        within=table.count("within"),
        unit=Unit(_one_of(table, "unit", tuple(Unit))),
        kinds=table.texts("kinds", ()),
        files=table.texts("files", ()),
        each=table.texts("each", ()),
        signed_within=table.count("signed_within") if table.has("signed_within") else None,
        owner=table.text("owner"),
        basis=table.text("basis"),
    )
    table.finish()
    for role in requirement.files:
        if role not in JOINING:
            raise table.unfit("files", f"不认识“{role}”；可用：{'、'.join(JOINING)}")
    return requirement


def _one_of(table: RuleTable, key: str, words: tuple[str, ...]) -> str:
    value = table.text(key)
    if value not in words:
        raise table.unfit(key, f"应为 {'、'.join(words)} 之一，实为“{value}”")
    return value
