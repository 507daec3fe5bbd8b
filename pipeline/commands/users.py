"""Users: the directory of who may act, in which post, and who stands in for whom."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from archive.directory import Delegation, Directory, User

_DAY = click.DateTime(["%Y-%m-%d"])
_by = click.option("--as", "by", required=True, help="Who asks: 系统管理员, or the principal.")
_reason = click.option("--reason", required=True, help="Why; it stays in the history.")


@click.group()
def users() -> None:
    """Keep the directory: people with department, post and roles, and their stand-ins."""


@users.command()
@click.argument("login")
@click.option("--name", required=True)
@click.option("--department", required=True)
@click.option("--post", required=True)
@click.option("--role", "roles", multiple=True, required=True, help="A step, or another duty.")
@_by
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
@_reason
@_by
@json_option
@click.pass_context
@reports_failures
def disable(ctx: click.Context, login: str, *, reason: str, by: str, as_json: bool) -> None:
    """Let LOGIN act no longer; what they did stays, what waits for them others take."""
    _switch(ctx, login, is_enabled=False, reason=reason, by=by, as_json=as_json)


@users.command()
@click.argument("login")
@_reason
@_by
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
        raise click.BadParameter(str(error), param_hint="--at") from error
    if moment is not None and moment.tzinfo is None:
        raise click.BadParameter("a moment needs its zone, e.g. +08:00", param_hint="--at")
    found = people(Workplace(home_of(ctx)), at=moment)
    content = {
        "ok": True,
        "users": [_user(each) for each in found.users.values()],
        "delegations": [_delegation(each) for each in found.delegations],
    }
    answer(content, as_json=as_json, text=lambda: _print(found))


@users.command()
@click.argument("principal")
@click.option("--to", "delegate", required=True, help="Who stands in.")
@click.option("--from", "from_on", type=_DAY, required=True)
@click.option("--until", "until_on", type=_DAY, required=True)
@click.option("--kind", "kinds", multiple=True, help="Only these kinds of papers.")
@click.option("--step", "steps", multiple=True, help="Only these steps.")
@click.option("--paper", "papers", multiple=True, help="Only these papers, by number or order.")
@click.option("--up-to", help="Only papers up to this amount, tax included.")
@_reason
@_by
@json_option
@click.pass_context
@reports_failures
def delegate(ctx: click.Context, /, *, as_json: bool, by: str, **given: Any) -> None:
    """Let another stand in for PRINCIPAL, from a day to a day, for what is named."""
    from archive.directory import Delegation
    from pipeline.papers.kinds import KINDS
    from pipeline.peopleacts import delegate as write
    from pipeline.wiring import Workplace

    words = {kind.word: name for name, kind in KINDS.items()}
    kinds = tuple(words.get(each, each) for each in given["kinds"])
    if lost := [each for each in kinds if each not in KINDS]:
        raise click.BadParameter(f"{lost[0]!r} is no kind", param_hint="--kind")
    asked = Delegation(
        no=0,
        principal=given["principal"],
        delegate=given["delegate"],
        from_on=_day(given["from_on"]),
        until_on=_day(given["until_on"]),
        kinds=kinds,
        steps=given["steps"],
        up_to=_amount(given["up_to"]),
        reason=given["reason"],
    )
    made = write(Workplace(home_of(ctx)), asked, by=by, papers=given["papers"])
    content = {"ok": True, "delegation": _delegation(made)}
    answer(content, as_json=as_json, text=lambda: click.echo(_delegation_words(made)))


@users.command("end-delegation")
@click.argument("no", type=int)
@_reason
@_by
@json_option
@click.pass_context
@reports_failures
def end_delegation(ctx: click.Context, no: int, *, reason: str, by: str, as_json: bool) -> None:
    """End the delegation NO before its day."""
    from pipeline.peopleacts import end_delegation as write
    from pipeline.wiring import Workplace

    ended = write(Workplace(home_of(ctx)), no, reason=reason, by=by)
    content = {"ok": True, "delegation": _delegation(ended)}
    answer(content, as_json=as_json, text=lambda: click.echo(_delegation_words(ended)))


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


def _day(moment: datetime) -> date:
    return moment.date()


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise click.BadParameter(f"{text!r} is no amount", param_hint="--up-to") from error
    if not amount.is_finite() or amount <= 0:
        raise click.BadParameter(f"{text!r} is no amount", param_hint="--up-to")
    return amount


def _user(user: User) -> dict[str, Any]:
    return {
        "login": user.login,
        "name": user.name,
        "department": user.department,
        "post": user.post,
        "roles": list(user.roles),
        "enabled": user.is_enabled,
    }


def _delegation(given: Delegation) -> dict[str, Any]:
    return {
        "no": given.no,
        "principal": given.principal,
        "delegate": given.delegate,
        "from_on": given.from_on.isoformat(),
        "until_on": given.until_on.isoformat(),
        "kinds": list(given.kinds),
        "steps": list(given.steps),
        "orders": list(given.orders),
        "up_to": None if given.up_to is None else str(given.up_to),
        "reason": given.reason,
        "ended": given.is_ended,
    }


def _print(found: Directory) -> None:
    for user in found.users.values():
        click.echo(_user_words(user))
    for given in found.delegations:
        click.echo(_delegation_words(given))
    click.echo(f"共 {len(found.users)} 人，委托 {len(found.delegations)} 项")


def _user_words(user: User) -> str:
    state = "" if user.is_enabled else "　已停用"
    roles = "、".join(user.roles)
    return f"{user.login}　{user.name}　{user.department}　{user.post}　{roles}{state}"


def _delegation_words(given: Delegation) -> str:
    scope = "、".join((*given.kinds, *given.steps, *given.orders)) or "全部"
    limit = f"　不超过 {given.up_to} 元" if given.up_to is not None else ""
    state = "　已撤销" if given.is_ended else ""
    return (
        f"委托 {given.no}　{given.principal} → {given.delegate}"
        f"　{given.from_on} 至 {given.until_on}　{scope}{limit}{state}"
    )
