"""Inspect: rounds of checking by plan, their record, and the finds people see to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.inspectcleanup import cleanup
from pipeline.commands.inspecttasks import assign, close, tasks
from pipeline.commands.inspectwords import inspection_said, print_inspection
from pipeline.commands.retention import user_option

if TYPE_CHECKING:
    from archive.inspection import Inspection


@click.group(invoke_without_command=True)
@click.option("--as", "person", metavar="USER", help="Who inspects; without, the clock.")
@json_option
@click.pass_context
@reports_failures
def inspect(ctx: click.Context, *, person: str | None, as_json: bool) -> None:
    """Inspect what the plan says is due, and see to what is found.

    Without --as, for a timer: the round is carried through; two inspectors sign it later.
    """
    if ctx.invoked_subcommand is not None:
        return
    from archive.inspectionrules import CLOCK

    _run(ctx, person or CLOCK, as_json=as_json)


for _command in (cleanup, tasks, assign, close):
    inspect.add_command(_command)


def _run(ctx: click.Context, person: str, *, as_json: bool) -> None:
    from pipeline.inspection.running import run_due
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    try:
        with WorkerLock(workplace.home.inspection_lock):
            done = run_due(workplace, person=person)
    finally:
        workplace.close()
    content = {"ok": True, "inspections": [inspection_said(workplace, each) for each in done]}

    def text() -> None:
        for said in content["inspections"]:  # type: ignore[attr-defined]
            print_inspection(said)
        if not done:
            click.echo("现在没有到期应开展的检查")

    answer(content, as_json=as_json, text=text)


@inspect.command()
@user_option
@json_option
@click.pass_context
@reports_failures
def run(ctx: click.Context, *, person: str, as_json: bool) -> None:
    """Finish the round that is running, then carry through what is due."""
    _run(ctx, person, as_json=as_json)


@inspect.command()
@json_option
@click.pass_context
@reports_failures
def plan(ctx: click.Context, *, as_json: bool) -> None:
    """Show the plans of rules/inspection.toml, and which of them are due."""
    from archive.days import business_day
    from pipeline.inspection.planning import due_plans
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    due = {each.name for each in due_plans(workplace)}
    today = business_day(workplace.clock())
    plans = [
        {
            "name": each.name,
            "period": each.period_of(today),
            "full": each.is_full,
            "checks": list(each.checks),
            "due": each.name in due,
        }
        for each in workplace.inspections.plans.values()
    ]

    def text() -> None:
        for each in plans:
            scope = "全查" if each["full"] else "抽样"
            state = "应开展" if each["due"] else "本期已开展或未到时候"
            click.echo(f"{each['name']}　{each['period']}　{scope}　{state}")

    answer({"ok": True, "plans": plans}, as_json=as_json, text=text)


@inspect.command()
@click.argument("name", required=False, metavar="[PLAN]")
@click.option("--check", "checks", multiple=True, help="Only these checks: a round of its own.")
@click.option("--dossier", "codes", multiple=True, metavar="CODE", help="Only these dossiers.")
@click.option("--seed", help="Draw the sample by this seed.")
@user_option
@json_option
@click.pass_context
@reports_failures
def start(
    ctx: click.Context,
    *,
    name: str | None,
    checks: tuple[str, ...],
    codes: tuple[str, ...],
    seed: str | None,
    person: str,
    as_json: bool,
) -> None:
    """Begin the round of PLAN now, or one of chosen checks and dossiers, and carry it through."""
    from archive.days import business_day
    from pipeline.inspection.planning import Wanted, special
    from pipeline.inspection.planning import start as start_round
    from pipeline.inspection.running import proceed
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    if (name is None) == (not checks and not codes):
        raise click.UsageError("请写明检查计划，或用 --check 和 --dossier")
    workplace = Workplace(home_of(ctx))
    try:
        with WorkerLock(workplace.home.inspection_lock):
            if name is None:
                wanted = special(workplace, checks, codes)
            else:
                chosen = workplace.inspections.plan(name)
                period = chosen.period_of(business_day(workplace.clock()))
                wanted = Wanted(chosen, period, seed=seed)
            known = start_round(workplace, wanted, person=person)
            known = proceed(workplace, known.number, person=person)
    finally:
        workplace.close()
    _answer(workplace, known, as_json=as_json)


@inspect.command("list")
@json_option
@click.pass_context
@reports_failures
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """List the rounds, the newest last."""
    from pipeline.inspection.planning import opened
    from pipeline.inspection.running import numbers
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    found = [opened(workplace, number) for number in numbers(workplace)]
    said = [inspection_said(workplace, each) for each in found]

    def text() -> None:
        for each in said:
            click.echo(
                f"{each['number']}　{each['plan']}　{each['period']}　{each['stage']}"
                f"　发现 {len(each['finds'])} 项"
            )
        click.echo(f"共 {len(said)} 次检查")

    answer({"ok": True, "inspections": said}, as_json=as_json, text=text)


@inspect.command()
@click.argument("number")
@click.option("--redraw", is_flag=True, help="Draw the sample again and compare.")
@json_option
@click.pass_context
@reports_failures
def show(ctx: click.Context, *, number: str, redraw: bool, as_json: bool) -> None:
    """Show what round NUMBER looked at and found."""
    from pipeline.inspection.planning import opened, redrawn
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    known = opened(workplace, number)
    said = inspection_said(workplace, known)
    if redraw:
        said["redrawn"] = redrawn(workplace, known)
    answer({"ok": True} | said, as_json=as_json, text=lambda: print_inspection(said))


@inspect.command()
@click.argument("number")
@click.option("--temperature", "温度", help="In ℃.")
@click.option("--humidity", "湿度", help="In %RH.")
@click.option("--damage", "破损")
@click.option("--binding", "装订")
@click.option("--secrecy", "密级")
@click.option("--period", "保管期限")
@click.option("--remark", "说明")
@user_option
@json_option
@click.pass_context
@reports_failures
def note(
    ctx: click.Context, /, *, number: str, person: str, as_json: bool, **said: str | None
) -> None:
    """Enter what was seen on the spot into round NUMBER."""
    from pipeline.inspection.running import note as enter_note
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    notes = {name: value for name, value in said.items() if value is not None}
    known = enter_note(workplace, number, notes, person=person)
    _answer(workplace, known, as_json=as_json)


@inspect.command()
@click.argument("number")
@user_option
@json_option
@click.pass_context
@reports_failures
def sign(ctx: click.Context, *, number: str, person: str, as_json: bool) -> None:
    """Sign the record of round NUMBER; the second inspector's signature files it."""
    from pipeline.inspection.running import sign as sign_record
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    try:
        known = sign_record(workplace, number, person=person)
    finally:
        workplace.close()
    _answer(workplace, known, as_json=as_json)


@inspect.command()
@click.argument("number")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_context
@reports_failures
def report(ctx: click.Context, *, number: str, out: Path, as_json: bool) -> None:
    """Write the record of round NUMBER as .docx or .pdf, to read and to sign."""
    from pipeline.inspection.reporting import write_report
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    try:
        write_report(workplace, number, out)
    finally:
        workplace.close()
    content = {"ok": True, "file": str(out)}
    answer(content, as_json=as_json, text=lambda: click.echo(f"已写入 {out}"))


def _answer(workplace: Any, known: Inspection, *, as_json: bool) -> None:
    said = inspection_said(workplace, known)
    answer({"ok": True} | said, as_json=as_json, text=lambda: print_inspection(said))
