"""Index state: whether the index says all that the register knows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from archive.dossiers import Record
from index.errors import IndexDamaged
from pipeline.indexing import pending
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class IndexState:
    """Index beside register; `problem` is Chinese, None where all is well."""

    engine: str
    records: int
    register_records: int
    pending: int
    applied: int
    analyzer: str
    bytes: int
    problem: str | None


def index_state(workplace: Workplace) -> IndexState:
    """Return how the index stands beside the register."""
    with workplace.register.read.begin() as session:
        registered = session.scalars(select(func.count(Record.id))).one()
        waiting = pending(session)
    try:
        status = workplace.library.status()
    except IndexDamaged as error:
        problem = f"索引不可用：{error}；运行 guidang index rebuild 重建"
        return IndexState("whoosh", 0, registered, waiting, 0, "", 0, problem)
    difference: str | None = None
    if not waiting and status.records != registered:
        difference = (
            f"索引 {status.records} 件，登记 {registered} 件，不相符；"
            "运行 guidang index rebuild 重建"
        )
    return IndexState(
        engine=status.engine,
        records=status.records,
        register_records=registered,
        pending=waiting,
        applied=status.applied,
        analyzer=status.analyzer,
        bytes=status.bytes,
        problem=difference,
    )
