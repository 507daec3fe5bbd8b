"""Visible: how long after its register commit a filed document is found, on every engine.

    .venv/bin/python tests/benchmarks/visible.py [DOSSIERS] [--engines NAME,…] [--filed N]

A home of so many dossiers (10,000). Each document is taken out of the index and queued again, as
filing queues it; from the moment that commit has returned until a reader that was open before
finds it: the outbox read, the text read from its shelf, the index committed and made durable, the
reader's view renewed. On the wall clock, median and slowest twentieth, and the CPU of it, which
other work on the machine disturbs less; the service's own look round is not in it (latency.py).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from postgres import running_server
from sqlalchemy import select
from synthetic import Pattern, filed_pattern, fill

from archive.dossiers import Record
from archive.outbox import OutboxEntry
from archive.rebuilding import rebuild
from index.library import Library, Question
from index.opening import ENGINES, open_library
from index.opening import rebuild as build_index
from pipeline.founding import found
from pipeline.indexer import Indexer
from pipeline.indexing import all_records
from pipeline.wiring import Workplace


def main() -> None:
    """Measure each engine over the same dossiers and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dossiers", nargs="?", type=int, default=10_000)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--filed", type=int, default=40)
    asked = parser.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="guidang-visible-")))
        root = home_of(place, filed_pattern(place), asked.dossiers)
        print(f"{asked.dossiers} dossiers, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for engine in asked.engines.split(","):
            server = None
            if engine == "postgres":
                folder = stack.enter_context(running_server(durable=True))
                server = f"host={folder} user=postgres dbname=postgres"
                with (root / "guidang.toml").open("a", encoding="utf-8") as settings:
                    settings.write(f'\n[index]\nserver = "{server}"\n')
            walls, cpus = map(sorted, zip(*measure(root, engine, server, asked.filed), strict=True))
            late, cpu = walls[int(0.95 * len(walls))], statistics.median(cpus)
            said = f"median {statistics.median(walls):.0f} ms, p95 {late:.0f} ms"
            print(f"  {engine:9} {said}, of that {cpu:.0f} ms of CPU", flush=True)


def home_of(place: Path, pattern: Pattern, count: int) -> Path:
    """Return a home with so many dossiers, known to its register."""
    root = found(place / "home", sample=True).home.root
    workplace = Workplace(root)
    fill(workplace.store, pattern, count)
    with workplace.register.write.begin() as session:
        rebuild(session, workplace.store)
    workplace.close()
    return root


def measure(root: Path, engine: str, server: str | None, filed: int) -> list[tuple[float, float]]:
    """Return for each of so many documents the milliseconds from its commit until it is found.

    On the wall clock, and of this process's CPU.
    """
    workplace = Workplace(root)
    build_index(workplace.home.index, all_records(workplace), 0, engine=engine, server=server)
    reader = open_library(workplace.home.index, create=False, server=server)
    indexer = Indexer(workplace, lambda: None)
    with workplace.register.read.begin() as session:
        codes = session.scalars(select(Record.reference_code).limit(filed)).all()
    while indexer.turn(force=True):
        pass
    times = []
    for code in codes:
        queue(workplace, code, "remove")
        indexer.turn(force=True)
        if is_found(reader, code):
            sys.exit(f"{code} was removed and is still found")
        queue(workplace, code, "put")
        begun, cpu = time.perf_counter(), time.process_time()
        indexer.turn(force=True)
        if not is_found(reader, code):
            sys.exit(f"{code} was put and is not found")
        took = time.perf_counter() - begun, time.process_time() - cpu
        times.append((took[0] * 1000, took[1] * 1000))
    workplace.close()
    return times


def queue(workplace: Workplace, code: str, action: str) -> None:
    """Commit what the index must be told, as filing does."""
    with workplace.register.write.begin() as session:
        session.add(OutboxEntry(reference_code=code, action=action, queued_at=workplace.clock()))


def is_found(reader: Library, code: str) -> bool:
    """Say whether a reader finds a document by its code."""
    return reader.search(Question(f'档号:"{code}"', {})).total == 1


if __name__ == "__main__":
    main()
