"""Answering: how every command reports, to people and with --json to programs."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class Exit(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    DAMAGED = 4
    LOCKED = 5
    NO_HOME = 10


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def answer(content: dict[str, Any], *, as_json: bool, text: Callable[[], None]) -> None:
    """Print `content` as JSON, or let `text` print it for people."""
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        text()


def fail(exit_code: Exit, code: str, message: str, hint: str, *, as_json: bool) -> NoReturn:
    """Report a failure the same way everywhere and leave with `exit_code`."""
    if as_json:
        error = {"code": code, "message": message, "hint": hint}
        click.echo(json.dumps({"ok": False, "error": error}, ensure_ascii=False, indent=1))
    else:
        click.echo(f"{message}\n→ {hint}", err=True)
    sys.exit(exit_code)


def reports_failures(command: Command) -> Command:
    """Turn the failures every command can meet into its report and exit code."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        as_json = bool(kwargs.get("as_json"))
        try:
            return command(*args, **kwargs)
        except Exception as error:
            _report(error, as_json=as_json)
            raise

    return wrapped  # type: ignore[return-value]


def _report(error: Exception, *, as_json: bool) -> None:
    from pipeline.settings import SettingsRefused
    from pipeline.wiring import HomeMissing

    if isinstance(error, HomeMissing):
        fail(
            Exit.NO_HOME,
            "home-missing",
            f"此处尚未初始化：{error}",
            "先运行 guidang --home 目录 init（加 --sample 可带样例）",
            as_json=as_json,
        )
    if isinstance(error, SettingsRefused):
        fail(
            Exit.FAILED,
            "settings-refused",
            f"设置有误：{error}",
            "改正 guidang.toml 后重试",
            as_json=as_json,
        )
    name = type(error).__name__
    if name == "WorkerBusy":
        fail(
            Exit.LOCKED,
            "locked",
            f"另一个 guidang run 正在此处工作（进程 {error}）",
            "等它结束，或停止该进程后重试",
            as_json=as_json,
        )
    if name in {"RuleRefused", "SealRefused"}:
        fail(
            Exit.FAILED, "rules-refused", str(error), "改正 rules/ 中的规则后重试", as_json=as_json
        )


def home_of(ctx: click.Context) -> Path:
    """Return the home the command line names."""
    home: Path = ctx.find_root().obj
    return home
