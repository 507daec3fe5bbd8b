"""Numbers a second: writers side by side on one series, each number in a durable transaction.

    .venv/bin/python tests/benchmarks/numbering.py [NUMBERS]

Beside it, in turn on the same disk and server, what one would write first: the highest number
so far plus one, tried again whenever another writer was faster. Prints gaps and doubles of both.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from postgres import ServerMissing, empty_database, running_server
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from archive import numbering
from archive.db import open_register
from archive.numbergaps import gaps
from archive.rulesets import packaged
from archive.upgrading import upgrade

WRITERS, ROUNDS = 8, 5
AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
PARTS = {"company": "GD", "type": "FW"}


def ours(address: str, name: str, count: int, start: Barrier) -> None:
    rule = numbering.NumberingRules.load(packaged("numbering"))["contract"]
    register = open_register(address if "://" in address else Path(address))
    register.engine.connect().close()
    start.wait()
    for place in range(count):
        with register.write.begin() as session:
            numbering.take(session, rule, year=2026, holder=f"{name}:{place}", at=AT, parts=PARTS)


def first_idea(address: str, name: str, count: int, start: Barrier) -> None:
    engine = create_engine(
        address if "://" in address else f"sqlite:///{address}",
        **({} if "://" in address else {"connect_args": {"timeout": 60}}),
    )
    engine.connect().close()
    start.wait()
    for place in range(count):
        while True:
            try:
                with engine.begin() as connection:
                    highest = connection.scalar(text("SELECT MAX(value) FROM naive")) or 0
                    connection.execute(
                        text("INSERT INTO naive VALUES (:value, :holder)"),
                        {"value": highest + 1, "holder": f"{name}:{place}"},
                    )
                break
            except (IntegrityError, OperationalError):
                continue


def prepared(address: str) -> None:
    register = open_register(address if "://" in address else Path(address))
    upgrade(register)
    with register.engine.begin() as connection:
        connection.execute(text("CREATE TABLE naive (value INTEGER PRIMARY KEY, holder TEXT)"))


def numbers_a_second(
    way: Callable[[str, str, int, Barrier], None], address: str, each: int, round_: int
) -> float:
    start = multiprocessing.Barrier(WRITERS + 1)
    crowd = [
        multiprocessing.Process(target=way, args=(address, f"{round_}.{n}", each, start))
        for n in range(WRITERS)
    ]
    for process in crowd:
        process.start()
    start.wait()
    began = time.perf_counter()
    for process in crowd:
        process.join()
    return WRITERS * each / (time.perf_counter() - began)


def measure(where: str, address: str, each: int) -> None:
    prepared(address)
    rates: dict[str, list[float]] = {"guidang": [], "max()+1": []}
    for round_ in range(ROUNDS):
        rates["guidang"].append(numbers_a_second(ours, address, each, round_))
        rates["max()+1"].append(numbers_a_second(first_idea, address, each, round_))
    register = open_register(address if "://" in address else Path(address))
    with register.read.begin() as session:
        holes = len(gaps(session))
    told = "　".join(
        f"{name} {statistics.median(found):.0f} ({min(found):.0f}-{max(found):.0f})"
        for name, found in rates.items()
    )
    print(f"{where}: numbers a second, {WRITERS} writers: {told}; gaps {holes}")


def main() -> None:
    each = int(sys.argv[1] if len(sys.argv) > 1 else "400") // WRITERS
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        measure("SQLite", str(Path(folder) / "register.db"), each)
    try:
        with running_server(durable=True) as server, empty_database(server, "numbers") as address:
            measure("PostgreSQL", address, each)
    except ServerMissing:
        print("PostgreSQL: not installed (Debian: postgresql), left out")


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
