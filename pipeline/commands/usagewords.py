"""Usage words: what is wrong with a command line, in Chinese, where click finds it (用法)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import click

_KINDS: Final[Mapping[str, str]] = {
    "integer": "整数",
    "integer range": "整数",
    "float": "数字",
    "float range": "数字",
    "boolean": "是非值",
}
_THINGS: Final[Mapping[str, str]] = {"File": "文件", "Directory": "文件夹", "Path": "路径"}
_STATES: Final[Mapping[str, str]] = {
    "does not exist": "不存在",
    "is a file": "是文件，应为文件夹",
    "is a directory": "是文件夹，应为文件",
    "is not readable": "不能读取",
    "is not writable": "不能写入",
    "is not executable": "不能执行",
}
_Said = Callable[[re.Match[str]], str]
_SAID: Final[tuple[tuple[re.Pattern[str], _Said], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"Missing command\.", lambda _: "缺少子命令"),
        (
            r"Got unexpected extra arguments? \((.*)\)",
            lambda match: f"多出了参数：{match[1]}",
        ),
        (r"Option '?(.+?)'? does not take a value\.", lambda match: f"选项 {match[1]} 不带值"),
        (
            r"Option '?(.+?)'? requires an argument\.",
            lambda match: f"选项 {match[1]} 后要写出它的值",
        ),
        (
            r"Option '?(.+?)'? requires (\d+) arguments\.",
            lambda match: f"选项 {match[1]} 后要写 {match[2]} 个值",
        ),
        (
            r"Argument '?(.+?)'? takes (\d+) values\.",
            lambda match: f"参数 {match[1]} 要 {match[2]} 个值",
        ),
        (
            r"(.+) is not a valid ([a-z ]+)\.(?: Recognized values: (.*))?",
            lambda match: (
                f"{match[1]} 不是{_KINDS.get(match[2], match[2])}"
                + (f"；可写：{match[3]}" if match[3] else "")
            ),
        ),
        (
            r"(.+) is not in the range (.+)\.",
            lambda match: f"{match[1]} 超出范围（应为 {match[2]}）",
        ),
        (r"(.+) is not one of (.+)\.", lambda match: f"{match[1]} 不在可选的值中：{match[2]}"),
        (
            r"(.+) does not match the formats? (.+)\.",
            lambda match: f"{match[1]} 的写法不对，应写成 {_dated(match[2])}",
        ),
        (
            rf"(File|Directory|Path) (.+) ({'|'.join(_STATES)})\.",
            lambda match: f"{_THINGS[match[1]]} {match[2]} {_STATES[match[3]]}",
        ),
        # last: a value of the only choice there is
        (r"(\S+) is not ('[^']*')\.", lambda match: f"{match[1]} 不在可选的值中：{match[2]}"),
    )
)
_DATED: Final = {"%Y": "2026", "%m": "03", "%d": "05", "%H": "09", "%M": "30", "%S": "00"}


def told(error: click.ClickException) -> tuple[str, str]:
    """Return what is wrong with a command line, and what to do about it."""
    return _message(error), _hint(error)


def _message(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}"
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"没有命令 {error.command_name}"
    if isinstance(error, click.MissingParameter):
        kind = "选项" if isinstance(error.param, click.Option) else "参数"
        return f"缺少{kind} {_name(error)}"
    if isinstance(error, click.BadParameter):
        name = _name(error)
        return f"{name} 的值不对：{_said(error.message)}" if name else _said(error.message)
    if isinstance(error, click.FileError):
        return f"文件 {error.ui_filename} 打不开：{error.message}"
    return _said(error.message)


def _hint(error: click.ClickException) -> str:
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    likely = getattr(error, "possibilities", None)
    meant = f"是否要写：{'、'.join(likely)}；" if likely else ""
    options = ""
    if isinstance(error, click.MissingParameter) and error.param is not None:
        choices = getattr(error.param.type, "choices", ())
        options = f"可选的值：{'、'.join(map(str, choices))}；" if choices else ""
    return f"{meant}{options}用法见 {command or 'guidang'} --help"


def _name(error: click.BadParameter) -> str:
    """Return what a person calls the parameter: its option, or its place on the command line."""
    hint = error.param_hint
    if hint is None and error.param is not None:
        if isinstance(error.param, click.Option):
            return "/".join(error.param.opts)
        return error.param.make_metavar(error.ctx) if error.ctx else error.param.human_readable_name
    return "/".join(hint) if isinstance(hint, list | tuple) else str(hint or "").replace("'", "")


def _said(message: str) -> str:
    for pattern, said in _SAID:
        if match := pattern.fullmatch(message):
            return said(match)
    return message


def _dated(formats: str) -> str:
    """Return formats of a moment as a moment written so."""
    for sign, written in _DATED.items():
        formats = formats.replace(sign, written)
    return formats.replace("'", "").replace(", ", " 或 ")
