"""Access rules: who may know of which records, by role, department and own work (检索范围)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from archive.rulesets import RuleTable, read_ruleset
from index.access import Access, Grant

OWN_DEPARTMENT: Final = "本部门"


class PersonUnknown(Exception):
    """Nobody of that name stands in the access rules; what they may know is nothing."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a role may know of; None names nothing, `is_own` asks for the person's own work."""

    secrecy: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    is_own: bool = False

    def granted(self, person: str, department: str) -> Grant:
        """Return what it means for one person of a department, which may be blank."""
        departments = self.departments
        if departments is not None and OWN_DEPARTMENT in departments:
            departments = departments - {OWN_DEPARTMENT} | {department}
        return Grant(
            secrecy=self.secrecy,
            department=departments,
            kind=self.kinds,
            handler=frozenset((person,)) if self.is_own else None,
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who searches: the names of roles, and the department if there is one."""

    roles: tuple[str, ...]
    department: str


@dataclass(frozen=True, slots=True)
class AccessRules:
    """One version of the rules: permissions by role, people by name."""

    version: str
    digest: str
    roles: Mapping[str, tuple[Permission, ...]]
    people: Mapping[str, Person]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rules at `path`; raises RulesUnfit (Chinese, names the key)."""
        ruleset = read_ruleset(path)
        table = ruleset.table
        roles = {name: _role(row) for name, row in table.named_tables("roles")}
        people = {}
        if table.has("people"):
            people = {name: _person(row, roles) for name, row in table.named_tables("people")}
        table.finish()
        return cls(ruleset.version, ruleset.digest, roles, people)

    def access_of(self, name: str) -> Access:
        """Return what the person `name` may know of; raises PersonUnknown."""
        person = self.people.get(name)
        if person is None:
            raise PersonUnknown(name)
        return self.access_as(name, person)

    def access_as(self, name: str, person: Person) -> Access:
        """Return what somebody with these roles in that department may know of."""
        return Access(
            tuple(
                permission.granted(name, person.department)
                for role in person.roles
                for permission in self.roles[role]
            )
        )


def _role(table: RuleTable) -> tuple[Permission, ...]:
    permissions = tuple(_permission(row) for row in table.listed_tables("may"))
    table.finish()
    return permissions


def _permission(table: RuleTable) -> Permission:
    is_everything = table.flag("everything", default=False)
    found = Permission(
        secrecy=_named(table, "secrecy"),
        departments=_named(table, "departments"),
        kinds=_named(table, "kinds"),
        is_own=table.flag("own", default=False),
    )
    table.finish()
    if is_everything == (found != Permission()):
        raise table.unfit("everything", "要么写明范围，要么写 everything = true，两者只取其一")
    return found


def _named(table: RuleTable, key: str) -> frozenset[str] | None:
    return frozenset(table.texts(key)) if table.has(key) else None


def _person(table: RuleTable, roles: Mapping[str, tuple[Permission, ...]]) -> Person:
    person = Person(
        table.texts("roles"), table.text("department") if table.has("department") else ""
    )
    table.finish()
    for role in person.roles:
        if role not in roles:
            raise table.unfit("roles", f"没有“{role}”这个角色；已有：{'、'.join(roles)}")
        needs = any(OWN_DEPARTMENT in (each.departments or ()) for each in roles[role])
        if needs and not person.department:
            raise table.unfit("department", f"角色“{role}”限本部门，须写明所在部门")
    return person
