"""Acting: who may do what with the archive today: in a role that may, and not disabled (办理人)."""

from __future__ import annotations

from archive.directory import directory_of
from archive.errors import RetentionRefused
from archive.people import ACCOUNT
from archive.retentionrules import Role
from pipeline.wiring import Workplace


def keeper(workplace: Workplace, said: str) -> str:
    """Return the name of the archivist, by name or login, or of a machine account that may take in.

    Raises RetentionRefused for anybody else.
    """
    if said.startswith(ACCOUNT):
        if said.removeprefix(ACCOUNT) in workplace.retention.accounts:
            return said
        raise RetentionRefused(
            f"{said}不是可以办理的机器账户；请用 --as 写明档案员的姓名，确由机器办理的，"
            "请管理员在 rules/retention.toml 的 accounts 中列明"
        )
    return _in_role(workplace, said, Role.ARCHIVIST)


def clerk(workplace: Workplace, said: str) -> str:
    """Return the name of who files a countersigned original; raises RetentionRefused."""
    return _in_role(workplace, said, Role.CLERK, Role.ARCHIVIST)


def need(workplace: Workplace, person: str, *roles: Role) -> None:
    """Raise RetentionRefused unless `person` is in one of `roles` and not disabled."""
    assert_enabled(workplace, person)
    workplace.retention.need(person, *roles)


def need_looker(workplace: Workplace, person: str) -> None:
    """Raise InspectionRefused, RetentionRefused where `person` may not carry a round through."""
    assert_enabled(workplace, person)
    workplace.inspections.need_looker(person)


def need_inspector(workplace: Workplace, person: str) -> None:
    """Raise InspectionRefused, RetentionRefused where `person` may not inspect."""
    assert_enabled(workplace, person)
    workplace.inspections.need_inspector(person)


def need_confirmer(workplace: Workplace, person: str, *others: str) -> None:
    """Raise InspectionRefused, RetentionRefused where `person` may not confirm the others' work."""
    assert_enabled(workplace, person)
    workplace.inspections.need_confirmer(person, *others)


def _in_role(workplace: Workplace, said: str, *roles: Role) -> str:
    """Return the name of `said`, who is in one of `roles` and not disabled in the directory."""
    assert_enabled(workplace, said)
    with workplace.register.read.begin() as session:
        user = directory_of(session).users.get(said)
    name = user.name if user else said
    workplace.retention.need(name, *roles)
    return name


def assert_enabled(workplace: Workplace, said: str) -> None:
    """Raise RetentionRefused where `said`, a login or a name, is disabled in the directory."""
    with workplace.register.read.begin() as session:
        is_disabled = directory_of(session).has_disabled(said)
    if is_disabled:
        raise RetentionRefused(f"{said}已在人员名录中停用，不能办理")
