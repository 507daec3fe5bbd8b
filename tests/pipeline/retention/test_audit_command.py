"""The history of a home proved on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import Keeping

from archive.directory import User
from pipeline.cli import main
from pipeline.peopleacts import put_user


def ran(keeping: Keeping, *words: str, code: int = 0) -> dict[str, Any]:
    root = str(keeping.workplace.home.root)
    done = CliRunner().invoke(main, ["--home", root, "audit", *words, "--json"])
    assert done.exit_code == code, done.output
    content: dict[str, Any] = json.loads(done.output)
    return content


@pytest.mark.requirement_part("F-207")
def test_a_home_proves_its_history_and_a_digest_noted_elsewhere(keeping: Keeping) -> None:
    keeping.contract("XSDD-1")
    noted = ran(keeping, "head")
    keeping.contract("XSDD-2")

    whole = ran(keeping, "verify", "--head", noted["head"])
    assert (whole["ok"], whole["dossiers"], whole["links"]) == (True, 2, 3)
    assert noted["seq"] == 2

    other = ran(keeping, "verify", "--head", "a" * 64, code=4)
    assert [one["kind"] for one in other["damaged"]] == ["truncated"]


def test_a_changed_event_is_told_with_its_place_and_exits_4(keeping: Keeping) -> None:
    keeping.contract("XSDD-1")
    store = keeping.workplace.store
    path = next(store.objects())
    file = store.physical(path, "events.jsonl")
    file.chmod(0o644)
    file.write_text(file.read_text("utf-8").replace('"actor": "guidang"', '"actor": "x"', 1))

    damaged = ran(keeping, "verify", code=4)["damaged"]

    assert all(one["place"].startswith(path) for one in damaged)
    assert any("第 1 条" in one["problem"] for one in damaged)


def test_a_home_without_a_journal_is_told_how_to_begin_one(keeping: Keeping) -> None:
    assert ran(keeping, "head", code=1)["error"]["code"] == "journal-missing"
    keeping.contract("XSDD-1")
    for file in keeping.workplace.store.journal.files():
        file.unlink()
    assert "guidang audit begin" in ran(keeping, "verify", code=4)["damaged"][0]["problem"]

    assert ran(keeping, "begin") == {"ok": True, "begun": True, "links": 2}
    assert ran(keeping, "begin") == {"ok": True, "begun": False, "links": 2}
    assert ran(keeping, "verify")["ok"]


def test_a_change_of_the_directory_is_witnessed_with_the_act(keeping: Keeping) -> None:
    keeping.contract("XSDD-1")
    put_user(
        keeping.workplace, User("admin", "吴管理", "行政部", "主管", ("系统管理员",)), by="admin"
    )
    last = keeping.workplace.store.journal.last()
    assert last is not None
    assert (last.entry.told, last.entry.version) == ("chain", 1)
    assert ran(keeping, "verify")["links"] == 3
