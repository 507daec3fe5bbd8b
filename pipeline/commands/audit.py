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
    from pipeline.commands.progressline import ProgressLine
    from pipeline.wiring import Workplace

    noted = head and head.strip().lower()
    with ProgressLine() as line:
        found = audit_home(Workplace(home_of(ctx)), head=noted, told=line)
    breaks = [asdict(one) for one in found.breaks]

    def text() -> None:
        click.echo(
            f"总账 {found.links} 条，案卷 {found.objects} 卷，过程 {found.events} 条，"
            f"异常 {len(breaks)} 处"
        )
        for one in found.breaks:
            click.echo(f"  ✗ {one.place}：{one.problem}")
        if found.begun and found.begun.why:
            click.echo(f"总账于 {found.begun.at} 另立：{found.begun.why}")
        click.echo(f"总账末条摘要 {found.head}")

    content = {
        "ok": not breaks,
        "links": found.links,
        "dossiers": found.objects,
        "events": found.events,
        "head": found.head,
        "begun": asdict(found.begun) if found.begun else None,
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
    from pipeline.auditing import NothingFiled, last_link
    from pipeline.wiring import Workplace

    try:
        last = last_link(Workplace(home_of(ctx)))
    except NothingFiled:
        fail(
            Exit.FAILED,
            "nothing-filed",
            "还没有总账",
            "归入第一件档案时自动建立",
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
@click.option("--as", "person", required=True, metavar="NAME", help="The archivist who acts.")
@click.option("--second", required=True, metavar="NAME", help="Legal, or who approves disposal.")
@click.option("--reason", required=True, help="Why the journal is lost or damaged.")
@json_option
@click.pass_context
@reports_failures
def begin(ctx: click.Context, *, person: str, second: str, reason: str, as_json: bool) -> None:
    """Begin a lost or damaged journal anew, over what stands; filing stops until then."""
    from pipeline.auditing import begin as begin_journal
    from pipeline.wiring import Workplace

    begun = begin_journal(Workplace(home_of(ctx)), person=person, second=second, reason=reason)
    content = {"ok": True, "links": begun.links, "set_aside": list(begun.aside)}

    def text() -> None:
        click.echo(
            f"总账已由 {person}、{second} 另立，库中现有的版本都已记入，共 {begun.links} 条；"
            "此前的变动无从查考"
        )
        for name in begun.aside:
            click.echo(f"原总账存为 archive/{name}，勿删")

    answer(content, as_json=as_json, text=text)
