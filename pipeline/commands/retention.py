"""Retention: when periods start, how long dossiers are kept, and what is due for appraisal."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option

if TYPE_CHECKING:
    from archive.custody import Evidence

_PLACES = ("/", "./", "../", "~", ".\\", "..\\")
_SUFFIXED = re.compile(r"\.[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*$")
"""What ends like the name of a file."""

day_type = click.DateTime(["%Y-%m-%d"])
user_option = click.option("--as", "person", required=True, metavar="USER", help="Who acts.")


@click.group()
def retention() -> None:
    """Record what starts a period, extend it, and dispose of what is due, by the rules."""


def day_of(moment: datetime | None) -> date | None:
    """Return the day a date option gave."""
    return moment.date() if moment else None


def evidence_of(said: str) -> Evidence:
    """Return the file at `said`, or `said` itself as a statement.

    Raises RetentionRefused for what looks like a file and is none that can be read: a slip of
    the pen would stand as proof.
    """
    from archive.custody import Evidence
    from archive.errors import RetentionRefused

    path = Path(said)
    try:
        if path.is_file():
            return Evidence(path.name, path.read_bytes())
    except OSError as error:
        raise RetentionRefused(f"依据文件 {said} 读不出：{error.strerror}") from error
    if said.startswith(_PLACES) or _SUFFIXED.search(said.strip()):
        raise RetentionRefused(
            f"没有依据文件 {said}；请核对路径。要写的是说明而不是文件的，请写成一句话，以句号结束"
        )
    return Evidence.stated(said)


@retention.command("date")
@click.argument("name", metavar="CODE")
@click.option(
    "--event",
    "trigger",
    required=True,
    type=click.Choice(["终止", "结清", "质保期满", "争议终结", "保密期满"]),
    help="What happened.",
)
@click.option("--on", "on", type=day_type, help="The day it happened, or the warranty ends.")
@click.option("--none", "is_none", is_flag=True, help="There is no such thing: no dispute.")
@click.option("--open", "is_open", is_flag=True, help="It has not happened after all.")
@click.option("--evidence", required=True, metavar="FILE|TEXT", help="What proves it.")
@click.option("--reason", default="", help="Why an earlier entry is corrected.")
@user_option
@json_option
@click.pass_context
@reports_failures
def date_(
    ctx: click.Context,
    *,
    name: str,
    trigger: str,
    on: datetime | None,
    is_none: bool,
    is_open: bool,
    evidence: str,
    reason: str,
    person: str,
    as_json: bool,
) -> None:
    """Record a day that the period of dossier CODE waits for, with what proves it."""
    from archive.retention import Known, Trigger
    from pipeline.retaining import Dating, record_dates
    from pipeline.wiring import Workplace

    if sum((on is not None, is_none, is_open)) != 1:
        raise click.UsageError("--on、--none、--open 要写且只写一个")
    known = Known.DAY if on else Known.NONE if is_none else Known.OPEN
    dating = Dating(Trigger(trigger), known, day_of(on), evidence_of(evidence), person, reason)
    shown = record_dates(Workplace(home_of(ctx)), name, [dating])
    answer({"ok": True} | shown, as_json=as_json, text=lambda: _print_term(shown))


@retention.command()
@click.argument("name", metavar="CODE")
@click.option("--period", help="A longer period, such as D40, or Y for good.")
@click.option("--until", type=day_type, help="Keep at least until this day.")
@click.option("--reason", required=True)
@user_option
@json_option
@click.pass_context
@reports_failures
def extend(
    ctx: click.Context,
    *,
    name: str,
    period: str | None,
    until: datetime | None,
    reason: str,
    person: str,
    as_json: bool,
) -> None:
    """Keep dossier CODE longer; a period never becomes shorter."""
    from pipeline.retaining import extend as extend_term
    from pipeline.wiring import Workplace

    shown = extend_term(
        Workplace(home_of(ctx)),
        name,
        period=period,
        until=day_of(until),
        reason=reason,
        person=person,
    )
    answer({"ok": True} | shown, as_json=as_json, text=lambda: _print_term(shown))


@retention.command()
@click.argument("name", metavar="CODE")
@as_option
@json_option
@click.pass_context
@reports_failures
def show(ctx: click.Context, *, name: str, person: str | None, as_json: bool) -> None:
    """Show how the period of dossier CODE stands, and all that was recorded of it."""
    from pipeline.knowing import known_to
    from pipeline.retaining import show_term
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    shown = show_term(workplace, name)
    known_to(workplace, person).require(shown["code"], name)
    answer({"ok": True} | shown, as_json=as_json, text=lambda: _print_term(shown))


def _print_term(one: dict[str, Any]) -> None:
    click.echo(f"{one['code']}　{one['title']}")
    if one["destroyed_at"]:
        click.echo(f"  已销毁　{one['destroyed_at'][:10]}　清册 {one['destroyed_by']}")
        return
    ends = one["expires_on"] or ("永久" if one["period"] == "Y" else "未起算")
    click.echo(f"  保管期限 {one['period']}　起算 {one['starts_on'] or '未起算'}　到期 {ends}")
    if one["missing"]:
        click.echo(f"  尚缺：{'、'.join(one['missing'])}")
    for trigger, fact in one["dates"].items():
        said = {"none": "无此项", "open": "尚未发生"}.get(fact["known"], fact["on"])
        click.echo(f"  {trigger}　{said}　依据 {fact['proof']}")
    for hold in one["holds"]:
        click.echo(f"  ! 冻结 {hold}")
    if one["list"]:
        click.echo(f"  在清单 {one['list']} 中")


@retention.command()
@click.option("--on", "on", type=day_type, help="As of this day; today by default.")
@as_option
@json_option
@click.pass_context
@reports_failures
def due(ctx: click.Context, *, on: datetime | None, person: str | None, as_json: bool) -> None:
    """List the dossiers whose period is over; nothing is done about them."""
    from pipeline.knowing import known_to
    from pipeline.retaining import due as due_on
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    known = known_to(workplace, person)
    found = [one for one in due_on(workplace, on=day_of(on)) if known.has_dossier(one["code"])]

    def text() -> None:
        for one in found:
            notes = [f"冻结 {hold}" for hold in one["holds"]]
            notes += [f"在清单 {one['list']} 中"] if one["list"] else []
            click.echo(
                f"{one['code']}　{one['period']}　到期 {one['expires_on']}　{one['title']}"
                f"　{'；'.join(notes)}"
            )
        click.echo(f"到期 {len(found)} 卷")

    answer({"ok": True, "due": found}, as_json=as_json, text=text)
