"""Audit: prove that nothing was changed, removed or re-ordered in the archive's history."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures


@click.group()
def audit() -> None:
    """Prove the history of the archive: every event, every version, the journal over all."""


@audit.command()
@click.option("--head", metavar="DIGEST", help="A digest noted elsewhere that must still stand.")
@json_option
@click.pass_context
@reports_failures
def verify(ctx: click.Context, *, head: str | None, as_json: bool) -> None:
    """Find every changed, removed or re-ordered link, version and event."""
    from pipeline.auditing import audit_home
    from pipeline.wiring import Workplace

    found = audit_home(Workplace(home_of(ctx)), head=head and head.strip().lower())
    breaks = [asdict(one) for one in found.breaks]

    def text() -> None:
        click.echo(
            f"总账 {found.links} 条，案卷 {found.objects} 卷，过程 {found.events} 条，"
            f"异常 {len(breaks)} 处"
        )
        for one in found.breaks:
            click.echo(f"  ✗ {one.place}：{one.problem}")
        click.echo(f"总账末条摘要 {found.head}")

    content = {
        "ok": not breaks,
        "links": found.links,
        "dossiers": found.objects,
        "events": found.events,
        "head": found.head,
        "damaged": breaks,
    }
    answer(content, as_json=as_json, text=text)
    if breaks:
        sys.exit(Exit.DAMAGED)


@audit.command()
@json_option
@click.pass_context
@reports_failures
def head(ctx: click.Context, *, as_json: bool) -> None:
    """Print the digest of the last link: note it outside, `verify --head` proves it later."""
    from pipeline.auditing import JournalMissing, last_link
    from pipeline.wiring import Workplace

    try:
        last = last_link(Workplace(home_of(ctx)))
    except JournalMissing:
        fail(
            Exit.FAILED,
            "journal-missing",
            "还没有总账",
            "归入第一件档案时自动建立；旧档案请运行 guidang audit begin",
            as_json=as_json,
        )
    content = {"ok": True, "seq": last.seq, "at": last.entry.at, "head": last.hash}
    answer(
        content,
        as_json=as_json,
        text=lambda: click.echo(
            f"{last.hash}\n总账第 {last.seq} 条，{last.entry.at}；请抄存于库外"
        ),
    )


@audit.command()
@json_option
@click.pass_context
@reports_failures
def begin(ctx: click.Context, *, as_json: bool) -> None:
    """Begin the journal of an archive older than it; told of every version that stands."""
    from pipeline.auditing import begin as begin_journal
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    begun = begin_journal(workplace)
    last = workplace.store.journal.last()
    content = {"ok": True, "begun": begun, "links": last.seq if last else 0}

    def text() -> None:
        if last is None:
            click.echo("库中还没有档案；归入第一件时自动建立总账")
        elif begun:
            click.echo(f"总账已建立，库中现有的版本都已记入，共 {last.seq} 条；此前的变动无从查考")
        else:
            click.echo(f"总账已有 {last.seq} 条，未作改动")

    answer(content, as_json=as_json, text=text)
