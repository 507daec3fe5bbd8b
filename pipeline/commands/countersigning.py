"""Countersigning: a clerk files the original both parties signed, or says when it was signed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures
from pipeline.commands.retention import evidence_of


@click.command()
@click.argument("number")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--as", "by", required=True, metavar="NAME", help="Who answers for it.")
@click.option("--signed-on", type=click.DateTime(["%Y-%m-%d"]), help="The day it was signed.")
@click.option("--reason", default="", help="Why it has no readable code, or other pages.")
@json_option
@click.pass_context
@reports_failures
def countersigned(
    ctx: click.Context,
    *,
    number: str,
    file: Path | None,
    by: str,
    signed_on: datetime | None,
    reason: str,
    as_json: bool,
) -> None:
    """File FILE as the countersigned original (签署件) of NUMBER; without FILE enter its day."""
    from pipeline.acting import clerk
    from pipeline.countersignedfinding import Brought, CountersignedRefused
    from pipeline.countersignedwaiting import Waiting, bring
    from pipeline.countersigning import date_countersigned
    from pipeline.wiring import Workplace

    day = signed_on.date() if signed_on else None
    workplace = Workplace(home_of(ctx))
    by = clerk(workplace, by)
    try:
        if file is not None:
            brought = Brought(file.read_bytes(), file.name, by, number, day, reason)
            joined = bring(workplace, brought)
        elif day is not None:
            joined = date_countersigned(workplace, number, signed_on=day, by=by)
        else:
            raise click.UsageError("请给出文件，或用 --signed-on 给出签订日期")
    except CountersignedRefused as error:
        _refuse(error, as_json=as_json)
    finally:
        workplace.close()
    if isinstance(joined, Waiting):
        waits = {"ok": True, "contract_number": joined.number, "waiting": joined.shown()}
        answer(waits, as_json=as_json, text=lambda: click.echo(f"等候：{joined.why}"))
        return
    content = {
        "ok": True,
        "contract_number": joined.number,
        "reference_code": joined.reference_code,
        "way": joined.way,
        "pages": joined.pages,
        "is_new": joined.is_new,
    }
    if joined.way:
        words = "已归入" if joined.is_new else "早已归入"
        said = f"{joined.number} 的{joined.way}（{joined.pages} 页）{words} {joined.reference_code}"
    else:
        said = f"{joined.number} 的签订日期已登记，签署件尚待归卷"
    answer(content, as_json=as_json, text=lambda: click.echo(said))


@click.command("correct-signing")
@click.argument("number")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The right day.")
@click.option("--evidence", required=True, metavar="FILE|TEXT", help="What proves it.")
@click.option("--reason", required=True, help="Why the day that stands is wrong.")
@click.option("--as", "person", required=True, metavar="NAME", help="Clerk or archivist.")
@click.option("--second", required=True, metavar="NAME", help="Who agrees: legal or archivist.")
@json_option
@click.pass_context
@reports_failures
def correct_signing(
    ctx: click.Context,
    *,
    number: str,
    on: datetime,
    evidence: str,
    reason: str,
    person: str,
    second: str,
    as_json: bool,
) -> None:
    """Correct the day NUMBER was signed, by two people; the earlier day stays in its history."""
    from pipeline.countersignedfinding import CountersignedRefused
    from pipeline.signingcorrection import Correction, correct_signing_day
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    correction = Correction(on.date(), person, second, reason, evidence_of(evidence))
    try:
        before = correct_signing_day(workplace, number, correction)
    except CountersignedRefused as error:
        _refuse(error, as_json=as_json)
    finally:
        workplace.close()
    content = {
        "ok": True,
        "contract_number": number,
        "from": str(before),
        "signed_on": str(on.date()),
    }
    said = f"{number} 的签订日期由 {before} 更正为 {on.date()}"
    if before == on.date():
        said = f"{number} 的签订日期已是 {before}，没有改动"
    answer(content, as_json=as_json, text=lambda: click.echo(said))


def _refuse(error: Exception, *, as_json: bool) -> NoReturn:
    fail(
        Exit.FAILED,
        "countersigned-refused",
        str(error),
        "用 guidang contracts show 核对编号、页数和状态",
        as_json=as_json,
    )
