"""Inspect words: rounds and finds as people and programs are shown them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from archive.finds import Find
    from archive.inspection import Inspection
    from pipeline.wiring import Workplace


def inspection_said(workplace: Workplace, known: Inspection) -> dict[str, Any]:
    """Return a round as JSON values: what it looked at, and its finds as they stand now."""
    from archive.inspectionrows import all_finds

    with workplace.register.read.begin() as session:
        finds = all_finds(session)
    spotted = [finds[each.key] for each in known.spotted if each.key in finds]
    gone = [finds[key] for key in known.gone if key in finds]
    return {
        "number": known.number,
        "plan": known.plan,
        "period": known.period,
        "stage": known.stage.value,
        "inspector": known.inspector,
        "population": known.population,
        "sample": None if known.sample is None else list(known.sample),
        "seed": known.seed,
        "population_digest": known.population_digest,
        "checks": {check: known.counts(check) for check in known.duties},
        "shown": [asdict(each) for check in known.duties for each in known.shown(check)],
        "notes": dict(known.notes),
        "finds": [find_said(each) for each in spotted],
        "gone": [find_said(each) for each in gone],
        "signed": [each.person for each in known.signatures],
    }


def find_said(find: Find) -> dict[str, Any]:
    """Return a find as JSON values."""
    return {
        "label": find.label,
        "check": find.spotted.check,
        "subject": find.spotted.subject,
        "problem": find.spotted.problem,
        "damage": find.is_damage,
        "state": find.state.value,
        "owner": find.owner,
        "due_on": find.due_on.isoformat(),
        "seen_in": find.seen_in,
        "returned": find.returned,
        "note": find.note,
        "closed_by": find.closed_by,
        "second": find.second,
    }


def print_inspection(said: dict[str, Any]) -> None:
    """Print a round for people."""
    from archive.inspectionrules import CHECKS

    scope = "全查" if said["sample"] is None else f"抽查 {len(said['sample'])} 卷"
    click.echo(
        f"{said['number']}　{said['plan']}（{said['period']}）　{said['stage']}"
        f"　{said['population']} 卷，{scope}"
    )
    for check, counts in said["checks"].items():
        words = "　".join(f"{word} {count}" for word, count in counts.items())
        fallback = "待现场登记（guidang inspect note）" if check == "environment" else "未查"
        click.echo(f"  {CHECKS[check]}：{words or fallback}")
    for each in said["shown"]:
        mark = "?" if each["check"] == "fourfold" else "·"
        click.echo(f"  {mark} {each['subject']}　{each['what']}：{each['text']}")
    for each in said["finds"]:
        print_find(each)
    for each in said["gone"]:
        click.echo(f"  复查未见 {each['label']}　{each['problem']}")
    if "redrawn" in said:
        click.echo("  重抽：" + ("与记录一致" if said["redrawn"] else "与记录不一致"))
    if said["signed"]:
        click.echo(f"  已签认：{'、'.join(said['signed'])}")


def print_find(said: dict[str, Any]) -> None:
    """Print a find for people."""
    mark = "!" if said["damage"] else "-"
    click.echo(f"  {mark} {said['label']}　{said['subject']}　{said['problem']}")
    click.echo(f"      {said['state']}　责任人 {said['owner']}　期限 {said['due_on']}")
