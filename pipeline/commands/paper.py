"""Paper: bind, arrange, check, box and print dossiers; added to `guidang archive`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.commands.answering import answer, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option
from pipeline.commands.retention import user_option

_FORMS = ("cover", "contents", "checklist", "catalogue", "volumes", "spine", "box", "transfer")


@click.command()
@click.argument("names", nargs=-1, metavar="[CODE]...")
@click.option("--box", required=True, help="The box; without CODE the whole box is moved.")
@click.option("--shelf", help="The box's place on the shelves.")
@click.option("--spine", type=int, metavar="MM", help="Width of a new box: 20, 30, 40 or 50.")
@click.option("--reason", default="", help="Why it is moved.")
@user_option
@json_option
@click.pass_context
@reports_failures
def place(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    box: str,
    shelf: str | None,
    spine: int | None,
    reason: str,
    person: str,
    as_json: bool,
) -> None:
    """Record in which box, on which shelf, the paper of dossiers stands."""
    from pipeline.paperkeeping import place as put
    from pipeline.wiring import Workplace

    said = put(
        Workplace(home_of(ctx)),
        names,
        box=box,
        shelf=shelf,
        spine_mm=spine,
        person=person,
        reason=reason,
    )
    answer(
        {"ok": True} | said,
        as_json=as_json,
        text=lambda: click.echo(
            f"盒 {said['box']}　架位 {said['shelf']}　盒内 {len(said['dossiers'])} 卷，"
            f"本次登记 {len(said['moved'])} 卷"
        ),
    )


@click.command()
@click.argument("name", metavar="CODE")
@click.option("--method", required=True, help="How, by rules/paper.toml: 三孔一线, 原装订 …")
@click.option("--pages", required=True, type=int, help="The pages as counted.")
@user_option
@json_option
@click.pass_context
@reports_failures
def bind(
    ctx: click.Context, *, name: str, method: str, pages: int, person: str, as_json: bool
) -> None:
    """Record how a dossier was bound."""
    from pipeline.paperkeeping import bind as record
    from pipeline.wiring import Workplace

    said = record(Workplace(home_of(ctx)), name, method=method, pages=pages, person=person)
    _tell(said, "装订", as_json=as_json)


@click.command()
@click.argument("name", metavar="CODE")
@click.option("--remarks", default="", help="缺损、修改、补充、移出、销毁; none: 无.")
@click.option("--see-also", default="", help="Codes of related material elsewhere (互见号).")
@user_option
@json_option
@click.pass_context
@reports_failures
def arrange(
    ctx: click.Context, *, name: str, remarks: str, see_also: str, person: str, as_json: bool
) -> None:
    """Record that a dossier's paper was put in order (整理)."""
    from pipeline.paperkeeping import arrange as record
    from pipeline.wiring import Workplace

    said = record(Workplace(home_of(ctx)), name, remarks=remarks, see_also=see_also, person=person)
    _tell(said, "整理", as_json=as_json)


@click.command()
@click.argument("name", metavar="CODE")
@user_option
@json_option
@click.pass_context
@reports_failures
def check(ctx: click.Context, *, name: str, person: str, as_json: bool) -> None:
    """Record that somebody else checked the arranged paper (检查)."""
    from pipeline.paperkeeping import check as record
    from pipeline.wiring import Workplace

    said = record(Workplace(home_of(ctx)), name, person=person)
    _tell(said, "检查", as_json=as_json)


@click.command("print")
@click.argument("form", type=click.Choice(_FORMS))
@click.argument("names", nargs=-1, metavar="[CODE]...")
@click.option("--query", help="All dossiers this search finds.")
@click.option("--box", help="The dossiers in this box.")
@click.option("--department", help="The dossiers of this department, or given by it.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new .xlsx, .docx or .pdf file.",
)
@as_option
@json_option
@click.pass_context
@reports_failures
def print_(
    ctx: click.Context,
    *,
    form: str,
    names: tuple[str, ...],
    query: str | None,
    box: str | None,
    department: str | None,
    out: Path,
    person: str | None,
    as_json: bool,
) -> None:
    """Print 案卷封面, 卷内目录, 备考表, 归档文件目录, 案卷目录, labels or 移交清册."""
    from pipeline.dossierprinting import FORMS, Chosen, print_form
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    try:
        asked = Chosen(names, query, box, department)
        count = print_form(workplace, form, asked, out, person=person)
    finally:
        workplace.close()
    answer(
        {"ok": True, "file": str(out), "form": FORMS[form], "dossiers": count},
        as_json=as_json,
        text=lambda: click.echo(f"{FORMS[form]} {count} 卷：{out}"),
    )


COMMANDS = (place, bind, arrange, check, print_)
"""What is added to `guidang archive`."""


def _tell(said: dict[str, Any], word: str, *, as_json: bool) -> None:
    answer(
        {"ok": True} | said,
        as_json=as_json,
        text=lambda: click.echo(f"{said['code']}　{word}已登记（{said['by']}）"),
    )
