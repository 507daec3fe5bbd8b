"""Suggest: what the text typed so far may become."""

from __future__ import annotations

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option


@click.command()
@click.argument("typed")
@click.option("--limit", default=8, show_default=True, type=click.IntRange(1, 100))
@as_option
@json_option
@click.pass_context
@reports_failures
def suggest(
    ctx: click.Context, typed: str, *, limit: int, person: str | None, as_json: bool
) -> None:
    """Show names and numbers that begin with, hold, or sound like TYPED; best first."""
    from pipeline.asking import access_of
    from pipeline.commands.searchwords import suggestion_line, suggestion_rows
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    access = access_of(workplace, person)
    found = suggestion_rows(workplace.library.suggest(typed, limit, access=access))

    def text() -> None:
        for one in found:
            click.echo(suggestion_line(one))

    answer({"ok": True, "suggestions": found}, as_json=as_json, text=text)
