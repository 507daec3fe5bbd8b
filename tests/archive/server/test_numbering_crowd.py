from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.db import Register, open_register
from archive.numbergaps import gaps
from archive.numbering import Number
from archive.upgrading import upgrade

WORKERS, EACH = 32, 12


def _file(folder: Path) -> str:
    return str(folder / "guidang.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where an empty register is to be: a file, or a database of the server."""
    if request.param == "sqlite":
        return _file(tmp_path)
    return str(request.getfixturevalue("address"))


@pytest.fixture
def crowded(place: str) -> Register:
    register = open_register(place if "://" in place else Path(place))
    upgrade(register)
    script = Path(__file__).with_name("numbering_worker.py")
    started = [
        subprocess.Popen(
            [sys.executable, script, place, f"worker {n}", str(EACH)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(WORKERS)
    ]
    said = [process.communicate(timeout=300)[0] for process in started]
    assert [process.returncode for process in started] == [0] * WORKERS
    assert sum(map(int, said)) >= WORKERS / 2, "hardly anybody died: the test proves nothing"
    return register


def test_processes_that_die_and_roll_back_leave_neither_gap_nor_double(crowded: Register) -> None:
    with crowded.read.begin() as session:
        assert gaps(session) == []
        numbers = session.scalars(select(Number)).all()
    crowded.engine.dispose()
    crowded.read.kw["bind"].dispose()
    assert sorted(number.value for number in numbers) == list(range(1, len(numbers) + 1))
    assert len({number.text for number in numbers}) == len(numbers)
    assert len({number.holder for number in numbers}) == len(numbers) > WORKERS * EACH * 0.8
