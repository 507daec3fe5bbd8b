"""What a register alone told is not gone without a word when it is built anew."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from keepers import Keeping, Line
from sqlalchemy import select

from archive import events
from archive.instruments import Instrument
from pipeline.unrestored import acts_not_restored


@pytest.fixture
def line(keeping: Keeping) -> Line:
    keeping.contract("S-1")
    keeping.contract("S-2")
    return Line(keeping.workplace.home.root)


def by_action(keeping: Keeping) -> Counter[str]:
    with contextlib.closing(sqlite3.connect(keeping.workplace.home.database)) as register:
        return Counter(action for (action,) in register.execute("SELECT action FROM events"))


def copy_handed_out(keeping: Keeping, order_no: str) -> None:
    """Tell of a copy, which no version of the dossier carries."""
    with keeping.workplace.register.write.begin() as session:
        paper = session.scalars(select(Instrument).where(Instrument.order_no == order_no)).one()
        events.append(
            session,
            chain=paper.chain,
            at=keeping.now,
            actor="孙示例",
            action="contract:copied",
            subject="0" * 64,
            details={"number": paper.number, "as": "副本", "source_sha256": "0" * 64},
        )


def test_a_rebuild_says_of_every_kind_how_many_acts_did_not_come_back(
    keeping: Keeping, line: Line
) -> None:
    for order_no in ("S-1", "S-2", "S-2"):
        copy_handed_out(keeping, order_no)
    before = by_action(keeping)

    rebuilt = line("archive", "rebuild", "--replace")

    assert rebuilt["not_restored"] == {"contract:copied": 3}
    assert Counter(rebuilt["not_restored"]) + by_action(keeping) == before
    kept = keeping.workplace.home.root / rebuilt["kept"]
    assert kept.is_file()
    again = line("archive", "rebuild", "--replace")
    assert (again["not_restored"], by_action(keeping)) == (
        {},
        before - Counter({"contract:copied": 3}),
    )


def test_people_read_what_did_not_come_back_and_where_it_stands(
    keeping: Keeping, line: Line
) -> None:
    copy_handed_out(keeping, "S-1")
    told = line.text("archive", "rebuild", "--replace")
    assert "1 条过程只在原登记库中" in told
    assert "合同制作副本 1 条" in told
    assert "guidang.db." in told
    assert "只在原登记库中" not in line.text("archive", "rebuild", "--replace")


def test_a_register_that_cannot_be_read_is_told(keeping: Keeping, line: Line) -> None:
    home = keeping.workplace.home
    keeping.workplace.register.engine.dispose()
    for leftover in home.root.glob("guidang.db-*"):
        leftover.unlink()
    home.database.write_bytes(b"no register " * 400)
    assert line("archive", "rebuild", "--replace")["not_restored"] is None


def test_without_an_earlier_register_nothing_is_missed(keeping: Keeping, line: Line) -> None:
    home = keeping.workplace.home
    keeping.workplace.register.engine.dispose()
    for leftover in home.root.glob("guidang.db*"):
        leftover.unlink()
    rebuilt = line("archive", "rebuild")
    assert (rebuilt["not_restored"], rebuilt["kept"]) == ({}, None)


def test_a_register_beside_itself_misses_nothing(keeping: Keeping, tmp_path: Path) -> None:
    keeping.contract("S-1")
    with keeping.workplace.register.read.begin() as session:
        assert acts_not_restored(session, keeping.workplace.home.database) == {}
        assert acts_not_restored(session, tmp_path / "none.db") is None
