"""Holds: freeze dossiers so that nothing of them is disposed of, and lift that again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option
from pipeline.commands.retention import day_of, day_type, user_option

_MATTERS = ("诉讼", "仲裁", "审计", "税务", "监管", "债权债务")


@click.group()
def holds() -> None:
    """Place, release and list legal holds (冻结)."""


@holds.command("place")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--query", help="All dossiers this search finds, beside the codes.")
@click.option("--matter", required=True, type=click.Choice(_MATTERS), help="What it is about.")
@click.option("--reason", required=True)
@click.option("--case", "case_no", help="The case number (案号).")
@click.option("--review-on", type=day_type, help="When it should be looked at again.")
@click.option("--dry-run", is_flag=True, help="Say which dossiers would be frozen, and stop.")
@user_option
@json_option
@click.pass_context
@reports_failures
def place_(
    ctx: click.Context,
    *,
    codes: tuple[str, ...],
    query: str | None,
    matter: str,
    reason: str,
    case_no: str | None,
    review_on: datetime | None,
    dry_run: bool,
    person: str,
    as_json: bool,
) -> None:
    """Freeze the dossiers CODE… and those a query finds."""
    from pipeline.freezing import Freeze, chosen, place
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    scope, found = chosen(workplace, query=query, names=codes)
    if dry_run:
        plan = {"ok": True, "dry_run": True, "scope": scope, "dossiers": list(found)}
        answer(plan, as_json=as_json, text=lambda: click.echo("\n".join(("将冻结：", *found))))
        return
    freeze = Freeze(matter, reason, case_no, day_of(review_on), person)
    hold = place(workplace, freeze, scope, found)
    answer({"ok": True, "hold": hold}, as_json=as_json, text=lambda: _print(hold))


@holds.command("release")
@click.argument("number")
@click.option("--basis", required=True, help="On what ground it is lifted.")
@user_option
@json_option
@click.pass_context
@reports_failures
def release_(ctx: click.Context, *, number: str, basis: str, person: str, as_json: bool) -> None:
    """Lift the hold NUMBER; periods go on as if it had not been."""
    from pipeline.freezing import release
    from pipeline.wiring import Workplace

    hold = release(Workplace(home_of(ctx)), number, basis=basis, person=person)
    answer({"ok": True, "hold": hold}, as_json=as_json, text=lambda: _print(hold))


@holds.command("list")
@click.option("--all", "also_released", is_flag=True, help="Those that were lifted too.")
@as_option
@json_option
@click.pass_context
@reports_failures
def list_(ctx: click.Context, *, also_released: bool, person: str | None, as_json: bool) -> None:
    """List the holds that stand, the newest first."""
    from pipeline.freezing import list_holds
    from pipeline.knowing import known_to
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    known = known_to(workplace, person)
    found = list_holds(workplace, also_released=also_released, known=known)

    def text() -> None:
        for hold in found:
            _print(hold)
        click.echo(f"共 {len(found)} 项冻结")

    answer({"ok": True, "holds": found}, as_json=as_json, text=text)


def _print(hold: dict[str, Any]) -> None:
    state = "冻结中" if hold["stands"] else "已解除"
    case = f"　{hold['case_no']}" if hold["case_no"] else ""
    click.echo(f"{hold['number']}　{state}　{hold['matter']}{case}　{hold['requested_by']}")
    scope = f"　（{hold['scope']}）" if hold["scope"] else ""
    click.echo(f"  {hold['reason']}{scope}")
    for one in hold["dossiers"]:
        released = one["released_at"]
        lifted = f"　{released[:10]} 由{one['released_by']}解除" if released else ""
        click.echo(f"  {one['code']}{lifted}")
