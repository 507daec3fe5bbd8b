from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from archive import events, numbering
from archive.db import Base, Register
from archive.numbergaps import gaps
from archive.rulesets import packaged
from archive.upgrading import is_current, upgrade

AT = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
PARTS = {"company": "GD", "type": "FW"}


def test_the_server_has_the_tables_of_the_rows(register: Register) -> None:
    assert is_current(register)
    upgrade(register)
    with register.read.begin() as session:
        found = inspect(session.connection())
        assert set(Base.metadata.tables) <= set(found.get_table_names())
        for name, table in Base.metadata.tables.items():
            assert {column["name"] for column in found.get_columns(name)} == set(
                table.columns.keys()
            )


def test_a_number_is_taken_held_and_given_up_as_everywhere(register: Register) -> None:
    rule = numbering.NumberingRules.load(packaged("numbering"))["contract"]
    with register.write.begin() as session:
        first = numbering.take(session, rule, year=2027, holder="a", at=AT, parts=PARTS)
        again = numbering.take(session, rule, year=2027, holder="a", at=AT, parts=PARTS)
        assert first is again
        assert (first.text, first.taken_at) == ("GD-HT-2027-FW-0001", AT)
        numbering.void_number(session, first.text, reason="有误", at=AT)
    with register.write.begin() as session:
        second = numbering.take(session, rule, year=2027, holder="b", at=AT, parts=PARTS)
        assert second.text == "GD-HT-2027-FW-0002"
    with register.read.begin() as session:
        assert gaps(session) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM numbers",
        "TRUNCATE numbers",
        "UPDATE numbers SET text = 'X' WHERE value = 1",
        "UPDATE numbers SET voided_at = NULL, void_reason = NULL WHERE value = 2",
        "UPDATE numbers SET void_reason = 'nicer' WHERE value = 2",
        "UPDATE counters SET last = 0",
        "DELETE FROM counters",
        "TRUNCATE counters",
        "UPDATE events SET actor = 'someone else'",
        "DELETE FROM events",
        "TRUNCATE events",
        "INSERT INTO events SELECT id + 9, chain, seq + 7, at, actor, action, subject, details, hash, 'x' FROM events",  # noqa: E501
    ],
)
def test_the_server_keeps_history_and_ledger_from_change(
    register: Register, statement: str
) -> None:
    rule = numbering.NumberingRules.load(packaged("numbering"))["contract"]
    with register.write.begin() as session:
        for holder in ("a", "b"):
            numbering.take(session, rule, year=2026, holder=holder, at=AT, parts=PARTS)
        numbering.void_number(session, "GD-HT-2026-FW-0002", reason="有误", at=AT)
        events.append(session, chain="A", at=AT, actor="x", action="a:b", subject="s", details={})
    refusal = r"once|never|only grow|follows the last"
    with pytest.raises(DBAPIError, match=refusal), register.write.begin() as session:
        session.execute(text(statement))
