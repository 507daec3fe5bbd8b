"""Retention rules: who may act upon kept dossiers, and where backups outlive them (处置规则)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from archive.errors import RetentionRefused
from archive.people import is_among
from archive.rulesets import RuleTable, read_ruleset


class Role(StrEnum):
    """What a person is in keeping and disposal; the value is the key of the rule file."""

    ARCHIVIST = "archivists"
    APPRAISER = "appraisers"
    APPROVER = "approvers"
    WITNESS = "witnesses"
    LEGAL = "legal"
    CLERK = "clerks"


WORDS: Final[Mapping[Role, str]] = {
    Role.ARCHIVIST: "档案员",
    Role.APPRAISER: "鉴定小组成员",
    Role.APPROVER: "法定代表人",
    Role.WITNESS: "监销人",
    Role.LEGAL: "法务",
    Role.CLERK: "经办人",
}
_MAY_LACK: Final = frozenset({Role.CLERK})
"""Roles that rule files of an older version do not name."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A set of backups and for how many days one of them is kept."""

    name: str
    keeps_days: int


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Who is what, as one version of rules/retention.toml says; nobody is, unless it says so."""

    version: str
    digest: str
    people: Mapping[Role, tuple[str, ...]]
    trusted: tuple[str, ...]
    backups: tuple[Backup, ...]
    accounts: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rule file at `path`; raises RulesUnfit."""
        rules = read_ruleset(path)
        roles = rules.table.table("roles")
        people = {
            role: roles.texts(role.value) if roles.has(role.value) or role not in _MAY_LACK else ()
            for role in Role
        }
        roles.finish()
        trusted, backups = rules.table.texts("trusted"), _backups(rules.table)
        accounts = rules.table.texts("accounts") if rules.table.has("accounts") else ()
        rules.table.finish()
        return cls(rules.version, rules.digest, people, trusted, backups, accounts)

    def need(self, person: str, *roles: Role) -> None:
        """Raise RetentionRefused where `person` is in none of `roles`."""
        if any(is_among(person, self.people[role]) for role in roles):
            return
        words = "或".join(WORDS[role] for role in roles)
        keys = "、".join(f"roles.{role.value}" for role in roles)
        raise RetentionRefused(
            f"{person}不是{words}，不能办理；"
            f"确是的，请管理员在 rules/retention.toml 的 {keys} 中列明"
        )


def _backups(table: RuleTable) -> tuple[Backup, ...]:
    backups = []
    if table.has("backups"):
        for row in table.listed_tables("backups"):
            backups.append(Backup(name=row.text("name"), keeps_days=row.count("keeps_days")))
            row.finish()
    return tuple(backups)
