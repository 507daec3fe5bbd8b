"""What is filed and not in the index yet is told beside every answer, to those who may know."""

from __future__ import annotations

import pytest
from keepers import Keeping, Line
from sqlalchemy import update

from archive.outbox import OutboxEntry
from index.access import EVERYTHING
from pipeline.backlog import unfound
from pipeline.diagnosing import diagnose
from pipeline.workerlock import WorkerLock

ACCESS = """
[people."林晓舟"]
roles = ["业务人员"]
department = "别的部门"
"""


@pytest.fixture
def line(keeping: Keeping) -> Line:
    return Line(keeping.workplace.home.root)


def test_what_is_filed_is_found_where_nobody_works(keeping: Keeping, line: Line) -> None:
    keeping.contract("S-1")
    found = line("search", "S-1")
    assert (found["total"], "notice" in found) == (1, False)
    assert unfound(keeping.workplace, EVERYTHING) == 0


def test_an_answer_says_what_it_could_not_look_through(keeping: Keeping, line: Line) -> None:
    keeping.contract("S-1")
    told = next(each for each in diagnose(keeping.workplace) if each.name == "索引")
    assert not told.ok
    assert "检索不完整" in told.detail
    with WorkerLock(keeping.workplace.home.worker_lock):
        found = line("search", "没有这个词", code=3)
        assert (found["total"], found["not_indexed"]) == (0, 1)
        assert "1 件已归档而索引尚未更新，本次结果不完整" in found["notice"]
        assert "索引尚未更新" in line("searches", "list")["notice"]

    whole = line("search", "没有这个词")
    assert (whole["total"], "not_indexed" in whole, "notice" in whole) == (0, False, False)


def test_what_a_person_may_not_know_of_is_not_counted(keeping: Keeping, line: Line) -> None:
    rules = keeping.workplace.home.rules / "access.toml"
    rules.write_text(rules.read_text("utf-8") + ACCESS, "utf-8")
    keeping.contract("S-1")
    with WorkerLock(keeping.workplace.home.worker_lock):
        found = line("search", "没有这个词", "--as", "林晓舟")
        assert (found["total"], "not_indexed" in found) == (0, False)


def test_a_worker_at_work_is_given_a_moment(keeping: Keeping) -> None:
    keeping.contract("S-1")

    def brought_in(_seconds: float) -> None:
        with keeping.workplace.register.write.begin() as session:
            session.execute(update(OutboxEntry).values(applied_at=keeping.now))

    with WorkerLock(keeping.workplace.home.worker_lock):
        assert unfound(keeping.workplace, EVERYTHING, sleep=brought_in) == 0


def test_a_register_that_cannot_be_read_is_told_and_the_index_answers(
    keeping: Keeping, line: Line
) -> None:
    keeping.contract("S-1")
    assert line("search", "S-1")["total"] == 1
    database = keeping.workplace.home.database
    keeping.workplace.register.engine.dispose()
    for beside in database.parent.glob(f"{database.name}-*"):
        beside.unlink()
    database.write_bytes(b"no register at all" * 99)

    found = line("search", "S-1", code=3)

    assert (found["total"], found["not_indexed"]) == (1, None)
    assert "无从核对索引是否齐全" in found["notice"]
