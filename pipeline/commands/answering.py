"""Answering: how every command reports, to people and with --json to programs."""

from __future__ import annotations

import functools
import getpass
import json
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from archive.people import ACCOUNT

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


def account() -> str:
    """Return the name of the account that runs the command: who acts where nobody is named."""
    return f"{ACCOUNT}{getpass.getuser()}"


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


_KNOWN: dict[str, tuple[Exit, str, str, str]] = {
    "HomeMissing": (
        Exit.NO_HOME,
        "home-missing",
        "此处尚未初始化：{error}",
        "先运行 guidang --home 目录 init（加 --sample 可带样例）",
    ),
    "SettingsRefused": (
        Exit.FAILED,
        "settings-refused",
        "设置有误：{error}",
        "改正 guidang.toml 后重试",
    ),
    "WorkerBusy": (
        Exit.LOCKED,
        "locked",
        "另一个 guidang 正在此处工作（进程 {error}）",
        "等它结束，或停止该进程后重试",
    ),
    "IndexLocked": (
        Exit.LOCKED,
        "index-locked",
        "索引正由另一个进程写入：{error}",
        "等它结束后重试",
    ),
    "ChildLost": (
        Exit.FAILED,
        "child-lost",
        "{error}",
        "检查内存、磁盘和系统日志后重试",
    ),
    "RulesUnfit": (Exit.FAILED, "rules-unfit", "{error}", "改正 rules/ 中的规则后重试"),
    "SealRefused": (Exit.FAILED, "seal-refused", "{error}", "用 guidang seals list 核对印章后重试"),
    "SealKeyUnfit": (
        Exit.FAILED,
        "seal-key-unfit",
        "{error}",
        "密钥文件由 guidang.toml 的 [seals] key_file 或 GUIDANG_SEALS__KEY_FILE 指定",
    ),
    "CopyRefused": (
        Exit.FAILED,
        "copy-refused",
        "{error}",
        "用 guidang contracts show 核对编号和份数；--out 指定一个新文件",
    ),
    "InspectionRefused": (
        Exit.FAILED,
        "inspection-refused",
        "{error}",
        "用 guidang inspect list、guidang inspect tasks 查看检查和问题",
    ),
    "RetentionRefused": (
        Exit.FAILED,
        "retention-refused",
        "{error}",
        "用 guidang retention show、guidang holds list 查看案卷的期限、冻结和清单",
    ),
    "PrintRefused": (
        Exit.FAILED,
        "print-refused",
        "{error}",
        "用 guidang contracts show 核对登记的内容；--out 指定一个新的 .xlsx、.docx 或 .pdf",
    ),
    "SourceLost": (
        Exit.FAILED,
        "source-lost",
        "{error}",
        "用 guidang contracts show 查看；原文件还在的，请重新投放",
    ),
    "NumberRefused": (
        Exit.FAILED,
        "number-refused",
        "{error}",
        "核对 rules/numbering.toml；缺少的系列照随附的规则补上",
    ),
    "FilingRefused": (
        Exit.FAILED,
        "filing-refused",
        "{error}",
        "核对 rules/fileplan.toml；缺少的文种照随附的规则补上",
    ),
    "ApprovalRefused": (
        Exit.FAILED,
        "approval-refused",
        "{error}",
        "用 guidang contracts pending --as 登录名 查看轮到谁、办什么",
    ),
    "DirectoryRefused": (
        Exit.FAILED,
        "directory-refused",
        "{error}",
        "用 guidang users list 查看人员名录",
    ),
    "ExportRefused": (Exit.FAILED, "export-refused", "{error}", "核对 --export 后的文件名和位置"),
    "ReportRefused": (Exit.FAILED, "report-refused", "{error}", "核对 --out 后的文件名和位置"),
    "PersonUnknown": (
        Exit.USAGE,
        "person-unknown",
        "rules/access.toml 和人员名录中都没有“{error}”（或已停用），不能以其身份检索",
        "核对姓名或登录名，或在 rules/access.toml 的 people 中登记其角色和部门",
    ),
    "SearchUnknown": (
        Exit.USAGE,
        "search-unknown",
        "没有名为“{error}”的保存的检索",
        "用 guidang searches list 查看（以他人身份保存的要加 --as）",
    ),
    "SearchExists": (
        Exit.USAGE,
        "search-exists",
        "已有名为“{error}”的检索，内容不同",
        "另取名称，或先用 guidang searches remove 删除原来的",
    ),
    "SearchDamaged": (
        Exit.DAMAGED,
        "search-damaged",
        "保存的检索读不出：{error}",
        "移走该文件后重新保存这一检索",
    ),
    "TemplateUnfit": (Exit.FAILED, "template-unfit", "{error}", "恢复或改正模板后重试"),
    "ProofFailed": (
        Exit.FAILED,
        "proof-failed",
        "不能印成：{error}",
        "改正所指的内容；缺字形的，可把字体文件放入 fonts/own",
    ),
    "RenderingFailed": (
        Exit.FAILED,
        "rendering-failed",
        "没有印成：{error}",
        "稍后重试；持续如此请运行 guidang doctor",
    ),
    "RendererMissing": (
        Exit.FAILED,
        "renderer-missing",
        "缺少 LibreOffice 或字体：{error}",
        "以 root 运行 bash bootstrap.sh setup",
    ),
    "OperationalError": (
        Exit.LOCKED,
        "register-unavailable",
        "登记库暂不可用：{error}",
        "稍后重试；持续如此请检查磁盘",
    ),
    "DatabaseError": (
        Exit.DAMAGED,
        "register-damaged",
        "登记库已损坏：{error}",
        "运行 guidang archive rebuild --replace 由档案恢复",
    ),
    "IndexUnreachable": (
        Exit.LOCKED,
        "index-unreachable",
        "索引所在的数据库连不上：{error}",
        "检查数据库是否运行，guidang.toml 的 [index] server 是否正确",
    ),
    "EngineMissing": (
        Exit.FAILED,
        "engine-missing",
        "索引引擎不能使用：{error}",
        "安装 guidang[tantivy] 或 guidang[postgres]；postgres 还要在 [index] 写明 server",
    ),
    "SwitchRefused": (
        Exit.DAMAGED,
        "switch-refused",
        "{error}",
        "原索引仍在使用；核对后再次运行 guidang index switch",
    ),
    "IndexFailure": (
        Exit.DAMAGED,
        "index-damaged",
        "索引不可用：{error}",
        "运行 guidang index rebuild 由档案重建",
    ),
    "JournalMissing": (Exit.DAMAGED, "journal-missing", "{error}", "guidang audit verify 逐处列出"),
    "JournalDamaged": (Exit.DAMAGED, "journal-damaged", "{error}", "guidang audit verify 逐处列出"),
    "ArchiveError": (
        Exit.DAMAGED,
        "archive-damaged",
        "档案异常：{error}",
        "运行 guidang archive verify 查明；不要改动档案文件夹",
    ),
    "OSError": (Exit.FAILED, "os-error", "系统错误：{error}", "检查磁盘空间和文件夹权限后重试"),
}
"""What a failure says and how it exits, by the name of its nearest known ancestor."""


def _report(error: Exception, *, as_json: bool) -> None:
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.DONE)
    for kind in type(error).__mro__:
        if kind.__name__ in _KNOWN:
            exit_code, code, message, hint = _KNOWN[kind.__name__]
            fail(exit_code, code, message.format(error=error), hint, as_json=as_json)


def home_of(ctx: click.Context) -> Path:
    """Return the home the command line names."""
    home: Path = ctx.find_root().obj
    return home
