"""Inspect clean-up: leftovers of the work folders listed, confirmed by another, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.retention import user_option

if TYPE_CHECKING:
    from archive.cleanup import CleanupList


@click.group()
def cleanup() -> None:
    """Clear leftovers away by a list and a second person; nothing of record is ever on it."""


@cleanup.command()
@user_option
@json_option
@click.pass_context
@reports_failures
def propose(ctx: click.Context, *, person: str, as_json: bool) -> None:
    """List the leftovers with path, size, digest and reason; nothing is touched."""
    from pipeline.inspection.cleaning import propose as propose_list
    from pipeline.wiring import Workplace

    _answer(propose_list(Workplace(home_of(ctx)), person=person), as_json=as_json)


@cleanup.command()
@click.argument("number")
@user_option
@json_option
@click.pass_context
@reports_failures
def confirm(ctx: click.Context, *, number: str, person: str, as_json: bool) -> None:
    """Confirm the list NUMBER, as somebody other than its proposer."""
    from pipeline.inspection.cleaning import confirm as confirm_list
    from pipeline.wiring import Workplace

    _answer(confirm_list(Workplace(home_of(ctx)), number, person=person), as_json=as_json)


@cleanup.command("return")
@click.argument("number")
@click.option("--opinion", required=True, help="Why it is not confirmed.")
@user_option
@json_option
@click.pass_context
@reports_failures
def return_(ctx: click.Context, *, number: str, opinion: str, person: str, as_json: bool) -> None:
    """Return the list NUMBER: nothing of it is touched."""
    from pipeline.inspection.cleaning import give_back
    from pipeline.wiring import Workplace

    known = give_back(Workplace(home_of(ctx)), number, opinion=opinion, person=person)
    _answer(known, as_json=as_json)


@cleanup.command()
@click.argument("number")
@user_option
@json_option
@click.pass_context
@reports_failures
def run(ctx: click.Context, *, number: str, person: str, as_json: bool) -> None:
    """Remove what the confirmed list NUMBER names and what is still a leftover, unchanged."""
    from pipeline.inspection.cleaning import carry_out
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    with WorkerLock(workplace.home.worker_lock):
        known = carry_out(workplace, number, person=person)
    _answer(known, as_json=as_json)


@cleanup.command("list")
@json_option
@click.pass_context
@reports_failures
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """List the clean-up lists, the newest first."""
    from pipeline.inspection.cleaning import lists
    from pipeline.wiring import Workplace

    found = [_said(each) for each in lists(Workplace(home_of(ctx)))]

    def text() -> None:
        for each in found:
            click.echo(f"{each['number']}　{each['stage']}　{len(each['entries'])} 个文件")
        click.echo(f"共 {len(found)} 份清单")

    answer({"ok": True, "lists": found}, as_json=as_json, text=text)


@cleanup.command()
@click.argument("number")
@json_option
@click.pass_context
@reports_failures
def show(ctx: click.Context, *, number: str, as_json: bool) -> None:
    """Show the list NUMBER and what became of each file."""
    from pipeline.inspection.cleaning import opened
    from pipeline.wiring import Workplace

    _answer(opened(Workplace(home_of(ctx)), number), as_json=as_json)


def _answer(known: CleanupList, *, as_json: bool) -> None:
    said = _said(known)

    def text() -> None:
        click.echo(f"{said['number']}　{said['stage']}　编制 {said['proposer']}")
        for each in said["entries"]:
            outcome = f"　{each['outcome']}" if each["outcome"] else ""
            click.echo(f"  {each['path']}　{each['bytes']} 字节　{each['reason']}{outcome}")

    answer({"ok": True, "list": said}, as_json=as_json, text=text)


def _said(known: CleanupList) -> dict[str, Any]:
    outcomes = known.outcomes
    return {
        "number": known.number,
        "stage": known.stage.value,
        "proposer": known.proposer,
        "confirmed_by": known.confirmed_by,
        "done_by": known.done_by,
        "entries": [
            each.said()
            | {"outcome": "" if outcomes is None else outcomes.get(each.path) or "已清理"}
            for each in known.entries
        ],
    }
