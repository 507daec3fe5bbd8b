"""Seals: the guarded seals of the firm, the book of their uses, and the key of their images."""

from __future__ import annotations

import importlib
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pipeline.commands.answering import Exit, answer, home_of, json_option, reports_failures

_ACTS = ("add", "keeper", "migrate", "preview", "request", "state")
_DAY = click.DateTime(["%Y-%m-%d"])


class _Seals(click.Group):
    """Loads what changes seals only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *_ACTS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ACTS:
            module = importlib.import_module("pipeline.commands.sealacts")
            command: click.Command = getattr(module, cmd_name)
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Seals)
def seals() -> None:
    """Register and guard seals; look into the book of their uses."""


as_option = click.option(
    "--as", "by", required=True, envvar="GUIDANG_USER", metavar="USER", help="Who does it."
)


@seals.command("list")
@json_option
@click.pass_context
@reports_failures
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """List the seals with state, keepers and validity."""
    from pipeline.commands.sealwords import print_seals, told
    from pipeline.wiring import Workplace

    found = [told(seal) for seal in Workplace(home_of(ctx)).seals]
    answer({"ok": True, "seals": found}, as_json=as_json, text=lambda: print_seals(found))


@seals.command()
@click.argument("code")
@json_option
@click.pass_context
@reports_failures
def show(ctx: click.Context, *, code: str, as_json: bool) -> None:
    """Show one seal and every change of it; its image is never shown."""
    from archive.sealbook import changes_of, standing
    from pipeline.commands.sealwords import print_seal, told, told_change
    from pipeline.wiring import Workplace

    with Workplace(home_of(ctx)).register.read.begin() as session:
        seal = told(standing(session, code))
        changes = [told_change(row) for row in changes_of(session, code)]
    content: dict[str, Any] = {"ok": True} | seal | {"changes": changes}
    answer(content, as_json=as_json, text=lambda: print_seal(content))


@seals.command()
@as_option
@click.option("--seal", help="Only this seal.")
@click.option("--from", "first", type=_DAY, help="First day.")
@click.option("--to", "last", type=_DAY, help="Last day.")
@json_option
@click.pass_context
@reports_failures
def uses(
    ctx: click.Context,
    *,
    by: str,
    seal: str | None,
    first: datetime | None,
    last: datetime | None,
    as_json: bool,
) -> None:
    """List the uses of seals; for those who audit."""
    from pipeline.commands.sealwords import print_uses, told_use
    from pipeline.sealpeople import acting
    from pipeline.sealuses import use_lines
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    workplace.seal_rules.powers.assert_auditor(acting(workplace, by))
    with workplace.register.read.begin() as session:
        lines = use_lines(
            session,
            seal=seal,
            first=first.date() if first else None,
            last=last.date() if last else None,
        )
    found = [told_use(line) for line in lines]
    answer({"ok": True, "uses": found}, as_json=as_json, text=lambda: print_uses(found))


@seals.command()
@as_option
@click.option("--seal", help="Only this seal.")
@click.option("--from", "first", type=_DAY, help="First day.")
@click.option("--to", "last", type=_DAY, help="Last day.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A new .xlsx, .docx or .pdf file.",
)
@json_option
@click.pass_context
@reports_failures
def book(
    ctx: click.Context,
    *,
    by: str,
    seal: str | None,
    first: datetime | None,
    last: datetime | None,
    out: Path,
    as_json: bool,
) -> None:
    """Print the book of uses (用印登记簿); for those who audit."""
    from pipeline.sealpeople import acting
    from pipeline.sealprinting import print_book
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    try:
        count = print_book(
            workplace,
            out,
            by=acting(workplace, by),
            seal=seal,
            first=first.date() if first else None,
            last=last.date() if last else None,
        )
    finally:
        workplace.close()
    answer(
        {"ok": True, "file": str(out), "uses": count},
        as_json=as_json,
        text=lambda: click.echo(f"用印登记簿 {count} 条：{out}"),
    )


@seals.command()
@as_option
@json_option
@click.pass_context
@reports_failures
def check(ctx: click.Context, *, by: str, as_json: bool) -> None:
    """Open every image and compare seals, histories and register; exit code 4 on damage."""
    from pipeline.sealdesk import seal_problems
    from pipeline.sealpeople import acting
    from pipeline.wiring import Workplace

    workplace = Workplace(home_of(ctx))
    workplace.seal_rules.powers.assert_auditor(acting(workplace, by))
    count, problems = len(workplace.seals), seal_problems(workplace, opens=True)

    def text() -> None:
        for problem in problems:
            click.echo(f"✗ {problem}")
        click.echo(f"印章 {count} 枚，异常 {len(problems)} 处")

    content = {"ok": not problems, "seals": count, "problems": problems}
    answer(content, as_json=as_json, text=text)
    if problems:
        sys.exit(Exit.DAMAGED)


@seals.group()
def key() -> None:
    """Make the key that opens the images of the seals."""


@key.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_context
@reports_failures
def new(ctx: click.Context, *, file: Path, as_json: bool) -> None:
    """Write a new key into the new FILE, outside the home; nothing is ever overwritten."""
    from archive.errors import SealKeyUnfit
    from archive.sealvault import make_key

    if file.resolve().is_relative_to(home_of(ctx).resolve()):
        raise SealKeyUnfit(f"密钥 {file} 不得放在本目录（{home_of(ctx)}）之内；请另给一处")
    made = make_key(file)
    content = {"ok": True, "file": str(file), "key": made.name.hex()}
    answer(
        content,
        as_json=as_json,
        text=lambda: click.echo(
            f"密钥已写入 {file}（只许本账户读取）。请另存一份备份：密钥丢失，印章图像无法恢复。\n"
            f'在 guidang.toml 中写明：\n[seals]\nkey_file = "{file.resolve()}"'
        ),
    )
