"""Orders: say whether files would be accepted, and publish what they must look like."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures


@click.group()
def orders() -> None:
    """Check order files before they are dropped."""


@orders.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@json_option
@click.pass_context
@reports_failures
def check(ctx: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say whether each FILE would be accepted, and change nothing."""
    from pipeline.checking import check_file
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    results: list[dict[str, Any]] = []
    for file in files:
        verdict = check_file(workplace, file)
        results.append(
            {
                "file": str(file),
                "accepted": verdict.accepted,
                "order_no": verdict.order_no,
                "format": verdict.form,
                "defaults": list(verdict.defaults),
                "findings": [
                    {
                        "code": finding.code,
                        "level": finding.level.value,
                        "place": finding.place,
                        "message": finding.message,
                        "title": finding.title,
                        "basis": finding.basis,
                    }
                    for finding in verdict.findings
                ],
            }
        )
    accepted = sum(result["accepted"] for result in results)
    content = {"ok": accepted == len(results), "files": results}
    answer(content, as_json=as_json, text=lambda: _print(results))
    if accepted < len(results):
        sys.exit(Exit.PARTLY if accepted else Exit.FAILED)


def _print(results: list[dict[str, Any]]) -> None:
    for result in results:
        verdict = "可以受理" if result["accepted"] else "不能受理"
        click.echo(
            f"{result['file']}：{verdict}"
            + (f"（{result['order_no']}）" if result["order_no"] else "")
        )
        for by_rule, findings in groupby(
            result["findings"], key=lambda each: (each["title"], each["basis"])
        ):
            for finding in findings:
                mark = "✗" if finding["level"] == "block" else "!"
                click.echo(f"  {mark} {finding['code']} {finding['place']}：{finding['message']}")
            title, basis = by_rule
            if title:
                click.echo(f"      检查项：{title}；依据：{basis}")


@orders.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where to write it; this folder by default.",
)
@click.option("--pdf", is_flag=True, help="Make a PDF of it too.")
@json_option
@click.pass_context
@reports_failures
def draft(ctx: click.Context, file: Path, *, out: Path, pdf: bool, as_json: bool) -> None:
    """Write the draft of FILE, marked 草稿, and take nothing in; its findings are printed."""
    from pipeline.commands.draftwords import show_draft
    from pipeline.drafts import draft_of_file
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    try:
        show_draft(
            workplace, lambda: draft_of_file(workplace, file), out=out, pdf=pdf, as_json=as_json
        )
    finally:
        workplace.close()


def _whole_name(name: str, known: Collection[str]) -> str:
    """Return the schema called `name`, or called by its middle alone: change."""
    for each in (name, f"guidang.{name}/1"):
        if each in known:
            return each
    short = "、".join(each.removeprefix("guidang.").removesuffix("/1") for each in known)
    raise click.BadParameter(f"没有名为 {name} 的格式；可用：{short}", param_hint="NAME")


@orders.command()
@click.argument("name", default="guidang.order/1")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "yaml", "xlsx", "csv", "ubl"]),
    default="json",
    show_default=True,
    help="The kind of file.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the file here instead of printing it; an existing file is left alone.",
)
@reports_failures
def example(name: str, *, form: str, output: Path | None) -> None:
    """Write an example of NAME, a schema such as guidang.change/1, to start from."""
    from pipeline.intake.formats import FORMATS, JSON, YAML
    from pipeline.samplepapers import SAMPLES
    from pipeline.writing.forms import written

    name = _whole_name(name, SAMPLES)
    chosen = next(each for each in FORMATS if each.name.lower() == form)
    if name != "guidang.order/1" and chosen not in (JSON, YAML):
        raise click.BadParameter(f"{name} 只能写成 json 或 yaml", param_hint="--format")
    payload = written(SAMPLES[name](1), chosen)
    if output is not None:
        try:
            with output.open("xb") as file:
                file.write(payload)
        except FileExistsError as error:
            raise click.BadParameter(f"{output} 已存在，不覆盖", param_hint="--output") from error
        click.echo(str(output))
    elif chosen.name == "XLSX" and sys.stdout.isatty():
        raise click.UsageError("工作簿不能显示在屏幕上；请用 --output 写明文件")
    else:
        click.echo(payload, nl=False)


@orders.command()
@click.argument("name", default="guidang.order/1")
@reports_failures
def schema(name: str) -> None:
    """Print the JSON Schema NAME, such as guidang.change/1."""
    from pipeline.intake.forms import FORMS
    from pipeline.intake.reading import schema_of

    name = _whole_name(name, FORMS)
    click.echo(json.dumps(schema_of(name), ensure_ascii=False, indent=1))
