"""People acts: changes of the directory, each one transaction, written into the home with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from archive import directory
from archive.days import business_day
from archive.directory import ADMINISTRATOR, Delegation, Directory, User
from archive.errors import DirectoryRefused
from archive.events import chain_of
from pipeline.auditing import witness_home
from pipeline.peoplebook import keep_people
from pipeline.underapproval import find_paper
from pipeline.wiring import Workplace

DUTIES = (ADMINISTRATOR, "合同管理人员", "印章保管人", "档案员", "监督小组", "接单人员")
"""The roles there are besides the steps of approval."""

_Told = TypeVar("_Told")


def put_user(workplace: Workplace, user: User, *, by: str) -> User:
    """Add or change a person; raises DirectoryRefused, also for a role nobody knows."""
    known = {
        name: step.name
        for step in workplace.approvals.steps
        for name in (step.code, step.name, *step.also)
    } | {name: name for name in DUTIES}
    if lost := [role for role in user.roles if role not in known]:
        names = "、".join(dict.fromkeys(known.values()))
        raise DirectoryRefused(f"没有职责“{lost[0]}”；可用：{names}")
    roles = tuple(dict.fromkeys(known[role] for role in user.roles))
    sound = User(user.login, user.name.strip(), user.department.strip(), user.post.strip(), roles)
    return _write(workplace, lambda session, at: directory.put_user(session, sound, by=by, at=at))


def set_enabled(
    workplace: Workplace, login: str, *, is_enabled: bool, reason: str, by: str
) -> User:
    """Let somebody act again, or no longer; raises DirectoryRefused."""
    return _write(
        workplace,
        lambda session, at: directory.set_enabled(
            session, login, is_enabled=is_enabled, reason=reason, by=by, at=at
        ),
    )


def delegate(
    workplace: Workplace, given: Delegation, *, by: str, papers: tuple[str, ...] = ()
) -> Delegation:
    """Let one person stand in for another; `papers` narrow it to what these names mean.

    Raises DirectoryRefused, and ApprovalRefused where a name means nothing. Steps may be named
    as people call them.
    """
    rules = workplace.approvals
    found = {name: rules.step(name) for name in given.steps}
    if lost := [name for name, step in found.items() if step is None]:
        raise DirectoryRefused(f"没有环节“{lost[0]}”")
    steps = tuple(step.code for step in found.values() if step is not None)

    def write(session: Session, at: datetime) -> Delegation:
        if given.until_on < business_day(at):
            raise DirectoryRefused(f"委托的止日 {given.until_on} 已过")
        orders = tuple(dict.fromkeys(find_paper(session, each).order_no for each in papers))
        scoped = Delegation(
            no=0,
            principal=given.principal,
            delegate=given.delegate,
            from_on=given.from_on,
            until_on=given.until_on,
            kinds=given.kinds,
            steps=steps,
            orders=orders,
            up_to=given.up_to,
            reason=given.reason,
        )
        return directory.delegate(session, scoped, by=by, at=at)

    return _write(workplace, write)


def end_delegation(workplace: Workplace, no: int, *, reason: str, by: str) -> Delegation:
    """End a delegation before its day; raises DirectoryRefused."""
    return _write(
        workplace,
        lambda session, at: directory.end_delegation(session, no, reason=reason, by=by, at=at),
    )


def people(workplace: Workplace, *, at: datetime | None = None) -> Directory:
    """Return the directory now, or as it stood at a moment."""
    with workplace.register.read.begin() as session:
        history = chain_of(session, directory.CHAIN)
    return directory.directory_at(history, at=at)


def _write(workplace: Workplace, act: Callable[[Session, datetime], _Told]) -> _Told:
    with workplace.register.write.begin() as session:
        told = act(session, workplace.clock())
        keep_people(session, workplace.home)
    witness_home(workplace)
    return told
