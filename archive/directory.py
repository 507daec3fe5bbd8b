"""Directory: who may act in this firm, in which post and department, and who stands in for whom.

The history of the directory is a chain of events like that of an order; the directory is what
the history says. So every version of it can be told again, for any moment (人员名录).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from archive import events
from archive.errors import DirectoryRefused
from archive.events import Event
from archive.people import is_among, person_key

CHAIN: Final = "/人员名录"
"""The chain of the directory; no order can be called so, for its name holds a slash."""

ADMINISTRATOR: Final = "系统管理员"
"""The role that keeps the directory; who holds it decides nothing about contracts (DOMAIN 5)."""

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_ADDED, _CHANGED, _DISABLED, _ENABLED = (
    f"user:{act}" for act in ("added", "changed", "disabled", "enabled")
)
_DELEGATED, _ENDED = "delegation:given", "delegation:ended"


@dataclass(frozen=True, slots=True)
class User:
    """One person as the directory has them; `roles` name steps of approval, or other duties."""

    login: str
    name: str
    department: str
    post: str
    roles: tuple[str, ...]
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Delegation:
    """One person stands in for another: from a day to a day, for what is named; blank is all."""

    no: int
    principal: str
    delegate: str
    from_on: date
    until_on: date
    kinds: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    up_to: Decimal | None = None
    reason: str = ""
    is_ended: bool = False

    def covers(
        self, *, on: date, kind: str, step: str, order_no: str, amount: Decimal | None
    ) -> bool:
        """Return whether it reaches to this step of this paper on that day."""
        if self.is_ended or not self.from_on <= on <= self.until_on:
            return False
        if self.up_to is not None and (amount is None or amount > self.up_to):
            return False
        scopes = ((self.kinds, kind), (self.steps, step), (self.orders, order_no))
        return all(not scope or each in scope for scope, each in scopes)


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody who is or was known, by login, and all delegations."""

    users: Mapping[str, User] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] = ()

    def enabled(self, login: str) -> User:
        """Return who acts under `login`; raises DirectoryRefused for the unknown and disabled."""
        user = self.users.get(login)
        if user is None:
            raise DirectoryRefused(
                f"人员名录中没有 {login}：须先由系统管理员用 guidang users add 登记部门和岗位"
            )
        if not user.is_enabled:
            raise DirectoryRefused(f"{user.name}（{login}）已停用，不能办理")
        return user

    def has_disabled(self, said: str) -> bool:
        """Whether `said`, a login or a name, is of people who are all disabled.

        Who does not stand here is not judged: other rules may name them.
        """
        user = self.users.get(said)
        known = (
            [user]
            if user
            else [each for each in self.users.values() if is_among(said, (each.name,))]
        )
        return bool(known) and not any(each.is_enabled for each in known)

    @property
    def administrators(self) -> tuple[str, ...]:
        """Return the logins of those who keep the directory."""
        return tuple(
            user.login
            for user in self.users.values()
            if user.is_enabled and ADMINISTRATOR in user.roles
        )


def directory_at(history: Iterable[Event], *, at: datetime | None = None) -> Directory:
    """Return the directory as `history` says it, as of `at` or now."""
    directory = Directory()
    for event in history:
        if at is None or event.at <= at:
            directory = _after(directory, event)
    return directory


def directory_of(session: Session) -> Directory:
    """Return the directory as it stands in the register."""
    return directory_at(events.chain_of(session, CHAIN))


def put_user(session: Session, user: User, *, by: str, at: datetime) -> User:
    """Add `user`, or change what is known of them; the same again changes nothing.

    Raises DirectoryRefused where `by` may not, or where what is said cannot stand.
    """
    directory = directory_of(session)
    _assert_keeper(directory, by)
    _assert_sound(directory, user)
    standing = directory.users.get(user.login)
    if standing is not None and replace(standing, is_enabled=True) == user:
        return standing
    if standing is not None:
        _assert_one_is_left(directory, replace(user, is_enabled=standing.is_enabled))
    details = {
        "name": user.name,
        "department": user.department,
        "post": user.post,
        "roles": list(user.roles),
    }
    _tell(session, _ADDED if standing is None else _CHANGED, user.login, details, by=by, at=at)
    return directory_of(session).users[user.login]


def set_enabled(
    session: Session, login: str, *, is_enabled: bool, reason: str, by: str, at: datetime
) -> User:
    """Let `login` act again, or no longer; raises DirectoryRefused."""
    directory = directory_of(session)
    _assert_keeper(directory, by)
    user = directory.users.get(login)
    if user is None:
        raise DirectoryRefused(f"人员名录中没有 {login}")
    if not reason.strip():
        raise DirectoryRefused("停用或恢复须写明原因（--reason）")
    if user.is_enabled is not is_enabled:
        changed = replace(user, is_enabled=is_enabled)
        _assert_one_is_left(directory, changed)
        act = _ENABLED if is_enabled else _DISABLED
        _tell(session, act, login, {"reason": reason}, by=by, at=at)
    return directory_of(session).users[login]


def delegate(session: Session, given: Delegation, *, by: str, at: datetime) -> Delegation:
    """Let one person stand in for another within dates and scope; return it with its number.

    Given by the principal or by who keeps the directory. Raises DirectoryRefused.
    """
    directory = directory_of(session)
    principal = directory.enabled(given.principal)
    stand_in = directory.enabled(given.delegate)
    if by != principal.login and by not in directory.administrators:
        raise DirectoryRefused(f"委托只能由 {principal.name} 本人或系统管理员登记")
    if person_key(principal.name) == person_key(stand_in.name):
        raise DirectoryRefused("委托人与受托人不能是同一人")
    if given.from_on > given.until_on:
        raise DirectoryRefused(f"委托的止日 {given.until_on} 早于起日 {given.from_on}")
    if not given.reason.strip():
        raise DirectoryRefused("委托须写明依据或事由（--reason）")
    if ADMINISTRATOR in stand_in.roles:
        raise DirectoryRefused(f"{stand_in.name} 是系统管理员，不得代办审批")
    number = len(directory.delegations) + 1
    details: dict[str, Any] = {
        "principal": given.principal,
        "delegate": given.delegate,
        "from_on": given.from_on.isoformat(),
        "until_on": given.until_on.isoformat(),
        "kinds": list(given.kinds),
        "steps": list(given.steps),
        "orders": list(given.orders),
        "up_to": None if given.up_to is None else str(given.up_to),
        "reason": given.reason,
    }
    _tell(session, _DELEGATED, str(number), details, by=by, at=at)
    return directory_of(session).delegations[-1]


def end_delegation(session: Session, no: int, *, reason: str, by: str, at: datetime) -> Delegation:
    """End a delegation before its day; raises DirectoryRefused."""
    directory = directory_of(session)
    found = next((each for each in directory.delegations if each.no == no), None)
    if found is None or found.is_ended:
        raise DirectoryRefused(f"没有编号 {no} 的有效委托")
    if by != found.principal and by not in directory.administrators:
        raise DirectoryRefused("委托只能由委托人本人或系统管理员撤销")
    _tell(session, _ENDED, str(no), {"reason": reason}, by=by, at=at)
    return directory_of(session).delegations[no - 1]


def _assert_keeper(directory: Directory, by: str) -> None:
    if directory.administrators and by not in directory.administrators:
        raise DirectoryRefused(
            f"{by} 不是系统管理员；人员名录由 {'、'.join(directory.administrators)} 维护"
        )


def _assert_sound(directory: Directory, user: User) -> None:
    if _LOGIN.fullmatch(user.login) is None:
        raise DirectoryRefused("登录名用小写字母、数字和 . _ -，以字母或数字开头，不超过 32 个字符")
    fields = (("姓名", user.name), ("部门", user.department), ("岗位", user.post))
    if blank := [word for word, text in fields if not text.strip()]:
        raise DirectoryRefused(f"须写明{'、'.join(blank)}：每个办理人都要对应部门和岗位")
    if not user.roles:
        raise DirectoryRefused("至少一个职责（--role）")
    if ADMINISTRATOR in user.roles and len(user.roles) > 1:
        raise DirectoryRefused("系统管理员不得兼任业务、审批或印章保管的职责")
    key = person_key(user.name)
    for other in directory.users.values():
        if other.login != user.login and person_key(other.name) == key:
            raise DirectoryRefused(
                f"姓名 {user.name} 与 {other.login} 相同：一人一个登录名；"
                "同名的两人请在姓名后加以区别，如 王芳（财务）"
            )


def _assert_one_is_left(directory: Directory, changed: User) -> None:
    """Raise where nobody would be left to keep the directory."""
    after = replace(directory, users={**directory.users, changed.login: changed})
    if directory.administrators and not after.administrators:
        raise DirectoryRefused("这是最后一名系统管理员；请先登记另一名")


def _tell(
    session: Session, act: str, subject: str, details: dict[str, Any], *, by: str, at: datetime
) -> None:
    events.append(
        session, chain=CHAIN, at=at, actor=by, action=act, subject=subject, details=details
    )


def _after(directory: Directory, event: Event) -> Directory:
    """Return the directory after one more event of its history."""
    said, subject = event.details, event.subject
    if event.action in (_DELEGATED, _ENDED):
        return _after_delegation(directory, event)
    standing = directory.users.get(subject)
    if event.action in (_ADDED, _CHANGED):
        user = User(
            subject,
            said["name"],
            said["department"],
            said["post"],
            tuple(said["roles"]),
            is_enabled=standing.is_enabled if standing else True,
        )
    elif standing is not None:
        user = replace(standing, is_enabled=event.action == _ENABLED)
    else:
        return directory
    return replace(directory, users={**directory.users, subject: user})


def _after_delegation(directory: Directory, event: Event) -> Directory:
    said, no = event.details, int(event.subject)
    if event.action == _ENDED:
        ended = tuple(
            replace(each, is_ended=True) if each.no == no else each
            for each in directory.delegations
        )
        return replace(directory, delegations=ended)
    given = Delegation(
        no=no,
        principal=said["principal"],
        delegate=said["delegate"],
        from_on=date.fromisoformat(said["from_on"]),
        until_on=date.fromisoformat(said["until_on"]),
        kinds=tuple(said["kinds"]),
        steps=tuple(said["steps"]),
        orders=tuple(said["orders"]),
        up_to=None if said["up_to"] is None else Decimal(said["up_to"]),
        reason=said["reason"],
    )
    return replace(directory, delegations=(*directory.delegations, given))
