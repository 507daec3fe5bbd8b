"""Who was disabled in the directory acts no more and is told nothing, whatever rules name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from keepers import ARCHIVIST, LEGAL, Keeping

from archive.directory import ADMINISTRATOR, User, put_user, set_enabled
from pipeline.cli import main

APPROVER = "法定代"
ROOT = Path(__file__).parents[2] / "pipeline"


@pytest.fixture
def left(keeping: Keeping) -> Keeping:
    """A home with a dossier, whose archivist, counsel, appraiser and inspector have left."""
    keeping.contract("S-1")
    disable(keeping, ARCHIVIST, LEGAL, APPROVER, "鉴一鸣", "监小天", "查小实", "核小准")
    return keeping


def disable(keeping: Keeping, *names: str) -> None:
    people = [User(f"u{at}", name, "综合部", "职员", ("员工",)) for at, name in enumerate(names)]
    with keeping.workplace.register.write.begin() as session:
        for user in (User("feng", "冯管理", "信息部", "管理员", (ADMINISTRATOR,)), *people):
            put_user(session, user, by="feng", at=keeping.now)
        for user in people:
            set_enabled(
                session, user.login, is_enabled=False, reason="离职", by="feng", at=keeping.now
            )


WHO = {"--as", "--by", "--second", "--person", "--witness"}
ACTS = [
    ("archive arrange", "S-1 --as"),
    ("archive bind", "S-1 --method 线装 --pages 1 --as"),
    ("archive check", "S-1 --as"),
    ("archive examine", "S-1 --as"),
    ("archive export", "S-1 --purpose 查阅 --out {out} --as"),
    ("archive import", "{folder} --as"),
    ("archive missing", "S-1 --as"),
    ("archive place", "S-1 --box 1 --as"),
    ("archive print", "cover S-1 --out {out}.pdf --as"),
    ("archive recognise", "--as"),
    ("archive supply", "S-1 original --evidence 已收。 --as"),
    ("audit begin", "--second 冻小务 --reason 损坏 --as"),
    ("contracts copy", "S-1 --as 副本 --out {out} --by"),
    (
        "contracts correct-signing",
        "1 --on 2026-03-16 --evidence 已收。 --reason 误 --second 乙 --as",
    ),
    ("contracts countersigned", "GD-1 {file} --as"),
    ("contracts forms", "GD-HT-2026-FW-0001 --out {out} --as"),
    ("contracts list", "--as"),
    ("contracts proof", "GD-HT-2026-FW-0001 --as"),
    ("contracts revise", "S-1 {file} --reason 改 --as"),
    ("contracts show", "S-1 --as"),
    ("contracts withdraw-revision", "S-1 --reason 改 --as"),
    ("holds list", "--as"),
    ("holds place", "S-1 --matter 诉讼 --reason 起诉 --as"),
    ("holds release", "DJ-2026-0001 --basis 撤诉 --as"),
    ("inspect assign", "T-1 --to 乙 --due 2026-04-01 --reason 查 --as"),
    ("inspect cleanup propose", "--as"),
    ("inspect cleanup run", "QL-1 --as"),
    ("inspect close", "T-1 --note 查 --as"),
    ("inspect note", "JC-1 --as"),
    ("inspect run", "--as"),
    ("inspect sign", "JC-1 --as"),
    ("inspect start", "季度检查 --as"),
    ("numbers list", "--as"),
    ("retention appraise", "XH-1 S-1 --decision 续存 --reason 查 --as"),
    ("retention approve", "XH-1 --as"),
    ("retention date", "S-1 --event 终止 --on 2026-03-16 --evidence 到期。 --as"),
    ("retention due", "--as"),
    ("retention extend", "S-1 --period Y --reason 重要 --as"),
    ("retention lists", "--as"),
    ("retention print", "XH-1 --out {out}.pdf --as"),
    ("retention propose", "S-1 --as"),
    ("retention return", "XH-1 --opinion 查 --as"),
    ("retention show", "S-1 --as"),
    (
        "seals add",
        "A-1 --image {file} --kind 公章 --width 40 --height 40 --from 2026-01-01 --keeper 乙 --as",
    ),
    ("seals book", "--out {out} --as"),
    ("seals check", "--as"),
    ("seals keeper", "HTZ-01 --to 乙 --reason 换 --as"),
    ("seals migrate", "--as"),
    ("seals preview", "HTZ-01 --out {out} --as"),
    ("seals request", "GD-1 --approved-by 乙 --reason 补 --as"),
    ("seals state", "HTZ-01 启用 --reason 换 --as"),
    ("seals uses", "--as"),
    ("search", "合同 --as"),
    ("searches list", "--as"),
    ("searches remove", "月报 --as"),
    ("searches run", "月报 --as"),
    ("suggest", "合 --as"),
]
"""Commands, and the words before the name of who is disabled."""

SECONDS = [
    ("archive supply", "S-1 original --evidence 已收。 --waive 已遗失 --as 档小安 --second"),
    ("audit begin", "--reason 损坏 --as 档小安 --second"),
    (
        "contracts correct-signing",
        "GD-HT-2026-FW-0001 --on 2026-03-16 --evidence 已收。 --reason 误 --as 档小安 --second",
    ),
]
"""The same for who agrees to what somebody else may do."""

BY_LOGIN = {
    *(
        f"contracts {act} --as"
        for act in (
            "add-signer",
            "approve",
            "ask",
            "reject",
            "reply",
            "submit",
            "withdraw",
            "pending",
        )
    ),
    *(f"contracts {act} --as" for act in ("delegate", "end-delegation", "void")),
    *(f"users {act} --as" for act in ("add", "disable", "enable")),
}
"""Options that ask for people of the directory, which lets those act alone who are enabled."""

OF_A_LIST = {
    *("inspect cleanup confirm --as", "inspect cleanup return --as", "inspect close --second"),
    *("retention destroy --as", "retention destroy --witness", "seals state --second"),
}
"""Options that are read only where there is a list, a task or a seal to act on."""


@pytest.mark.parametrize(("command", "words"), ACTS)
def test_no_act_and_no_answer(left: Keeping, tmp_path: Path, command: str, words: str) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.4")
    asked = words.format(out=tmp_path / "out", file=file, folder=tmp_path)
    assert "停用" in refused(left, f"{command} {asked} {ARCHIVIST}")


@pytest.mark.parametrize(("command", "words"), SECONDS)
def test_nobody_who_left_agrees(keeping: Keeping, command: str, words: str) -> None:
    keeping.contract("S-1")
    disable(keeping, APPROVER)
    assert f"{APPROVER}已在人员名录中停用" in refused(keeping, f"{command} {words} {APPROVER}")


def refused(keeping: Keeping, words: str) -> str:
    done = CliRunner().invoke(main, ["--home", str(keeping.workplace.home.root), *words.split()])
    assert done.exit_code in (1, 2), done.output
    return done.output


def test_no_command_that_asks_who_acts_is_forgotten() -> None:
    told = {f"{command} {words.split()[-1]}" for command, words in (*ACTS, *SECONDS)}
    assert told | BY_LOGIN | OF_A_LIST == set(_asking(main, ()))


def _asking(command: click.Command, path: tuple[str, ...]) -> Iterator[str]:
    """Yield every option of every command that says who acts, asks or agrees."""
    context = click.Context(main)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _asking(found, (*path, name))
        return
    for option in command.params:
        is_person = not isinstance(option.type, click.Choice)
        for name in WHO.intersection(option.opts) if is_person else ():
            yield " ".join((*path, name))


def test_nobody_is_asked_for_past_the_directory() -> None:
    """Whoever may act is found out in `acting.py`, which asks the directory too."""
    past = re.compile(r"(?:retention|rules|inspections)\.need(?:_\w+)?\(")
    found = [path.name for path in ROOT.rglob("*.py") if past.search(path.read_text("utf-8"))]
    assert found == ["acting.py"]
