"""Approval lists: what waits for a person, and what is late."""

from __future__ import annotations

from typing import Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures


@click.command()
@click.option("--as", "login", required=True, help="Whose tasks, as the directory has them.")
@json_option
@click.pass_context
@reports_failures
def pending(ctx: click.Context, *, login: str, as_json: bool) -> None:
    """List the papers that wait for a person, the longest waiting first."""
    from pipeline.approvallists import pending_for
    from pipeline.wiring import Workplace

    found = pending_for(Workplace(home_of(ctx)), login)
    content = {"ok": True, "as": login, "pending": found}
    answer(content, as_json=as_json, text=lambda: _print_pending(found))


@click.command()
@click.option("--near", is_flag=True, help="Also what is due today.")
@click.option("--note", is_flag=True, help="Write reminders and escalations into the history.")
@json_option
@click.pass_context
@reports_failures
def overdue(ctx: click.Context, *, near: bool, note: bool, as_json: bool) -> None:
    """List the steps that are late, with who holds them and to whom it is escalated."""
    from pipeline.approvallists import note_overdue
    from pipeline.approvallists import overdue as late
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    noted = note_overdue(workplace) if note else 0
    found = late(workplace, near=near)
    content = {"ok": True, "overdue": found, "noted": noted}
    answer(content, as_json=as_json, text=lambda: _print_overdue(found))


COMMANDS = (pending, overdue)
"""What is added to `guidang contracts`."""


def _print_pending(found: list[dict[str, Any]]) -> None:
    for each in found:
        amount = f"　{each['amount']} 元" if each["amount"] else ""
        stands_in = f"（代 {each['for']}）" if each["for"] else ""
        late = "　逾期" if each["is_late"] else ""
        due = f"　{each['due_on']} 前办结{late}" if each["due_on"] else ""
        click.echo(f"{each['step_name']}{stands_in}　{each['kind_name']}　{each['order_no']}{due}")
        click.echo(f"    {each['title']}　{each['party_a']}{amount}")
        if each["given_back"]:
            click.echo(f"    {each['given_back']}")
    click.echo(f"待办 {len(found)} 件")


def _print_overdue(found: list[dict[str, Any]]) -> None:
    for each in found:
        state = "逾期" if each["is_late"] else "今日到期"
        holders = "、".join(each["holders"]) or "无人担任此环节"
        above = "、".join(each["escalated_to"])
        click.echo(
            f"{state}　{each['order_no']}　{each['kind_name']}　{each['step_name']}（{holders}）"
            f"　应于 {each['due_on']} 办结" + (f"　提请 {above} 督办" if above else "")
        )
    click.echo(f"共 {len(found)} 项")
