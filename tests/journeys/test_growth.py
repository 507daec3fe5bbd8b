"""What every turn asks of the register is answered by an index, however much is filed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from archive.db import Base
from pipeline import samplepapers
from pipeline.commands.progress import SilentProgress
from pipeline.founding import found
from pipeline.knowing import ALL
from pipeline.listing import list_instruments, show_instrument
from pipeline.naming import find_instrument
from pipeline.wiring import Workplace
from pipeline.worker import Worker

GROWING = {*Base.metadata.tables} - {"seal_changes", "counters"}
"""Every table but those that grow with the seals and with the years."""

WAITING = "SCAN outbox USING INDEX ix_outbox_waiting"
"""An index over what waits alone is read whole, and is as short as the queue."""


COARSE = {"seal_code", "action", "kind", "series", "year", "role", "retention", "fonds"}
"""Columns that say the same of thousands: an index by these alone is as long as the table."""


class Heard:
    """The statements sent to any register while it listens, each with one of its parameters."""

    def __init__(self) -> None:
        self.statements: dict[str, Any] = {}
        self.listens = False

    def __call__(self, *asked: Any) -> None:
        _connection, _cursor, statement, parameters, _context, is_many = asked
        if self.listens:
            self.statements.setdefault(statement, parameters[0] if is_many else parameters)

    def scans(self, database: Path) -> list[tuple[str, str]]:
        """Return what reads a growing table from end to end, or as good as, and its statement."""
        found = []
        with sqlite3.connect(database) as connection:
            for statement, parameters in self.statements.items():
                if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
                    continue
                plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found += [
                    (detail, statement)
                    for *_ids, detail in plan
                    if detail != WAITING and is_long(detail)
                ]
        connection.close()
        return found


def is_long(detail: str) -> bool:
    """Return whether a line of a plan says that a growing table, or most of it, is read."""
    act, _, rest = detail.partition(" ")
    if act not in {"SCAN", "SEARCH"} or rest.split()[0] not in GROWING:
        return False
    by = set(re.findall(r"(\w+)[=<>]", rest))
    return act == "SCAN" or by <= COARSE


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Return what is told of every statement."""
    heard = Heard()
    event.listen(Engine, "before_cursor_execute", heard)
    yield heard
    event.remove(Engine, "before_cursor_execute", heard)


def test_no_step_of_the_way_reads_a_table_that_grows_from_end_to_end(
    tmp_path: Path,
    order: Callable[..., Any],
    acceptance: Callable[..., Any],
    heard: Heard,
) -> None:
    home = found(tmp_path / "home", sample=True).home
    workplace = Workplace(home.root)
    papers = (order(1), order(2), acceptance(2), samplepapers.sample_change(2))
    for number, paper in enumerate(papers):
        (home.inbox / f"{number}.json").write_text(json.dumps(paper, ensure_ascii=False), "utf-8")

    def begun(step: str, _paper: object) -> None:
        heard.listens = heard.listens or step == "claimed"

    tally = Worker(workplace, SilentProgress(), after_step=begun).run(until_idle=True)
    with workplace.register.read.begin() as session:
        for asked in ({}, {"state": "filed"}, {"kind": "change"}):
            said = {"state": None, "kind": None, "text": None, "limit": 10, "known": ALL} | asked
            shown = list_instruments(session, **said)
        for name in (shown[0]["contract_number"], shown[0]["reference_code"], "XSDD-2026-0001"):
            instrument = find_instrument(session, name)
            assert instrument is not None
            show_instrument(session, home, instrument, ALL)
    workplace.close()

    assert tally.filed == 4
    assert len(heard.statements) > 50
    scans = heard.scans(home.database)
    # the newest of all or of a kind, in the order of the rows, and no further than the page
    pages = [plan for plan, asked in scans if "ORDER BY instruments.id DESC" in asked]
    assert {plan.split("(")[0].strip() for plan in pages} <= {
        "SCAN instruments",
        "SEARCH instruments USING INDEX ix_instruments_kind",
    }
    assert [each for each in scans if each[0] not in pages] == []
