"""Searches: the searches kept under a name, and what is new among their hits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from pipeline.savedsearches import SavedSearch
    from pipeline.wiring import Workplace

_as_option = click.option("--as", "person", metavar="NAME", help="The searches of this person.")


@click.group()
def searches() -> None:
    """Show saved searches and what is new among their hits (saved by search --save NAME)."""


@searches.command("list")
@_as_option
@json_option
@click.pass_context
@reports_failures
def list_(ctx: click.Context, *, person: str | None, as_json: bool) -> None:
    """List saved searches with how many hits are new since they were last looked at."""
    from pipeline.asking import access_of
    from pipeline.commands.searchwords import print_notice, told_beside
    from pipeline.savedsearches import saved
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    beside = told_beside(workplace, access_of(workplace, person))
    rows = [_row(workplace, each) for each in saved(workplace, person)]

    def text() -> None:
        print_notice(beside)
        for row in rows:
            filters = "　".join(f"{name}={value}" for name, value in row["filters"].items())
            said = row["problem"] or f"{row['new']} 件新命中"
            click.echo(f"{row['name']}　{said}　“{row['text']}”　{filters}".rstrip())
            click.echo(f"  上次查看 {row['seen_at']}，共 {row['total']} 件")

    answer({"ok": True, "searches": rows} | beside, as_json=as_json, text=text)


@searches.command()
@click.argument("name")
@click.option("--keep-new", is_flag=True, help="Leave the new hits new.")
@_as_option
@json_option
@click.pass_context
@reports_failures
def run(
    ctx: click.Context, name: str, *, keep_new: bool, person: str | None, as_json: bool
) -> None:
    """Show the hits of NAME that are new; they count as seen from now on."""
    from pipeline import savedsearches
    from pipeline.asking import access_of, as_row
    from pipeline.commands.searchwords import print_hit, print_notice, told_beside
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    access_of(workplace, person)
    kept = savedsearches.find(workplace, name, person)
    question = kept.question(workplace)
    beside = told_beside(workplace, question.access)
    codes = workplace.library.finds(question)
    new = savedsearches.new_hits(workplace.library, question, codes - kept.seen)
    hits = [as_row(hit) for hit in new]
    content = {"ok": True, "name": name, "total": len(codes), "new": len(hits), "hits": hits}
    content |= beside

    def text() -> None:
        print_notice(beside)
        click.echo(f"{name}：共 {len(codes)} 件，新命中 {len(hits)} 件（自 {_local(kept)}）")
        for hit in hits:
            print_hit(hit, is_new=True)

    answer(content, as_json=as_json, text=text)
    sys.stdout.flush()
    if not keep_new:
        savedsearches.note_seen(workplace, kept, codes)


@searches.command()
@click.argument("name")
@_as_option
@json_option
@click.pass_context
@reports_failures
def remove(ctx: click.Context, name: str, *, person: str | None, as_json: bool) -> None:
    """Forget the saved search NAME."""
    from pipeline.asking import access_of
    from pipeline.savedsearches import remove as forget
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    access_of(workplace, person)
    forget(workplace, name, person)
    answer({"ok": True, "name": name}, as_json=as_json, text=lambda: click.echo(f"已删除：{name}"))


def _row(workplace: Workplace, kept: SavedSearch) -> dict[str, Any]:
    from index.errors import QuestionRefused

    row: dict[str, Any] = {
        "name": kept.name,
        "text": kept.text,
        "filters": kept.filters,
        "sort": kept.sort,
        "saved_at": kept.saved_at.isoformat(),
        "seen_at": _local(kept),
        "total": None,
        "new": None,
        "problem": None,
    }
    try:
        codes = workplace.library.finds(kept.question(workplace))
    except QuestionRefused as error:  # the language may have grown stricter since
        return row | {"problem": f"检索式已不能用：{error}"}
    return row | {"total": len(codes), "new": len(codes - kept.seen)}


def _local(kept: SavedSearch) -> str:
    from archive.days import BUSINESS_ZONE

    return kept.seen_at.astimezone(BUSINESS_ZONE).isoformat(timespec="minutes")
