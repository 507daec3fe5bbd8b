"""Hand-over: dossiers as packages for another place or a court, and packages that came (移交)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures


@click.command()
@click.argument("names", nargs=-1, metavar="[CODE]...")
@click.option("--query", help="All dossiers this search finds, beside the codes.")
@click.option("--evidence", is_flag=True, help="With a cover sheet for a court (PDF, DOCX).")
@click.option("--xml", "as_xml", is_flag=True, help="One XML file a dossier, after DA/T 48.")
@click.option("--zip", "is_zipped", is_flag=True, help="As one ZIP file, named by --out.")
@click.option("--purpose", required=True, help="What it is for (用途); stands in the history.")
@click.option("--receiver", default="", help="Who receives it.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The new folder or ZIP."
)
@click.option("--as", "person", required=True, metavar="USER", help="Who acts.")
@json_option
@click.pass_context
@reports_failures
def export(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    query: str | None,
    evidence: bool,
    as_xml: bool,
    is_zipped: bool,
    purpose: str,
    receiver: str,
    out: Path,
    person: str,
    as_json: bool,
) -> None:
    """Write dossiers as packages with a hand-over list; the export is entered for good."""
    from pipeline.commands.registerwords import act_word, actor_word
    from pipeline.freezing import chosen
    from pipeline.handover.exports import Export, Form
    from pipeline.handover.exports import export as export_dossiers
    from pipeline.wiring import Workplace

    if evidence and as_xml:
        raise click.UsageError("--evidence 与 --xml 只能用一个")
    if is_zipped and out.suffix.lower() != ".zip":
        raise click.BadParameter("打成一个 ZIP 文件的，应以 .zip 结尾", param_hint="--out")
    form = Form.EVIDENCE if evidence else Form.XML if as_xml else Form.BAG
    workplace = Workplace(home_of(ctx))
    try:
        codes = chosen(workplace, query=query, names=names)[1]
        asked = Export(person, purpose, receiver, form, act_word, actor_word, is_zipped)
        said = export_dossiers(workplace, codes, asked, out)
    finally:
        workplace.close()
    content: dict[str, Any] = {"ok": True, "list": said}
    content["file" if is_zipped else "folder"] = str(out)

    def text() -> None:
        for row in said["dossiers"]:
            held = f"　! 冻结中：{'、'.join(row['holds'])}" if row["holds"] else ""
            click.echo(f"{row['code']}　{row['title']}　密级 {row['secrecy']}{held}")
        click.echo(f"已写入 {out}：{said['files']} 个文件 {said['bytes']} 字节")

    answer(content, as_json=as_json, text=text)


@click.command("receive-check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@click.pass_context
@reports_failures
def receive_check(ctx: click.Context, *, folder: Path, as_json: bool) -> None:
    """Examine the packages in FOLDER as they came; nothing is taken over. Exit code 4: returned."""
    from pipeline.commands.fourfold import print_batch
    from pipeline.fourfold.forms import said_of
    from pipeline.fourfold.toldby import UNTOLD
    from pipeline.handover.receiving import receive_check as check
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    try:
        batch = check(workplace, folder)
    finally:
        workplace.close()
    content = {"ok": not batch.returned, **said_of(batch), "not_proven": UNTOLD}

    def text() -> None:
        print_batch(batch, ())
        click.echo(UNTOLD)

    answer(content, as_json=as_json, text=text)
    if batch.returned:
        sys.exit(Exit.DAMAGED)
