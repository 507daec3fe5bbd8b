"""What was changed in the register by hand is found beside what stands on the shelf."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest
from keepers import LEGAL, Keeping, Line

from archive.directory import ADMINISTRATOR, User
from archive.retention import Trigger
from pipeline.freezing import Freeze, chosen, place
from pipeline.peopleacts import put_user

TAMPERED = {
    "a number voided": (
        "UPDATE numbers SET voided_at = '2026-03-16 02:00:00', void_reason = 'x' WHERE id = 1",
        "作废登记",
    ),
    "a hold's dossier forgotten": ("DELETE FROM hold_targets", "冻结"),
    "a hold released": ("UPDATE hold_targets SET released_at = '2026-03-16 02:00:00'", "冻结"),
    "a hold forgotten": ("DELETE FROM holds", "冻结"),
    "a term ended early": ("UPDATE terms SET expires_on = '2026-01-01'", "保管期限台账"),
    "a term shortened": ("UPDATE terms SET period = 'D10'", "保管期限台账"),
}


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


@pytest.mark.parametrize("what", TAMPERED)
def test_a_row_changed_by_hand_is_found(keeping: Keeping, line: Line, what: str) -> None:
    statement, said = TAMPERED[what]
    code = keeping.contract("S-1")
    keeping.date(code, Trigger.ENDED, "2026-03-16")
    wish = Freeze("诉讼", "供应商起诉", "", date(2041, 1, 1), LEGAL)
    place(keeping.workplace, wish, *chosen(keeping.workplace, query=None, names=[code]))
    assert line("archive", "verify")["damaged"] == []

    database = sqlite3.connect(keeping.workplace.home.database)
    with database:
        database.execute(statement)
    database.close()

    found = line("archive", "verify", code=4)["damaged"]
    assert [each for each in found if said in each["problem"]], found


def test_a_cut_history_of_the_directory_is_found(keeping: Keeping, line: Line) -> None:
    keeping.contract("S-1")
    for login, roles in (("feng", (ADMINISTRATOR,)), ("lin", ("起草",))):
        put_user(keeping.workplace, User(login, login, "综合部", "职员", roles), by="feng")
    history = keeping.workplace.home.people / "history.jsonl"
    whole = history.read_bytes()
    assert line("audit", "verify")["ok"]

    for broken in (whole.splitlines(keepends=True)[0], b"", whole.replace(b"lin", b"lan")):
        history.write_bytes(broken)
        (found,) = line("audit", "verify", code=4)["damaged"]
        assert found["place"] == "people/history.jsonl"
    history.unlink()
    assert line("audit", "verify", code=4)["damaged"]


def test_people_cut_from_the_register_before_any_filing_are_found(
    keeping: Keeping, line: Line
) -> None:
    """No journal tells of them yet: the kept history does."""
    for day, login in enumerate(("feng", "lin", "zhou"), start=1):
        keeping.at(f"2026-03-0{day}")
        roles = (ADMINISTRATOR,) if login == "feng" else ("起草",)
        put_user(keeping.workplace, User(login, login, "综合部", "职员", roles), by="feng")
    assert line("audit", "verify")["ok"]

    for left, code in ((2, 0), (1, 4), (0, 4)):
        database = sqlite3.connect(keeping.workplace.home.database)
        with database:
            for (trigger,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
            ).fetchall():
                database.execute(f"DROP TRIGGER {trigger}")
            database.execute("DELETE FROM events WHERE chain = '/人员名录' AND seq > ?", (left,))
        database.close()
        damaged = line("audit", "verify", code=code)["damaged"]
        assert [each["place"] for each in damaged] == ["people/history.jsonl"] * (code == 4)
