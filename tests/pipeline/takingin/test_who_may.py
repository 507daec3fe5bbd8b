"""Who takes in is an archivist, or an account of the machine that the rules name; nobody else."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import ARCHIVIST, LEGAL, Keeping
from signedpapers import Contract, a_scan
from sqlalchemy import select

from archive.directory import ADMINISTRATOR, User, put_user, set_enabled
from archive.dossiers import Record
from pipeline.cli import main


def run(keeping: Keeping, *words: object, code: int = 0) -> dict[str, Any]:
    asked = ["--home", str(keeping.workplace.home.root), *map(str, words), "--json"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == code, done.output
    content: dict[str, Any] = json.loads(done.stdout)
    return content


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "旧档"
    place.mkdir()
    (place / "a.txt").write_text("内容", "utf-8")
    return place


def name_account(keeping: Keeping) -> None:
    rules = keeping.workplace.home.rules / "retention.toml"
    text = rules.read_text("utf-8")
    named = text.replace("accounts = []", f'accounts = ["{getpass.getuser()}"]')
    assert named != text
    rules.write_text(named, "utf-8")


def known(keeping: Keeping, *users: User) -> None:
    with keeping.workplace.register.write.begin() as session:
        for user in (User("feng", "冯管理", "信息部", "管理员", (ADMINISTRATOR,)), *users):
            put_user(session, user, by="feng", at=keeping.now)


@pytest.mark.parametrize("name", ["路人", LEGAL, "签小收", "账户 guest"])
@pytest.mark.parametrize("act", [("import",), ("recognise",)])
def test_nobody_else_takes_in(
    keeping: Keeping, folder: Path, name: str, act: tuple[str, ...]
) -> None:
    words = (*act, folder) if act == ("import",) else act
    refused = run(keeping, "archive", *words, "--as", name, code=1)
    assert refused["error"]["code"] == "retention-refused"
    assert name in refused["error"]["message"]
    with keeping.workplace.register.read.begin() as session:
        assert session.scalars(select(Record)).all() == []


def test_an_account_takes_in_where_the_rules_name_it(keeping: Keeping, folder: Path) -> None:
    assert "accounts" in run(keeping, "archive", "import", folder, code=1)["error"]["message"]
    name_account(keeping)
    run(keeping, "archive", "import", folder)
    (entry,) = run(keeping, "archive", "accessions")["accessions"]
    assert entry["received_by"] == f"账户 {getpass.getuser()}"


def test_an_archivist_is_known_by_login_and_stopped_with_it(keeping: Keeping, folder: Path) -> None:
    known(keeping, User("dang", ARCHIVIST, "综合部", "档案员", ("档案员",)))
    run(keeping, "archive", "import", folder, "--as", "dang")
    (entry,) = run(keeping, "archive", "accessions")["accessions"]
    assert entry["received_by"] == ARCHIVIST
    with keeping.workplace.register.write.begin() as session:
        set_enabled(session, "dang", is_enabled=False, reason="离职", by="feng", at=keeping.now)
    for name in ("dang", ARCHIVIST):
        refused = run(keeping, "archive", "import", folder, "--as", name, code=1)
        assert "停用" in refused["error"]["message"]


def test_a_countersigned_original_is_filed_by_a_clerk_or_an_archivist(
    keeping: Keeping, tmp_path: Path
) -> None:
    contract = Contract(keeping, "XSDD-1")
    scan = tmp_path / "签署件.pdf"
    scan.write_bytes(a_scan(contract.ticket, None))
    words = ("contracts", "countersigned", contract.number)
    assert "路人" in run(keeping, *words, scan, "--as", "路人", code=1)["error"]["message"]
    assert "countersigned" not in contract.record().description
    run(keeping, *words, scan, "--as", "签小收")
    run(keeping, *words, "--signed-on", "2026-03-10", "--as", ARCHIVIST)
    assert contract.record().description["countersigned"]["signed_on"] == "2026-03-10"


def test_rules_of_an_older_version_name_neither_clerks_nor_accounts(
    keeping: Keeping, folder: Path
) -> None:
    rules = keeping.workplace.home.rules / "retention.toml"
    lines = rules.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("clerks =", "accounts ="))]
    assert len(kept) == len(lines) - 2
    rules.write_text("\n".join(kept), "utf-8")
    run(keeping, "archive", "import", folder, code=1)
    run(keeping, "archive", "import", folder, "--as", ARCHIVIST)
