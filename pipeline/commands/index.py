"""Index: what the full-text index holds, and building it anew."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures


@click.group()
def index() -> None:
    """Show the full-text index, or build it anew from the archive."""


@index.command()
@json_option
@click.pass_context
@reports_failures
def status(ctx: click.Context, *, as_json: bool) -> None:
    """Show how many records the index holds and whether it lags behind the register."""
    from pipeline.indexstate import index_state
    from pipeline.wiring import Workplace

    state = index_state(Workplace(home_of(ctx)))
    content: dict[str, Any] = {
        "ok": state.problem is None,
        "engine": state.engine,
        "records": state.records,
        "register_records": state.register_records,
        "pending": state.pending,
        "applied": state.applied,
        "analyzer": state.analyzer,
        "bytes": state.bytes,
        "problem": state.problem,
        "slowest_ms": state.slowest_ms,
        "advice": state.advice,
    }

    def text() -> None:
        click.echo(
            f"引擎 {state.engine}（分析器 {state.analyzer}）：索引 {state.records} 件，"
            f"登记 {state.register_records} 件，待入索引 {state.pending} 件，{state.bytes} 字节"
        )
        if state.problem:
            click.echo(f"✗ {state.problem}")
        if state.advice:
            click.echo(f"→ {state.advice}")

    answer(content, as_json=as_json, text=text)
    if state.problem:
        sys.exit(Exit.DAMAGED)


@index.command()
@json_option
@click.pass_context
@reports_failures
def rebuild(ctx: click.Context, *, as_json: bool) -> None:
    """Build the index anew from the archive; searches go on until the new one stands."""
    from pipeline.rebuilding import rebuild_index
    from pipeline.wiring import Workplace
    from pipeline.workerlock import WorkerLock

    workplace = Workplace(home_of(ctx))
    with WorkerLock(workplace.home.worker_lock):
        records = rebuild_index(workplace)
    answer(
        {"ok": True, "records": records},
        as_json=as_json,
        text=lambda: click.echo(f"已重建索引：{records} 件"),
    )


@index.command()
@click.argument("engine", type=click.Choice(["whoosh", "tantivy", "postgres"]))
@json_option
@click.pass_context
@reports_failures
def switch(ctx: click.Context, engine: str, *, as_json: bool) -> None:
    """Move the index to ENGINE: built beside the running one, compared, then put in its place.

    Work and searches go on meanwhile. Stopped at any point, the same command goes on.
    """
    from pipeline.switching import switch_engine
    from pipeline.wiring import Workplace

    records = switch_engine(Workplace(home_of(ctx)), engine)
    answer(
        {"ok": True, "engine": engine, "records": records},
        as_json=as_json,
        text=lambda: click.echo(f"索引已改用 {engine}：{records} 件，已与登记和原索引核对"),
    )
