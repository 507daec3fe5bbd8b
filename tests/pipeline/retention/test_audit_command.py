"""The history of a home proved on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from keepers import ARCHIVIST, LEGAL, Keeping, Line

from archive.directory import User
from archive.errors import JournalDamaged, JournalMissing
from pipeline.auditing import journal_problem
from pipeline.beginning import assert_safe_to_file
from pipeline.cli import main
from pipeline.diagnosing import diagnose
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


TWO = ("--as", ARCHIVIST, "--second", LEGAL, "--reason", "磁盘故障，备份中也没有")


def lose_the_journal(keeping: Keeping) -> None:
    for file in keeping.workplace.store.journal.files():
        file.unlink()


def test_a_home_in_which_nothing_was_filed_needs_no_journal(keeping: Keeping) -> None:
    assert ran(keeping, "head", code=1)["error"]["code"] == "nothing-filed"
    assert "尚未归档" in ran(keeping, "begin", *TWO, code=1)["error"]["message"]
    assert_safe_to_file(keeping.workplace)


@pytest.mark.requirement_part("F-207")
def test_a_home_whose_journal_was_lost_files_nothing_until_two_people_began_it_anew(
    keeping: Keeping,
) -> None:
    code = keeping.contract("XSDD-1")
    lose_the_journal(keeping)

    assert "guidang audit begin" in ran(keeping, "verify", code=4)["damaged"][0]["problem"]
    assert ran(keeping, "head", code=4)["error"]["code"] == "journal-missing"
    with pytest.raises(JournalMissing, match="已停止归档"):
        assert_safe_to_file(keeping.workplace)
    with pytest.raises(JournalMissing):
        keeping.contract("XSDD-2")
    line = Line(keeping.workplace.home.root)
    held = ("--matter", "诉讼", "--reason", "争议", "--as", LEGAL, code)
    assert line("holds", "place", *held, code=4)["error"]["code"] == "journal-missing"
    (looked,) = [each for each in diagnose(keeping.workplace) if each.name == "总账"]
    assert (looked.ok, "已停止归档" in looked.detail) == (False, True)
    assert "总账" in (journal_problem(keeping.workplace) or "")

    assert ran(keeping, "begin", *TWO) == {"ok": True, "links": 2, "set_aside": []}

    whole = ran(keeping, "verify")
    assert (whole["ok"], whole["links"]) == (True, 2)
    assert whole["begun"]["why"].startswith(f"{ARCHIVIST}、{LEGAL}：磁盘故障，备份中也没有（")
    assert_safe_to_file(keeping.workplace)
    (looked,) = [each for each in diagnose(keeping.workplace) if each.name == "总账"]
    assert (looked.ok, f"另立：{ARCHIVIST}、{LEGAL}" in looked.detail) == (True, True)
    keeping.contract("XSDD-3")
    assert ran(keeping, "verify")["links"] == 3


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("--as", LEGAL, "--second", LEGAL, "--reason", "坏"), "不是档案员"),
        (("--as", ARCHIVIST, "--second", ARCHIVIST, "--reason", "坏"), "不是法定代表人或法务"),
        (("--as", ARCHIVIST, "--second", LEGAL, "--reason", " "), "写明原因"),
        (TWO, "总账完好"),
    ],
)
def test_who_may_not_or_need_not_begin_a_journal_is_refused(
    keeping: Keeping, said: tuple[str, ...], why: str
) -> None:
    keeping.contract("XSDD-1")
    before = [file.read_bytes() for file in keeping.workplace.store.journal.files()]
    assert why in ran(keeping, "begin", *said, code=1)["error"]["message"]
    assert [file.read_bytes() for file in keeping.workplace.store.journal.files()] == before


def test_one_person_in_two_roles_does_not_begin_a_journal_alone(keeping: Keeping) -> None:
    keeping.contract("XSDD-1")
    lose_the_journal(keeping)
    rules = keeping.workplace.home.rules / "retention.toml"
    rules.write_text(rules.read_text("utf-8").replace(f'"{LEGAL}"', f'"{ARCHIVIST}"'), "utf-8")
    said = ("--as", ARCHIVIST, "--second", ARCHIVIST, "--reason", "坏")
    assert "同一人" in ran(keeping, "begin", *said, code=1)["error"]["message"]


def test_an_end_of_the_journal_that_was_cut_off_cleanly_is_missed_at_the_next_start(
    keeping: Keeping,
) -> None:
    for number in (1, 2, 3):
        keeping.contract(f"XSDD-{number}")
    (file,) = keeping.workplace.store.journal.files()
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(JournalDamaged, match="末尾缺失"):
        assert_safe_to_file(keeping.workplace)

    assert ran(keeping, "begin", *TWO)["set_aside"] == [f"{file.stem}.aside-1.jsonl"]
    assert ran(keeping, "verify")["links"] == 4


def test_an_archive_taken_away_whole_is_not_begun_as_if_nothing_had_been_there(
    keeping: Keeping,
) -> None:
    keeping.contract("XSDD-1")
    keeping.workplace.store.root.rename(keeping.workplace.home.root / "away")
    keeping.workplace.store.root.mkdir()
    with pytest.raises(JournalMissing):
        assert_safe_to_file(keeping.workplace)


def test_people_may_still_be_changed_while_the_journal_is_lost_and_are_told_later(
    keeping: Keeping,
) -> None:
    keeping.contract("XSDD-1")
    lose_the_journal(keeping)
    put_user(
        keeping.workplace, User("admin", "吴管理", "行政部", "主管", ("系统管理员",)), by="admin"
    )
    assert ran(keeping, "begin", *TWO)["links"] == 3
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
