"""Index state: whether the index says all that the register knows."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import func, select

from archive.dossiers import Record
from index.errors import IndexDamaged
from index.library import Library, Question
from index.opening import engine_of
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
    slowest_ms: int = 0
    advice: str | None = None


_MANY_RECORDS, _SLOW_MS = 20_000, 150
"""Past either, Whoosh answers slower than people like to wait; measured, see index/README.md."""
_PROBES = ("合同", "有限公司", "违约责任", "年度:2020..2030 验收")


def index_state(workplace: Workplace) -> IndexState:
    """Return how the index stands beside the register."""
    with workplace.register.read.begin() as session:
        registered = session.scalars(select(func.count(Record.id))).one()
        waiting = pending(session)
    try:
        status = workplace.library.status()
    except IndexDamaged as error:
        problem = f"索引不可用：{error}；运行 guidang index rebuild 重建"
        engine = engine_of(workplace.home.index)
        return IndexState(engine, 0, registered, waiting, 0, "", 0, problem)
    slowest = _slowest_ms(workplace.library)
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
        slowest_ms=slowest,
        advice=_advice(status.engine, status.records, slowest),
    )


def _slowest_ms(library: Library) -> int:
    """Return how long the slowest of some common questions takes, in milliseconds, warm."""
    slowest = 0.0
    for probe in _PROBES:
        library.search(Question(probe, {}))
        begun = time.perf_counter()
        library.search(Question(probe, {}))
        slowest = max(slowest, time.perf_counter() - begun)
    return round(slowest * 1000)


def _advice(engine: str, records: int, slowest_ms: int) -> str | None:
    """Say whether it is time to move to an engine for more."""
    if engine != "whoosh" or (records <= _MANY_RECORDS and slowest_ms <= _SLOW_MS):
        return None
    return (
        f"已有 {records} 件，常见检索最慢 {slowest_ms} 毫秒；"
        "宜改用 tantivy：运行 guidang index switch tantivy（检索不中断）"
    )
