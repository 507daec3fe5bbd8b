from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import numbering
from archive.db import Register
from archive.numbering import Number

WORKERS, EACH = 8, 40


@pytest.fixture
def crowded(register: Register) -> Register:
    script = Path(__file__).with_name("numbering_worker.py")
    started = [
        subprocess.Popen(
            [sys.executable, script, str(register.engine.url.database), f"worker {n}", str(EACH)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(WORKERS)
    ]
    said = [process.communicate(timeout=300)[0] for process in started]
    assert [process.returncode for process in started] == [0] * WORKERS
    assert sum(map(int, said)) > 0, "nobody died: the test proves nothing"
    return register


def test_processes_that_die_and_roll_back_leave_neither_gap_nor_double(crowded: Register) -> None:
    with crowded.read.begin() as session:
        assert numbering.gaps(session) == []
        numbers = session.scalars(select(Number)).all()
    assert sorted(number.value for number in numbers) == list(range(1, len(numbers) + 1))
    assert len({number.text for number in numbers}) == len(numbers)
    assert len({number.holder for number in numbers}) == len(numbers) > WORKERS * EACH * 0.8
