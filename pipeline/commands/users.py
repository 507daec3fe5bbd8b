"""Users: the directory of who may act, in which post, and who stands in for whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.delegations import (
    by_option,
    delegation_as_json,
    delegation_words,
    reason_option,
)

if TYPE_CHECKING:
    from archive.directory import Directory, User


@click.group()
def users() -> None:
    """Keep the directory: people with department, post and roles, and their stand-ins."""


@users.command()
@click.argument("login")
@click.option("--name", required=True)
@click.option("--department", required=True)
@click.option("--post", required=True)
@click.option("--role", "roles", multiple=True, required=True, help="A step, or another duty.")
@by_option
@json_option
@click.pass_context
@reports_failures
def add(
    ctx: click.Context,
    login: str,
    *,
    name: str,
    department: str,
    post: str,
    roles: tuple[str, ...],
    by: str,
    as_json: bool,
) -> None:
    """Add LOGIN, or say anew who they are; what was known before stays in the history."""
    from archive.directory import User
    from pipeline.peopleacts import put_user
    from pipeline.wiring import Workplace

    user = put_user(Workplace(home_of(ctx)), User(login, name, department, post, roles), by=by)
    _answer_user(user, as_json=as_json)


@users.command()
@click.argument("login")
@reason_option
@by_option
@json_option
@click.pass_context
@reports_failures
def disable(ctx: click.Context, login: str, *, reason: str, by: str, as_json: bool) -> None:
    """Let LOGIN act no longer; what they did stays, what waits for them others take."""
    _switch(ctx, login, is_enabled=False, reason=reason, by=by, as_json=as_json)


@users.command()
@click.argument("login")
@reason_option
@by_option
@json_option
@click.pass_context
@reports_failures
def enable(ctx: click.Context, login: str, *, reason: str, by: str, as_json: bool) -> None:
    """Let LOGIN act again."""
    _switch(ctx, login, is_enabled=True, reason=reason, by=by, as_json=as_json)


@users.command("list")
@click.option("--at", help="As of this moment, e.g. 2026-03-02T16:20:00+08:00.")
@json_option
@click.pass_context
@reports_failures
def list_(ctx: click.Context, *, at: str | None, as_json: bool) -> None:
    """List who may act and who stands in for whom, now or as of a moment."""
    from pipeline.peopleacts import people
    from pipeline.wiring import Workplace

    try:
        moment = datetime.fromisoformat(at) if at is not None else None
    except ValueError as error:
        raise click.BadParameter(
            f"{at} 不是时刻，应写成 2026-03-05T09:30:00+08:00", param_hint="--at"
        ) from error
    if moment is not None and moment.tzinfo is None:
        raise click.BadParameter("时刻要写明时区，如 +08:00", param_hint="--at")
    found = people(Workplace(home_of(ctx)), at=moment)
    content = {
        "ok": True,
        "users": [_user(each) for each in found.users.values()],
        "delegations": [delegation_as_json(each) for each in found.delegations],
    }
    answer(content, as_json=as_json, text=lambda: _print(found))


def _switch(
    ctx: click.Context, login: str, *, is_enabled: bool, reason: str, by: str, as_json: bool
) -> None:
    from pipeline.peopleacts import set_enabled
    from pipeline.wiring import Workplace

    user = set_enabled(Workplace(home_of(ctx)), login, is_enabled=is_enabled, reason=reason, by=by)
    _answer_user(user, as_json=as_json)


def _answer_user(user: User, *, as_json: bool) -> None:
    content = {"ok": True, "user": _user(user)}
    answer(content, as_json=as_json, text=lambda: click.echo(_user_words(user)))


def _user(user: User) -> dict[str, Any]:
    return {
        "login": user.login,
        "name": user.name,
        "department": user.department,
        "post": user.post,
        "roles": list(user.roles),
        "enabled": user.is_enabled,
    }


def _print(found: Directory) -> None:
    for user in found.users.values():
        click.echo(_user_words(user))
    for given in found.delegations:
        click.echo(delegation_words(given))
    click.echo(f"共 {len(found.users)} 人，委托 {len(found.delegations)} 项")


def _user_words(user: User) -> str:
    state = "" if user.is_enabled else "　已停用"
    roles = "、".join(user.roles)
    return f"{user.login}　{user.name}　{user.department}　{user.post}　{roles}{state}"
