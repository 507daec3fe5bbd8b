"""Acting: who takes in and files what comes from elsewhere, known by name, in a role that may."""

from __future__ import annotations

from archive.directory import directory_of
from archive.errors import RetentionRefused
from archive.people import ACCOUNT, is_among
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


def _in_role(workplace: Workplace, said: str, *roles: Role) -> str:
    """Return the name of `said`, who is in one of `roles` and not disabled in the directory."""
    with workplace.register.read.begin() as session:
        users = directory_of(session).users
    user = users.get(said)
    known = [user] if user else [each for each in users.values() if is_among(said, (each.name,))]
    if known and not any(each.is_enabled for each in known):
        raise RetentionRefused(f"{known[0].name}已在人员名录中停用，不能办理")
    name = user.name if user else said
    workplace.retention.need(name, *roles)
    return name
