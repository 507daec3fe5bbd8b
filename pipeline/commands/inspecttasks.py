"""Inspect tasks: finds listed, given to people, and closed."""

from __future__ import annotations

from datetime import datetime

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.inspectwords import find_said, print_find
from pipeline.commands.retention import day_type, evidence_of, user_option


@click.command()
@click.option("--owner", help="Only those of this owner.")
@click.option("--overdue", is_flag=True, help="Only those nobody saw to in time.")
@click.option("--all", "closed", is_flag=True, help="Those that are closed too.")
@click.option("--note", is_flag=True, help="Write reminders of the overdue into the history.")
@json_option
@click.pass_context
@reports_failures
def tasks(
    ctx: click.Context,
    *,
    owner: str | None,
    overdue: bool,
    closed: bool,
    note: bool,
    as_json: bool,
) -> None:
    """List the finds with owner and due date, the most urgent first."""
    from pipeline.inspection.tasks import remind
    from pipeline.inspection.tasks import tasks as find_tasks
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    noted = remind(workplace) if note else 0
    found = find_tasks(workplace, owner=owner, overdue=overdue, closed=closed)
    said = [find_said(each) for each in found]

    def text() -> None:
        for each in said:
            print_find(each)
        click.echo(f"共 {len(said)} 项" + (f"，记入催办 {noted} 项" if note else ""))

    answer({"ok": True, "tasks": said, "noted": noted}, as_json=as_json, text=text)


@click.command()
@click.argument("label")
@click.option("--to", "owner", required=True, metavar="USER", help="Who sees to it.")
@click.option("--due", "due_on", required=True, type=day_type)
@click.option("--reason", required=True)
@user_option
@json_option
@click.pass_context
@reports_failures
def assign(
    ctx: click.Context,
    *,
    label: str,
    owner: str,
    due_on: datetime,
    reason: str,
    person: str,
    as_json: bool,
) -> None:
    """Give the find LABEL to somebody, or more time."""
    from pipeline.inspection.tasks import assign as assign_find
    from pipeline.wiring import Workplace

    find = assign_find(
        Workplace(home_of(ctx)),
        label,
        owner=owner,
        due_on=due_on.date(),
        reason=reason,
        person=person,
    )
    said = find_said(find)
    answer({"ok": True, "find": said}, as_json=as_json, text=lambda: print_find(said))


@click.command()
@click.argument("label")
@click.option("--note", required=True, help="What was done about it.")
@click.option("--second", metavar="USER", help="Who confirms: for damage, and with --accept.")
@click.option("--evidence", metavar="FILE|TEXT", help="What proves it; kept with the round.")
@click.option("--accept", "accepts", is_flag=True, help="It stays as it is, for this reason.")
@user_option
@json_option
@click.pass_context
@reports_failures
def close(
    ctx: click.Context,
    *,
    label: str,
    note: str,
    second: str | None,
    evidence: str | None,
    accepts: bool,
    person: str,
    as_json: bool,
) -> None:
    """Close the find LABEL that a later round did not see again."""
    from pipeline.inspection.tasks import close as close_find
    from pipeline.wiring import Workplace

    find = close_find(
        Workplace(home_of(ctx)),
        label,
        note=note,
        person=person,
        second=second,
        evidence=evidence_of(evidence) if evidence else None,
        accepts=accepts,
    )
    said = find_said(find)
    answer({"ok": True, "find": said}, as_json=as_json, text=lambda: print_find(said))
