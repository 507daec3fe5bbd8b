"""Numbers: the ledger of all numbers, and the report of gaps that must come out empty."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option


@click.group()
def numbers() -> None:
    """List the numbers given and prove that no series has a gap."""


@numbers.command("list")
@click.option("--series", help="A series such as contract, dossier, seal_use, or a whole one.")
@click.option("--year", type=click.IntRange(2000, 9999))
@click.option("--void", "only_void", is_flag=True, help="Only numbers that were given up.")
@click.option("--text", help="A part of the number.")
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1, 1_000_000))
@as_option
@json_option
@click.pass_context
@reports_failures
def list_(
    ctx: click.Context,
    *,
    series: str | None,
    year: int | None,
    only_void: bool,
    text: str | None,
    limit: int,
    person: str | None,
    as_json: bool,
) -> None:
    """List numbers with their holder or the reason of their voiding, newest first."""
    from pipeline.knowing import known_to
    from pipeline.ledger import list_numbers
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    known = known_to(workplace, person)
    with workplace.register.read.begin() as session:
        found = list_numbers(
            session,
            series=series,
            year=year,
            only_void=only_void,
            text=text,
            limit=limit,
            known=known,
        )
    answer({"ok": True, "numbers": found}, as_json=as_json, text=lambda: _print_list(found))


def _print_list(found: list[dict[str, Any]]) -> None:
    for one in found:
        held = f"{one['order_no'] or ''}　{one['title'] or ''}".strip()
        if one["voided_at"]:
            held = f"作废：{one['void_reason']}"
        click.echo(f"{one['number']}　{one['taken_at'][:19]}　{held}".rstrip())
    click.echo(f"共 {len(found)} 个编号")


@numbers.command()
@json_option
@click.pass_context
@reports_failures
def gaps(ctx: click.Context, *, as_json: bool) -> None:
    """Report every gap and stray of every series; exit code 4 where there is one."""
    from pipeline.ledger import report_gaps
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    with workplace.register.read.begin() as session:
        report = report_gaps(session)
    answer(report, as_json=as_json, text=lambda: _print_gaps(report))
    if not report["ok"]:
        sys.exit(Exit.DAMAGED)


def _print_gaps(report: dict[str, Any]) -> None:
    for gap in report["gaps"]:
        year = f"　{gap['year']} 年" if gap["year"] else ""
        click.echo(f"{gap['series']}{year}　第 {gap['value']} 号　{gap['problem']}")
    for each in report["passed_over"]:
        year = f"　{each['year']} 年" if each["year"] else ""
        click.echo(
            f"{each['series']}{year}　第 {each['value']} 号　已跳过：{each['number']} "
            "是接收的旧档案原有的编号"
        )
    verdict = "无缺号、无重号" if report["ok"] else f"有 {len(report['gaps'])} 处不符"
    seen = f"{report['numbers']} 个编号（其中作废 {report['void']} 个）"
    click.echo(f"查 {report['series']} 个系列、{seen}：{verdict}")
