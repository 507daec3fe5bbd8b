"""Delegations: who stands in for whom in the approval of contracts, from when to when."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from archive.directory import Delegation

_DAY = click.DateTime(["%Y-%m-%d"])
by_option = click.option(
    "--as", "by", required=True, help="Who asks: 系统管理员, or the principal."
)
reason_option = click.option("--reason", required=True, help="Why; it stays in the history.")


@click.command()
@click.argument("principal")
@click.option("--to", "delegate", required=True, help="Who stands in.")
@click.option("--from", "from_on", type=_DAY, required=True)
@click.option("--until", "until_on", type=_DAY, required=True)
@click.option("--kind", "kinds", multiple=True, help="Only these kinds of papers.")
@click.option("--step", "steps", multiple=True, help="Only these steps.")
@click.option("--paper", "papers", multiple=True, help="Only these papers, by number or order.")
@click.option("--up-to", help="Only papers up to this amount, tax included.")
@reason_option
@by_option
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
        raise click.BadParameter(
            f"没有“{lost[0]}”这种文种；可写：{'、'.join(words)}", param_hint="--kind"
        )
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
    content = {"ok": True, "delegation": delegation_as_json(made)}
    answer(content, as_json=as_json, text=lambda: click.echo(delegation_words(made)))


@click.command("end-delegation")
@click.argument("no", type=int)
@reason_option
@by_option
@json_option
@click.pass_context
@reports_failures
def end_delegation(ctx: click.Context, no: int, *, reason: str, by: str, as_json: bool) -> None:
    """End the delegation NO before its day."""
    from pipeline.peopleacts import end_delegation as write
    from pipeline.wiring import Workplace

    ended = write(Workplace(home_of(ctx)), no, reason=reason, by=by)
    content = {"ok": True, "delegation": delegation_as_json(ended)}
    answer(content, as_json=as_json, text=lambda: click.echo(delegation_words(ended)))


def _day(moment: datetime) -> date:
    return moment.date()


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise click.BadParameter(f"{text} 不是大于零的金额", param_hint="--up-to") from error
    if not amount.is_finite() or amount <= 0:
        raise click.BadParameter(f"{text} 不是大于零的金额", param_hint="--up-to")
    return amount


def delegation_as_json(given: Delegation) -> dict[str, Any]:
    """Return a delegation as JSON values."""
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


def delegation_words(given: Delegation) -> str:
    """Return a delegation in one Chinese line."""
    scope = "、".join((*given.kinds, *given.steps, *given.orders)) or "全部"
    limit = f"　不超过 {given.up_to} 元" if given.up_to is not None else ""
    state = "　已撤销" if given.is_ended else ""
    return (
        f"委托 {given.no}　{given.principal} → {given.delegate}"
        f"　{given.from_on} 至 {given.until_on}　{scope}{limit}{state}"
    )


COMMANDS = (delegate, end_delegation)
"""The commands of `guidang contracts` about stand-ins."""
