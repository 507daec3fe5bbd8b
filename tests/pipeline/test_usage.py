"""A wrong command line is told in Chinese, and every command's help can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archive.fileplan import FilePlan
from archive.rulesets import packaged
from index.labels import CLOSED, KIND_WORDS, label_of
from pipeline.cli import main


def commands(
    command: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command there is, with how it is called."""
    yield path, command
    if isinstance(command, click.Group):
        with click.Context(command) as ctx:
            for name in command.list_commands(ctx):
                below = command.get_command(ctx, name)
                assert below is not None
                yield from commands(below, (*path, name))


ALL = list(commands())


def said(*words: str, code: int = 2) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_every_help_can_be_read(path: tuple[str, ...], command: click.Command) -> None:
    texts = [command.help, command.short_help, command.epilog]
    texts += [option.help for option in command.params if isinstance(option, click.Option)]
    for text in filter(None, texts):
        assert "\\b" not in text
    shown = said(*path, "--help", code=0)
    assert shown.startswith("Usage: ")
    assert not set("\\\b") & set(shown)
    assert all(option.help for option in command.params if isinstance(option, click.Option)) or path
    assert command.help
    for line in (command.help or "").partition("\b\n")[2].splitlines():
        assert line.strip() in shown, f"the lines of {path} run together"


def test_there_are_many_commands() -> None:
    assert len(ALL) > 100


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_an_option_that_is_none_is_told_in_chinese(
    path: tuple[str, ...], command: click.Command
) -> None:
    told = said(*path, "--kein")
    assert told.startswith("没有选项 --kein\n→ ")
    assert told.rstrip().endswith(f"{' '.join(path)} --help")
    del command


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("serch",), "没有命令 serch"),
        (("search", "--pag", "1"), "是否要写：--page"),
        (("search", "--page", "eins"), "--page 的值不对：'eins' 不是整数"),
        (("search", "--page", "0"), "--page 的值不对：0 超出范围（应为 x>=1）"),
        (("search", "--page"), "选项 --page 后要写出它的值"),
        (("search", "--facets=1"), "选项 --facets 不带值"),
        (("search", "--filter", "colour=red"), "应写成 项目=值"),
        (("search", "--filter", "kind=xx"), "没有“xx”这个值；可写：报价单、合同、"),
        (("search", "--filter", "status=履行中"), "可写：已归档、已作废、已销毁"),
        (("doctor", "gd"), "多出了参数：gd"),
        (("suggest",), "缺少参数 TYPED"),
        (("retention", "date", "GD"), "缺少选项 "),
        (("archive", "examine", "GD", "--at", "later"), "不在可选的值中："),
        (("orders", "check", "/no/such/file"), "文件 '/no/such/file' 不存在"),
        (("verify",), "请写明文件"),
        (("audit", "begin", "--as"), "选项 --as 后要写出它的值"),
    ],
)
def test_what_is_wrong_is_told_in_chinese(
    words: tuple[str, ...], wanted: str, tmp_path: Path
) -> None:
    told = said("--home", str(tmp_path), *words)
    assert wanted in told
    assert "→ " in told
    assert not re.search(r"Usage|Error|Invalid|Missing|No such|Try ", told)


def test_a_wrong_command_line_is_json_where_that_is_asked_for() -> None:
    error = json.loads(said("search", "--page", "eins", "--json"))["error"]
    assert error["code"] == "usage"
    assert "不是整数" in error["message"]
    assert error["hint"].endswith("search --help")


def test_every_kind_that_is_filed_has_a_chinese_and_an_english_word() -> None:
    kinds = FilePlan.load(packaged("fileplan")).kinds
    assert {"contract", "disposal", "inspection"} <= set(kinds)
    for kind in {*kinds, *KIND_WORDS}:
        assert kind.isascii()
        word = label_of("kind", kind)
        assert word != kind
        assert not word.isascii()
    assert CLOSED["kind"].keys() >= kinds.keys()
