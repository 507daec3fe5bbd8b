"""Templates: bring a firm's own Word files, see what they lack, register, look at and retire."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pipeline.commands import templatewords as words
from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures
from templates.catalogue import ANY_TYPE, KINDS

_KIND = click.Choice(KINDS)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
_kind_option = click.option("--kind", type=_KIND, default="contract", show_default=True)
_type_option = click.option(
    "--type", "types", multiple=True, metavar="CODE", help="Contract type it serves, such as FW."
)
_default_option = click.option(
    "--default",
    "defaults",
    multiple=True,
    metavar="NAME=VALUE",
    help="A standard figure of its text, such as terms.accept_days=10.",
)


@click.group()
def templates() -> None:
    """Bring your own Word files as templates."""


@templates.command()
@_kind_option
@_type_option
@json_option
@click.pass_context
@reports_failures
def fields(ctx: click.Context, *, kind: str, types: tuple[str, ...], as_json: bool) -> None:
    """List every field a template may use, with an example; lists with their columns."""
    from pipeline.templating import vocabulary_of
    from pipeline.wiring import Workplace

    content = words.vocabulary_as_json(vocabulary_of(Workplace(home_of(ctx)), kind, types))
    answer(content, as_json=as_json, text=lambda: words.print_vocabulary(content))


@templates.command()
@click.argument("file", type=_FILE)
@_kind_option
@_type_option
@_default_option
@json_option
@click.pass_context
@reports_failures
def check(
    ctx: click.Context,
    file: Path,
    *,
    kind: str,
    types: tuple[str, ...],
    defaults: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say everything that keeps FILE from being a template, where, and how to mend it in Word."""
    from pipeline.templating import TemplateRefused, read_word_file, required_beside
    from pipeline.templating import check as check_file
    from pipeline.wiring import Workplace

    standard = words.standard_figures(defaults)
    workplace = Workplace(home_of(ctx))
    try:
        content = read_word_file(file)
    except TemplateRefused as error:
        words.refuse(error, as_json=as_json)
    found = check_file(
        workplace, content, kind, types=types, standard=standard, required=required_beside(file)
    )
    report = {
        "ok": found.is_fit,
        "file": str(file),
        "kind": kind,
        "fields_used": sorted(found.printed),
        "standard": dict(found.standard),
        "findings": words.findings_of(found.findings),
        "unfit_registered": words.unfit_in(workplace.catalogue),
    }

    answer(report, as_json=as_json, text=lambda: words.print_check(report))
    if not found.is_fit:
        sys.exit(Exit.FAILED)


@templates.command()
@click.argument("file", type=_FILE)
@click.option("--code", required=True, help="Its code, such as HT-MB-FW-02.")
@click.option("--version", required=True, help="Its version, such as 2026.1.")
@_kind_option
@_type_option
@click.option("--in-force-from", "start", required=True, type=_DAY, help="Its first day.")
@click.option("--approved-by", default="", help="The legal review it was approved by.")
@click.option(
    "--seal-offset", default="", metavar="RIGHT,UP", help="From bookmark to seal's centre, in mm."
)
@click.option("--clause", "clauses", multiple=True, help="A phrase its text must have.")
@_default_option
@json_option
@click.pass_context
@reports_failures
def add(
    ctx: click.Context,
    file: Path,
    *,
    code: str,
    version: str,
    kind: str,
    types: tuple[str, ...],
    start: datetime,
    approved_by: str,
    seal_offset: str,
    clauses: tuple[str, ...],
    defaults: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check FILE, print it once for trial and register it; what is registered never changes."""
    from pipeline.registering import Registration
    from pipeline.templating import TemplateRefused, read_word_file, register
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    every = () if kind == "contract" else (ANY_TYPE,)
    registration = Registration(
        code,
        version,
        kind,
        tuple(dict.fromkeys(types)) or every,
        start.date(),
        approved_by,
        clauses,
        words.offset(seal_offset),
    )
    standard = words.standard_figures(defaults)
    try:
        done = register(workplace, read_word_file(file), registration, standard)
    except TemplateRefused as error:
        words.refuse(error, as_json=as_json)
    finally:
        workplace.close()
    content = {
        "ok": True,
        "template": words.described(done.template),
        "folder": str(done.template.path.parent),
        "findings": words.findings_of(done.findings),
    }

    answer(content, as_json=as_json, text=lambda: words.print_added(content))


@templates.command("list")
@json_option
@click.pass_context
@reports_failures
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """List all templates: those in force, those retired, and those that cannot be used."""
    from archive.days import business_day
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    content = words.listed(workplace.catalogue, business_day(workplace.clock()))
    answer(content, as_json=as_json, text=lambda: words.print_list(content))
    if workplace.catalogue.unfit:
        sys.exit(Exit.PARTLY)


@templates.command()
@click.argument("code")
@click.argument("version")
@click.option("--on", "last_day", required=True, type=_DAY, help="The last day it may be used.")
@json_option
@click.pass_context
@reports_failures
def retire(
    ctx: click.Context, code: str, version: str, *, last_day: datetime, as_json: bool
) -> None:
    """Let the template CODE VERSION serve until a last day; its text is kept unchanged."""
    from pipeline.templating import TemplateRefused
    from pipeline.templating import retire as retire_template
    from pipeline.wiring import Workplace

    try:
        retired = retire_template(Workplace(home_of(ctx)), code, version, last_day.date())
    except TemplateRefused as error:
        words.refuse(error, as_json=as_json)
    answer(
        {"ok": True, "template": words.described(retired)},
        as_json=as_json,
        text=lambda: click.echo(f"{code}@{version} 用至 {retired.in_force_to}（含当日）"),
    )


@templates.command()
@click.argument("code")
@click.argument("version", required=False)
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_context
@reports_failures
def preview(
    ctx: click.Context, code: str, version: str | None, *, output: Path, as_json: bool
) -> None:
    """Print the template CODE [VERSION] filled with a made-up order, marked 预览, to a PDF."""
    from pipeline.proofprinting import proof_print
    from pipeline.templating import find_template
    from pipeline.wiring import Workplace
    from templates.errors import RenderingFailed

    workplace = Workplace(home_of(ctx))
    template = find_template(workplace, code, version)
    name = f"{template.code}@{template.version}"
    try:
        printed = proof_print(workplace, template)
    except RenderingFailed as error:
        message, hint = f"{name} 未能转换为 PDF：{error}", "运行 guidang doctor 后重试"
        fail(Exit.FAILED, "printing-failed", message, hint, as_json=as_json)
    finally:
        workplace.close()
    output.write_bytes(printed.pdf)
    content: dict[str, Any] = {
        "ok": not printed.findings,
        "template": words.described(template),
        "file": str(output),
        "findings": words.findings_of(printed.findings),
    }

    def text() -> None:
        click.echo(f"{name} 的样稿：{output}（样例内容，不作凭证）")
        words.print_findings(content["findings"])

    answer(content, as_json=as_json, text=text)
    if printed.findings:
        sys.exit(Exit.FAILED)
