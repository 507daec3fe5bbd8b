from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from archive.db import Register
from archive.directory import (
    CHAIN,
    Delegation,
    User,
    delegate,
    directory_at,
    directory_of,
    end_delegation,
    put_user,
    set_enabled,
)
from archive.errors import DirectoryRefused
from archive.events import chain_of, verify_chain

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
ADMIN = User("feng", "冯管理", "信息部", "系统管理员", ("系统管理员",))
HEAD = User("zhou", "周立群", "业务一部", "负责人", ("业务部门负责人",))
OTHER = User("xu", "许衡", "法务部", "法务", ("法务审核",))
WHILE_AWAY = Delegation(
    0, "zhou", "xu", date(2026, 3, 1), date(2026, 3, 31), reason="出差期间代为办理"
)


@pytest.fixture
def session(register: Register) -> Iterator[Session]:
    with register.write() as session:
        put_user(session, ADMIN, by="root", at=AT)
        for user in (HEAD, OTHER):
            put_user(session, user, by="feng", at=AT)
        yield session


@pytest.mark.requirement_part("G-102")
def test_who_is_not_in_the_directory_or_no_longer_may_not_act(session: Session) -> None:
    with pytest.raises(DirectoryRefused, match="人员名录中没有 wang"):
        directory_of(session).enabled("wang")
    set_enabled(session, "zhou", is_enabled=False, reason="离职", by="feng", at=AT)
    with pytest.raises(DirectoryRefused, match="周立群（zhou）已停用"):
        directory_of(session).enabled("zhou")
    set_enabled(session, "zhou", is_enabled=True, reason="返聘", by="feng", at=AT)
    assert directory_of(session).enabled("zhou") == HEAD


@pytest.mark.requirement_part("G-102")
@pytest.mark.parametrize("field", ["name", "department", "post"])
def test_nobody_is_added_without_name_department_and_post(session: Session, field: str) -> None:
    said = {"name": "王芳", "department": "财务部", "post": "会计"} | {field: " "}
    user = User("wang", said["name"], said["department"], said["post"], ("财务负责人",))
    with pytest.raises(DirectoryRefused, match="须写明"):
        put_user(session, user, by="feng", at=AT)


def test_every_version_of_the_directory_can_be_told_again(session: Session) -> None:
    moved = User("zhou", "周立群", "业务二部", "副总经理", ("分管领导",))
    put_user(session, moved, by="feng", at=AT + timedelta(days=1))
    history = chain_of(session, CHAIN)
    assert verify_chain(history) == []
    assert directory_at(history, at=AT).users["zhou"] == HEAD
    assert directory_at(history).users["zhou"] == moved


def test_saying_the_same_again_adds_nothing_to_the_history(session: Session) -> None:
    before = len(chain_of(session, CHAIN))
    put_user(session, HEAD, by="feng", at=AT)
    assert len(chain_of(session, CHAIN)) == before


@pytest.mark.parametrize(
    ("user", "problem"),
    [
        (User("zhou2", "周 立群", "业务一部", "经理", ("起草",)), "相同"),
        (User("Zhou", "周二", "业务一部", "经理", ("起草",)), "登录名"),
        (User("a/b", "周二", "业务一部", "经理", ("起草",)), "登录名"),
        (User("zhou2", "周二", "业务一部", "经理", ()), "职责"),
        (User("zhou2", "周二", "信息部", "经理", ("系统管理员", "起草")), "不得兼任"),
    ],
)
def test_what_would_blur_who_acts_is_refused(session: Session, user: User, problem: str) -> None:
    with pytest.raises(DirectoryRefused, match=problem):
        put_user(session, user, by="feng", at=AT)


def test_only_an_administrator_keeps_the_directory_and_one_is_always_left(
    session: Session,
) -> None:
    new = User("wang", "王芳", "财务部", "会计", ("财务负责人",))
    with pytest.raises(DirectoryRefused, match="zhou 不是系统管理员"):
        put_user(session, new, by="zhou", at=AT)
    with pytest.raises(DirectoryRefused, match="最后一名系统管理员"):
        set_enabled(session, "feng", is_enabled=False, reason="离职", by="feng", at=AT)
    with pytest.raises(DirectoryRefused, match="最后一名系统管理员"):
        put_user(session, User("feng", "冯管理", "信息部", "经办", ("起草",)), by="feng", at=AT)


def reaches(given: Delegation, **changed: object) -> bool:
    asked: dict[str, object] = {
        "on": date(2026, 3, 9),
        "kind": "contract",
        "step": "head",
        "order_no": "XSDD-1",
        "amount": Decimal(100),
    } | changed
    return given.covers(**asked)  # type: ignore[arg-type]


@pytest.mark.requirement_part("F-106")
def test_a_delegation_reaches_no_further_than_its_days_and_its_scope(session: Session) -> None:
    scoped = Delegation(
        0,
        "zhou",
        "xu",
        date(2026, 3, 1),
        date(2026, 3, 31),
        kinds=("contract",),
        steps=("head",),
        orders=("XSDD-1",),
        up_to=Decimal(100),
        reason="出差",
    )
    given = delegate(session, scoped, by="zhou", at=AT)
    assert reaches(given)
    assert reaches(given, on=date(2026, 3, 1))
    assert reaches(given, on=date(2026, 3, 31))
    for beyond in (
        {"on": date(2026, 2, 28)},
        {"on": date(2026, 4, 1)},
        {"kind": "change"},
        {"step": "lead"},
        {"order_no": "XSDD-2"},
        {"amount": Decimal("100.01")},
        {"amount": None},
    ):
        assert not reaches(given, **beyond), beyond
    ended = end_delegation(session, given.no, reason="提前返回", by="zhou", at=AT)
    assert not reaches(ended)


@pytest.mark.parametrize(
    ("by", "changed", "problem"),
    [
        ("xu", {}, "本人或系统管理员"),
        ("zhou", {"delegate": "wang"}, "人员名录中没有 wang"),
        ("zhou", {"delegate": "zhou"}, "不能是同一人"),
        ("zhou", {"delegate": "feng"}, "不得代办审批"),
        ("zhou", {"until_on": date(2026, 2, 1)}, "早于起日"),
        ("zhou", {"reason": " "}, "依据或事由"),
    ],
)
def test_a_delegation_that_cannot_stand_is_refused(
    session: Session, by: str, changed: dict[str, object], problem: str
) -> None:
    asked = replace(WHILE_AWAY, **changed)  # type: ignore[arg-type]
    with pytest.raises(DirectoryRefused, match=problem):
        delegate(session, asked, by=by, at=AT)
    assert directory_of(session).delegations == ()
