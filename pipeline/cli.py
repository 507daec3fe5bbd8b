"""Command line: the door of guidang; every command is thin and loads only what it needs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

VERSION = "0.1.0"

_COMMANDS = {
    "archive": "pipeline.commands.archive:archive",
    "audit": "pipeline.commands.audit:audit",
    "contracts": "pipeline.commands.contracts:contracts",
    "doctor": "pipeline.commands.doctor:doctor",
    "holds": "pipeline.commands.holds:holds",
    "index": "pipeline.commands.index:index",
    "init": "pipeline.commands.init:init",
    "inspect": "pipeline.commands.inspect:inspect",
    "numbers": "pipeline.commands.numbers:numbers",
    "orders": "pipeline.commands.orders:orders",
    "retention": "pipeline.commands.disposal:retention",
    "rules": "pipeline.commands.rules:rules",
    "run": "pipeline.commands.run:run",
    "search": "pipeline.commands.search:search",
    "seals": "pipeline.commands.seals:seals",
    "searches": "pipeline.commands.searches:searches",
    "suggest": "pipeline.commands.suggest:suggest",
    "templates": "pipeline.commands.templates:templates",
    "users": "pipeline.commands.users:users",
    "verify": "pipeline.commands.verify:verify",
}


class LazyGroup(click.Group):
    """Loads a command's module only when the command is asked for; says in Chinese what is wrong.

    A command line that is wrong is reported as every other failure is, with --json as JSON.
    """

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 as click has it
        **extra: Any,
    ) -> Any:
        """Run the command line `args`; `standalone_mode`: and leave with its exit code."""
        run: Callable[[], Any] = partial(
            super().main, args, prog_name, complete_var, standalone_mode=False, **extra
        )
        if not standalone_mode:
            return run()
        typed = list(sys.argv[1:] if args is None else args)
        try:
            left: Any = run()
        except click.exceptions.NoArgsIsHelpError as asked:
            asked.show()
            sys.exit(asked.exit_code)
        except click.ClickException as wrong:
            _report(wrong, as_json="--json" in typed)
        except click.Abort:
            click.echo("已中止", err=True)
            sys.exit(1)
        sys.exit(left if isinstance(left, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load and return the command `cmd_name`."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


def _report(wrong: click.ClickException, *, as_json: bool) -> NoReturn:
    from pipeline.commands.answering import Exit, fail  # noqa: PLC0415 seldom needed
    from pipeline.commands.usagewords import told  # noqa: PLC0415 seldom needed

    message, hint = told(wrong)
    fail(Exit(wrong.exit_code), "usage", message, hint, as_json=as_json)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="guidang")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="GUIDANG_HOME",
    default=Path(),
    show_default="this folder",
    help="The home to work on.",
)
@click.pass_context
def main(ctx: click.Context, home: Path) -> None:
    """Take approved orders to sealed, numbered contracts that are filed and findable."""
    ctx.obj = home
