"""The register at 100,000 contracts: list, filter, show, search; and the way of an order after it.

    .venv/bin/python tests/benchmarks/register.py [COUNT …] [--orders 20] [--rounds 3]

For each count (1000, 10000, 100000) a sample home is filled with so many contracts (`grown.py`;
the full text with Tantivy, which `guidang index status` asks for above 20,000 records). Prints of
each question the median and the slowest of 20 by the clock and the mean of its CPU, in
milliseconds, the same answered to the command line by a process of its own, and, the homes in
turns, what an order takes after so many: CPU of all processes, which other work on the machine
disturbs little, and the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import contracts
from contestants import drop, running, wait_for
from grown import YEAR, grow
from processtree import cpu_by_program
from sqlalchemy import select

from archive.dossiers import Dossier
from index.library import Question
from index.opening import rebuild
from pipeline import samples
from pipeline.commands.progress import SilentProgress
from pipeline.founding import found
from pipeline.knowing import ALL
from pipeline.listing import list_instruments, show_instrument
from pipeline.naming import find_instrument
from pipeline.wiring import Workplace
from pipeline.worker import Worker

TRIES = 20


@dataclass
class Grown:
    """A home with so many contracts; what orders took there, a round each."""

    count: int
    root: Path
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    next_order: int = 2


def a_home(folder: Path, count: int) -> Grown:
    """Return a home in which one contract was filed, and `count` more stand in the register."""
    root = folder / str(count)
    shutil.copytree(folder / "pattern", root)
    begun = time.perf_counter()
    grow(root / "guidang.db", count)
    tell_journal(root)
    taken = time.perf_counter() - begun
    corpus = (contracts.contract(number) for number in range(count))
    rebuild(root / "index", corpus, 1, engine="tantivy")
    size = (root / "guidang.db").stat().st_size / 1e6
    print(f"{count:7} contracts  register {size:.0f} MB, {count / taken:.0f}/s", flush=True)
    return Grown(count, root)


def tell_journal(root: Path) -> None:
    """Link the newest clones in the journal: the start of the worker misses their links."""
    workplace = Workplace(root)
    with workplace.register.read.begin() as session:
        newest = session.scalars(select(Dossier).order_by(Dossier.id.desc()).limit(50)).all()
    last = workplace.store.journal.last()
    assert last is not None
    workplace.store.journal.append(
        [
            replace(last.entry, object=f"clone:{row.code}", path=row.object_path)
            for row in newest
            if not workplace.store.exists(row.object_path)
        ]
    )
    workplace.close()


def told(word: str, act: Callable[[], Any], tries: int = TRIES) -> None:
    """Print the median and the slowest of some tries, by the clock, and the CPU of the median."""
    taken, cpu = [], []
    for _ in range(tries):
        begun, used = time.perf_counter(), sum(os.times()[:4])
        act()
        taken.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (sum(os.times()[:4]) - used))
    print(
        f"        {word:32} {statistics.median(taken):7.1f} ms, slowest {max(taken):7.1f};"
        f" CPU {statistics.fmean(cpu):7.1f}",
        flush=True,
    )


def ask(home: Grown) -> None:
    """Print what each question takes."""
    workplace = Workplace(home.root)
    middle = home.count // 2
    number = f"GD-HT-{YEAR}-FW-{middle:06}"

    def listed(**asked: Any) -> Any:
        said = {"state": None, "kind": None, "text": None, "limit": 1000, "known": ALL} | asked
        with workplace.register.read.begin() as session:
            return list_instruments(session, **said)

    def shown(name: str) -> Any:
        with workplace.register.read.begin() as session:
            paper = find_instrument(session, name)
            assert paper is not None, name
            return show_instrument(session, workplace.home, paper, ALL)

    code = shown(number)["reference_code"]
    told("list, the newest 1000", listed)
    told("list, the newest 50", lambda: listed(limit=50))
    told("filter: state and kind", lambda: listed(state="filed", kind="contract", limit=50))
    told("filter: a kind nobody has", lambda: listed(kind="termination"))
    told("filter: a state nobody has", lambda: listed(state="voided"))
    told("filter: a part of a number", lambda: listed(text=number[-9:]))
    told("filter: a part of a party, 50", lambda: listed(text="（77）", limit=50))
    told("filter: text nobody has", lambda: listed(text="没有这样的"))
    for word, name in (("number", number), ("code", code), ("order", f"XSDD-{YEAR}-S{middle:06}")):
        told(f"show by {word}", lambda name=name: shown(name))
    queries = list(contracts.queries(home.count))
    turns = iter(queries * TRIES)
    told("search", lambda: workplace.library.search(Question(next(turns), {})))
    told("search for a stock phrase", lambda: workplace.library.search(Question("违约责任", {})))
    workplace.close()
    for words in (
        ("contracts", "list", "--limit", "50"),
        ("contracts", "show", number),
        ("search", "违约责任"),
    ):
        asked = [sys.executable, "-m", "pipeline", "--home", str(home.root), *words, "--json"]
        told(f"a process: {' '.join(words[:2])}"[:33], lambda asked=asked: _ran(asked), 5)


def _ran(asked: list[str]) -> None:
    done = subprocess.run(asked, capture_output=True, check=False)
    if done.returncode:
        sys.exit(done.stdout.decode() + done.stderr.decode())


def work(home: Grown, orders: int) -> None:
    """Take `orders` real orders all the way, and note what each took."""
    workplace = Workplace(home.root)
    worker = Worker(workplace, SilentProgress())
    numbers = range(home.next_order, home.next_order + orders + 1)
    home.next_order = numbers.stop
    contents = [
        json.dumps(samples.sample_order(number), ensure_ascii=False).encode() for number in numbers
    ]
    begun = time.perf_counter()
    with running(worker):
        workplace.renderer.warm()
        drop(workplace, contents[:1], f"{numbers.start}-warm")
        wait_for(worker, workplace, 1)
        start, begun = time.perf_counter() - begun, time.perf_counter()
        while worker._reminder.is_under_way:
            time.sleep(0.05)
        reminded = time.perf_counter() - begun
        before, begun = sum(cpu_by_program().values()), time.perf_counter()
        drop(workplace, contents[1:], f"{numbers.start}-")
        wait_for(worker, workplace, orders + 1)
        home.wall.append((time.perf_counter() - begun) / orders)
        home.cpu.append((sum(cpu_by_program().values()) - before) / orders)
    workplace.close()
    print(
        f"{home.count:7} {orders} orders  {1000 * home.cpu[-1]:.0f} ms CPU each,"
        f" {60 / home.wall[-1]:.0f} a minute;"
        f" start and first order {start:.1f} s, reminders of the day {reminded:.1f} s more",
        flush=True,
    )


def main() -> None:
    """Measure at each count, then the way of orders in turns."""
    asked = argparse.ArgumentParser()
    asked.add_argument("counts", type=int, nargs="*", default=[1000, 10_000, 100_000])
    asked.add_argument("--orders", type=int, default=20)
    asked.add_argument("--rounds", type=int, default=3)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="guidang-register-") as name:
        folder = Path(name)
        home = found(folder / "pattern", sample=True).home
        order = json.dumps(samples.sample_order(1), ensure_ascii=False)
        (home.inbox / "1.json").write_text(order, "utf-8")
        workplace = Workplace(home.root)
        Worker(workplace, SilentProgress()).run(until_idle=True)
        workplace.close()
        homes = [a_home(folder, count) for count in chosen.counts]
        for each in homes:
            print(f"{each.count:7} contracts, load {os.getloadavg()[0]:.1f}")
            ask(each)
        for _ in range(chosen.rounds):
            for each in homes:
                work(each, chosen.orders)
        for each in homes:
            cpu, wall = statistics.median(each.cpu), statistics.median(each.wall)
            first = homes[0]
            more, slower = cpu / statistics.median(first.cpu), wall / statistics.median(first.wall)
            print(
                f"{each.count:7}  {1000 * cpu:.0f} ms CPU an order ({more:.2f} of the first),"
                f" {60 / wall:.0f} a minute ({1 / slower:.2f})"
            )


if __name__ == "__main__":
    main()
