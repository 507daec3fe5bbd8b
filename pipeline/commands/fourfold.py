"""Examining: dossiers by the rules of the four properties, as a report to be signed (四性检测)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures

if TYPE_CHECKING:
    from pipeline.fourfold.batches import Batch

_POINTS = {"filing": "归档", "handover": "移交", "keeping": "保存"}


@click.command()
@click.argument("names", nargs=-1, metavar="[CODE]...")
@click.option("--query", help="All dossiers this search finds, beside the codes.")
@click.option(
    "--list",
    "batch_list",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A hand-over list (移交清册.json) or a text file with a code on each line.",
)
@click.option(
    "--at",
    "point",
    type=click.Choice(tuple(_POINTS)),
    default="keeping",
    show_default=True,
    help="The checkpoint: 归档, 移交与接收 or 长期保存.",
)
@click.option("--as", "person", metavar="USER", help="The archivist; enters the result for good.")
@click.option(
    "--out",
    "targets",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report: .html, .docx, .pdf or .xlsx; may be given again.",
)
@json_option
@click.pass_context
@reports_failures
def examine(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    query: str | None,
    batch_list: Path | None,
    point: str,
    person: str | None,
    targets: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Examine dossiers: true, whole, usable, safe; all of them where none is named.

    Without --as nothing is written into the archive. Exit code 4: the batch is returned.
    """
    from pipeline.fourfold.batches import examine as examine_batch
    from pipeline.fourfold.forms import report_of, said_of
    from pipeline.fourfold.lists import codes_in, entries_in
    from pipeline.fourfold.verdicts import Checkpoint
    from pipeline.freezing import chosen
    from pipeline.legible import legible
    from pipeline.reportsheets import write_report
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))

    def render(docx: bytes) -> bytes:
        # the office starts only where a PDF is wanted
        return workplace.renderer.render(docx)

    try:
        listed = entries_in(batch_list) if batch_list else None
        wanted = [*names, *(codes_in(batch_list) if batch_list else ())]
        codes = chosen(workplace, query=query, names=wanted)[1] if wanted or query else ()
        batch = examine_batch(
            workplace, codes, Checkpoint(_POINTS[point]), person=person, listed=listed
        )
        for target in targets:
            write_report(legible(workplace.home.fonts, report_of(batch)), target, render)
    finally:
        workplace.close()
    content = {"ok": not batch.returned, **said_of(batch), "reports": [str(t) for t in targets]}
    answer(content, as_json=as_json, text=lambda: print_batch(batch, targets))
    if batch.returned:
        sys.exit(Exit.DAMAGED)


def print_batch(batch: Batch, targets: tuple[Path, ...]) -> None:
    """Print what people must know of a batch, and where its reports are."""
    from pipeline.fourfold.verdicts import Outcome

    for one in batch.dossiers:
        examination = one.examination
        click.echo(f"{examination.code}　{one.title}　{examination.conclusion}")
        for finding in examination.findings:
            if finding.verdict.outcome in (Outcome.FAILED, Outcome.BY_PEOPLE):
                mark = "✗" if finding.verdict.outcome is Outcome.FAILED else "?"
                said = "；".join(finding.verdict.evidence)
                click.echo(f"  {mark} {finding.code} {finding.title}：{said}")
    click.echo(f"共 {len(batch.dossiers)} 卷，结论：{batch.conclusion}")
    for target in targets:
        click.echo(f"报告 {target}")
