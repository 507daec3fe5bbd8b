"""Contract papers: what the register and the shelf give of one contract as files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from pipeline.commands.answering import Exit, answer, fail, home_of, json_option, reports_failures
from pipeline.commands.questions import as_option


def no_such(name: str, *, as_json: bool) -> NoReturn:
    """Leave with the failure that nothing is called `name`."""
    fail(
        Exit.FAILED,
        "not-found",
        f"没有编号、档号或订单号为 {name} 的文书",
        "用 guidang contracts list --text 查找，或 guidang search 全文检索",
        as_json=as_json,
    )


@click.command()
@click.argument("name")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page to this file instead; it loads nothing and prints on A4.",
)
@as_option
@json_option
@click.pass_context
@reports_failures
def proof(
    ctx: click.Context, name: str, *, html: Path | None, person: str | None, as_json: bool
) -> None:
    """Show what was proved of the filed paper NAME: every field, its place and its page."""
    from pipeline.commands.proofwords import print_proof
    from pipeline.knowing import known_to
    from pipeline.naming import find_instrument
    from pipeline.proofs import filed_proof
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    known = known_to(workplace, person)
    with workplace.register.read.begin() as session:
        instrument = find_instrument(session, name)
        if instrument is not None and not known.has_number(instrument.number or ""):
            instrument = None
        found = filed_proof(workplace, session, instrument) if instrument else None
    if instrument is None:
        no_such(name, as_json=as_json)
    if found is None:
        fail(
            Exit.FAILED,
            "not-proved",
            f"{name} 还没有归档，没有核验记录",
            "用 guidang contracts show 查看状态；核验不符的，原因写在其中",
            as_json=as_json,
        )
    if html is not None:
        html.write_text(found.page, "utf-8")
    content = {"ok": True, "proof": found.record, "sha256": found.sha256}
    answer(
        content | ({"html": str(html)} if html else {}),
        as_json=as_json,
        text=lambda: print_proof(found.record) if html is None else click.echo(f"已写入 {html}"),
    )


@click.command()
@click.argument("name")
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
def draft(ctx: click.Context, name: str, *, out: Path, pdf: bool, as_json: bool) -> None:
    """Write the draft, marked 草稿, of the paper under way NAME: an order number or a number."""
    from pipeline.commands.draftwords import show_draft
    from pipeline.drafts import draft_of_instrument
    from pipeline.naming import find_instrument
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    with workplace.register.read.begin() as session:
        instrument = find_instrument(session, name)
    if instrument is None:
        no_such(name, as_json=as_json)
    try:
        show_draft(
            workplace,
            lambda: draft_of_instrument(workplace, instrument),
            out=out,
            pdf=pdf,
            as_json=as_json,
        )
    finally:
        workplace.close()


@click.command()
@click.argument("name")
@click.option("--form", "words", multiple=True, help="审批单, 法审意见, 用印申请; else all.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where to write them; this folder by default.",
)
@click.option("--pdf", is_flag=True, help="Write a PDF of each too.")
@as_option
@json_option
@click.pass_context
@reports_failures
def forms(
    ctx: click.Context,
    name: str,
    *,
    words: tuple[str, ...],
    out: Path,
    pdf: bool,
    person: str | None,
    as_json: bool,
) -> None:
    """Fill the firm's own forms about the paper NAME from what the register knows."""
    from pipeline.commands.formwords import write_forms
    from pipeline.internalforms import FORM_WORDS
    from pipeline.knowing import known_to
    from pipeline.naming import find_instrument
    from pipeline.wiring import Workplace

    if lost := [word for word in words if word not in FORM_WORDS]:
        raise click.BadParameter(f"{lost[0]}: {'、'.join(FORM_WORDS)}", param_hint="--form")
    workplace = Workplace(home_of(ctx))
    known = known_to(workplace, person)
    with workplace.register.read.begin() as session:
        instrument = find_instrument(session, name)
    if instrument is None or not known.has_number(instrument.number or ""):
        no_such(name, as_json=as_json)
    try:
        write_forms(workplace, instrument, words or FORM_WORDS, out=out, pdf=pdf, as_json=as_json)
    finally:
        workplace.close()


@click.command()
@click.argument("name")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["正本", "副本", "作废"]),
    required=True,
    help="What the copy is marked as.",
)
@click.option("--nth", type=click.IntRange(1, 99), help="Which copy; left out: all of them.")
@click.option("--of", type=click.IntRange(1, 99), help="How many there are (副本).")
@click.option("--by", help="Who asks for it; left out: the login name.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write; several copies get their number behind the name.",
)
@json_option
@click.pass_context
@reports_failures
def copy(
    ctx: click.Context,
    name: str,
    *,
    kind: str,
    nth: int | None,
    of: int | None,
    by: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Make marked copies of the filed paper NAME; the sealed file itself is never touched."""
    import getpass

    from archive.copying import CopyKind
    from pipeline.acting import assert_enabled
    from pipeline.copies import make_copies
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    who = by or getpass.getuser()
    assert_enabled(workplace, who)
    copied = make_copies(workplace, name, CopyKind(kind), nth=nth, of=of, out=out, by=who)
    content = {
        "ok": True,
        "copies": [
            {
                "contract_number": one.number,
                "as": one.text,
                "path": str(one.path),
                "sha256": one.sha256,
                "source_sha256": one.source_sha256,
            }
            for one in copied
        ],
    }

    def text() -> None:
        for one in copied:
            click.echo(f"{one.number}　{one.text}　{one.path}")

    answer(content, as_json=as_json, text=text)


COMMANDS = (proof, draft, forms, copy)
"""The commands of `guidang contracts` that write files."""
