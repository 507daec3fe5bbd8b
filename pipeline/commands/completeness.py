"""Completeness: what dossiers lack, and what came in after all; added to `guidang archive`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option
from pipeline.commands.retention import day_of, day_type, evidence_of, user_option


@click.command()
@click.argument("names", nargs=-1, metavar="[CODE]...")
@click.option("--overdue", is_flag=True, help="Only what is late.")
@click.option("--department", help="Only the dossiers of this department.")
@click.option("--as-of", "on", type=day_type, help="As it stood at the end of this day.")
@click.option("--note", is_flag=True, help="Write reminders into the histories, as `run` does.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A new .xlsx, .docx or .pdf."
)
@as_option
@json_option
@click.pass_context
@reports_failures
def missing(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    overdue: bool,
    department: str | None,
    on: datetime | None,
    note: bool,
    out: Path | None,
    person: str | None,
    as_json: bool,
) -> None:
    """List what the dossiers lack: since when, due when, who owes it."""
    from archive.days import business_day
    from pipeline.dossierprinting import print_missing
    from pipeline.knowing import known_to
    from pipeline.missing import missing as lacks
    from pipeline.missing import note_missing
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    try:
        noted = note_missing(workplace) if note else 0
        day = day_of(on) or business_day(workplace.clock())
        lines = lacks(
            workplace,
            on=day,
            overdue=overdue,
            department=department,
            names=names,
            known=known_to(workplace, person),
        )
        if out is not None:
            print_missing(workplace, lines, out, on=day)
    finally:
        workplace.close()
    found = [each.said(day) for each in lines]
    content = {
        "ok": True,
        "as_of": day.isoformat(),
        "missing": found,
        "overdue": sum(each["is_late"] for each in found),
        "noted": noted,
        "file": str(out) if out else None,
    }
    answer(content, as_json=as_json, text=lambda: _print(found))


@click.command()
@click.argument("name", metavar="CODE")
@click.argument("document", metavar="REQUIREMENT")
@click.option(
    "--evidence", required=True, metavar="FILE|TEXT", help="The paper, or what proves it."
)
@click.option("--paper", default="", metavar="NUMBER", help="Of which paper, where each is asked.")
@click.option("--waive", "reason", default="", help="This contract needs none: why.")
@click.option("--second", default="", metavar="NAME", help="Legal, who agrees that none is needed.")
@user_option
@json_option
@click.pass_context
@reports_failures
def supply(
    ctx: click.Context,
    *,
    name: str,
    document: str,
    evidence: str,
    paper: str,
    reason: str,
    second: str,
    person: str,
    as_json: bool,
) -> None:
    """Record that a missing paper came in; REQUIREMENT as `missing` names it."""
    from pipeline.missing import supply as record
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    said = record(
        workplace,
        name,
        document=document,
        paper=paper,
        evidence=evidence_of(evidence),
        person=person,
        reason=reason,
        second=second,
    )
    word = "不需要" if said["waived"] else "已补交"
    answer(
        {"ok": True} | said,
        as_json=as_json,
        text=lambda: click.echo(f"{said['code']}　{said['name']}　{word}"),
    )


COMMANDS = (missing, supply)
"""What is added to `guidang archive`."""


def _print(found: list[dict[str, Any]]) -> None:
    for each in found:
        state = "逾期" if each["is_late"] else "待补"
        click.echo(
            f"{state}　{each['code'] or each['order_no']}　缺 {each['what']}"
            f"（{each['requirement']}）　{each['event']}于 {each['since']}，"
            f"应于 {each['due_on']} 前　{each['owed_by']}"
        )
        click.echo(f"    {each['paper']}　{each['title']}")
    late = sum(each["is_late"] for each in found)
    click.echo(f"缺件 {len(found)} 项，其中逾期 {late} 项")
