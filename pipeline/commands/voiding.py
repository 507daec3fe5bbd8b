"""Voiding: give a paper up, by two people; one asks, the other confirms."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures
from pipeline.commands.approving import print_seen


@click.command()
@click.argument("name")
@click.option("--as", "login", required=True, help="Who acts, as the directory has them.")
@click.option("--opinion", required=True, help="Why, or that it was checked.")
@click.option("--copies", default="", help="What became of the copies of a sealed paper.")
@click.option("--digest", help="The terms digest that was seen; another is refused.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation on a terminal.")
@json_option
@click.pass_context
@reports_failures
def void(
    ctx: click.Context,
    /,
    name: str,
    *,
    login: str,
    opinion: str,
    copies: str,
    digest: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Ask that NAME be void or, where another person asked before, confirm it (作废)."""
    from pipeline.approvalacts import Said
    from pipeline.approvalbatch import look_at
    from pipeline.voiding import void as act
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    seen = look_at(workplace, name)
    if not as_json:
        print_seen(seen)
        if sys.stdin.isatty() and not yes and not click.confirm("确认办理作废？"):
            fail(Exit.FAILED, "not-confirmed", "未确认", "再次运行以办理", as_json=as_json)
    said = Said(login, opinion, digest=digest or seen["terms_digest"])
    done = act(workplace, name, said, copies=copies)
    content: dict[str, Any] = {
        "ok": True,
        "voided": done.is_done,
        "contract_number": done.number,
        "asked_by": done.asked_by,
        "by": done.by,
        "seen": seen,
    }
    number = done.number or name
    words = (
        f"{number} 已作废：{done.asked_by} 申请，{done.by} 确认；编号保留，不再使用"
        if done.is_done
        else f"{number} 已申请作废，待另一人确认"
    )
    answer(content, as_json=as_json, text=lambda: click.echo(words))
