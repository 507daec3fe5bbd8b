"""Search: how fast each engine is built and answers, beside what anyone would take instead.

Run: python tests/benchmarks/search.py [RECORDS ...] [--engines NAME,…] [--updates N]
         [--server CONNECTION] [--keep FIGURES.json] [--again] [--chart FILE.svg] [--limit SECONDS]

Figures are kept as soon as one engine is measured at one size; what is kept already is not
measured again, so that a run that was stopped goes on where it stood (`--again` measures anew).
Without a number of records the chart is drawn of what is kept.

Each engine runs in a process of its own, for so many seconds at most. Embedded engines are timed
in CPU, which other work on the machine disturbs little; PostgreSQL, whose work is done elsewhere,
on the wall clock.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import contracts
import search_chart
import search_rivals

from index.library import IndexedRecord, Library, Question
from index.opening import ENGINES, open_library, rebuild

_RIVALS = {
    "jieba+whoosh": search_rivals.jieba_whoosh,
    "fts5-trigram": search_rivals.fts5_trigram,
    "fts5-pairs": search_rivals.fts5_pairs,
}
_LIMIT = 3600
_IN_HAND = 10_000  # records made before the clock starts; of more, making them is counted too
_SLOW = 24  # so many queries are timed the plain way, whose highlighting takes seconds


def corpus(count: int) -> Iterator[IndexedRecord]:
    """Yield the first `count` contracts."""
    return (contracts.contract(number) for number in range(count))


def timed(ask: Callable[[str], int], asked: list[str], clock: Callable[[], float]) -> Any:
    """Return p50 and p95 in milliseconds, each query warm."""
    times = []
    for query in asked:
        ask(query)
        start = clock()
        ask(query)
        times.append((clock() - start) * 1000)
    return {"p50_ms": statistics.median(times), "p95_ms": statistics.quantiles(times, n=20)[18]}


def memory_mb() -> dict[str, float]:
    """Return the memory this process holds: in all, and what of it are no pages of files."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    held = {"memory_mb": "VmRSS", "own_memory_mb": "RssAnon"}
    return {name: int(status[own].split()[0]) / 1000 for name, own in held.items()}


def size_mb(folder: Path) -> float:
    """Return what the files of a folder take."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 1e6


def measure(engine: str, count: int, server: str | None) -> dict[str, Any]:
    """Build, ask, and put one record more; return the figures and how many each query found."""
    asked = list(contracts.queries(count))
    clock = time.perf_counter if engine == "postgres" else time.process_time
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine in _RIVALS:
            made = list(corpus(count)) if count <= _IN_HAND else corpus(count)
            start, start_cpu = time.perf_counter(), time.process_time()
            ask = _RIVALS[engine](made, folder)
            built = rates(count, start, start_cpu)
        else:
            built = in_a_process_of_its_own(build, engine, count, server, folder)
            library = open_library(folder, create=False, server=server)

            def ask(query: str, *, page: bool = True) -> int:
                del page
                return library.search(Question(query, {})).total

        figures = {
            "engine": engine,
            "records": count,
            **built,
            **timed(ask, asked[:_SLOW] if engine == "jieba+whoosh" else asked, clock),
            **memory_mb(),
            "totals": [ask(query, page=False) for query in asked],
        }
        if engine in ENGINES:
            figures["size_mb"] = library.status().bytes / 1e6
            figures["visible_ms"] = visible_ms(library, count)
        else:
            figures["size_mb"] = size_mb(folder)
    return figures


def build(engine: str, count: int, server: str | None, folder: Path) -> dict[str, float]:
    """Build an index; return how fast, and the most memory it took."""
    made = list(corpus(count)) if count <= _IN_HAND else corpus(count)
    start, start_cpu = time.perf_counter(), time.process_time()
    rebuild(folder, made, 1, engine=engine, server=server)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {**rates(count, start, start_cpu), "build_memory_mb": most}


def rates(count: int, start: float, start_cpu: float) -> dict[str, float]:
    """Return how many records a second were built since then."""
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    return {"build_per_s": count / wall, "build_per_cpu_s": count / cpu}


def in_a_process_of_its_own(work: Callable[..., Any], *given: Any) -> Any:
    """Return what `work` does; its memory is given back, so that searching is measured alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def visible_ms(library: Library, count: int) -> float:
    """Return how long after it is given a record is found, the median of five."""
    times = []
    for number in range(count, count + 5):
        record = contracts.contract(number)
        start = time.perf_counter()
        library.apply([record], (), applied=number)
        asked = f'档号:"{record.reference_code}"'
        assert library.search(Question(asked, {})).total == 1
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def growth(engine: str, count: int, updates: int, server: str | None) -> float:
    """Return how many times its first size an index takes after `updates` records put again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        library = rebuild(folder, corpus(count), 1, engine=engine, server=server)
        first = _taken(library, folder)
        worst = 1.0
        for start in range(0, updates, 200):
            batch = [contracts.contract((start + each) % count) for each in range(200)]
            again = [replace(each, status=f"第{start}次") for each in batch]
            library.apply(again, (), applied=start)
            worst = max(worst, _taken(library, folder) / first)
        return worst


def _taken(library: Library, folder: Path) -> float:
    """Return what an index takes in its folder, or on its server."""
    status = library.status()
    return status.bytes / 1e6 if status.engine == "postgres" else size_mb(folder)


def main() -> None:
    """Measure every engine at every size, print what was found, keep and draw it if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="*", type=int)
    parser.add_argument("--engines", default="whoosh,tantivy,jieba+whoosh,fts5-trigram,fts5-pairs")
    parser.add_argument("--updates", type=int, default=0)
    parser.add_argument("--server")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--chart", type=Path)
    parser.add_argument("--limit", type=int, default=_LIMIT)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.records[0], given.server)))
        return
    kept = json.loads(given.keep.read_text()) if given.keep and given.keep.exists() else []
    for count in given.records:
        print(f"{count} records, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for engine in given.engines.split(","):
            own = [each for each in kept if (each["engine"], each["records"]) == (engine, count)]
            if own and not given.again:
                print(f"  {engine:13} kept from {own[0]['measured']}")
                continue
            figures = measured(engine, count, given)
            kept = [each for each in kept if each not in own] + [figures]
            kept.sort(key=lambda each: (each["records"], each["engine"]))
            if given.keep:
                given.keep.write_text(_as_lines(kept))
        disagreements([each for each in kept if each["records"] == count and "totals" in each])
    if given.updates:
        for engine in given.engines.split(","):
            worst = growth(engine, given.records[0], given.updates, given.server)
            print(f"{engine}: at most {worst:.2f} times its size during {given.updates} updates")
    if given.chart:
        search_chart.draw(kept, given.chart)


def _as_lines(kept: list[dict[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(each) for each in kept)
    return f"[\n{lines}\n]\n"


def measured(engine: str, count: int, given: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of one engine at one size; where its time ran out, that alone."""
    command = [sys.executable, __file__, str(count), "--one", engine]
    command += ["--server", given.server] if given.server else []
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=given.limit)
    except subprocess.TimeoutExpired:
        print(f"  {engine:13} given up after {given.limit} seconds")
        return {"engine": engine, "records": count, "given_up_after_s": given.limit, **moment()}
    done.check_returncode()
    figures: dict[str, Any] = json.loads(done.stdout)
    line = "  ".join(
        f"{name} {value:.1f}" for name, value in figures.items() if isinstance(value, float)
    )
    print(f"  {engine:13} {line}", flush=True)
    return {**figures, **moment()}


def moment() -> dict[str, Any]:
    """Return when something was measured, and under what load."""
    day = time.strftime("%Y-%m-%d %H:%M")
    return {"load": round(os.getloadavg()[0], 1), "measured": day}


def disagreements(figures: list[dict[str, Any]]) -> None:
    """Print how often each engine counts otherwise than ours do.

    A range of years is a field of ours; the others have no word for it.
    """
    exact = next((each["totals"] for each in figures if each["engine"] in ENGINES), None)
    if exact is None:
        return
    for each in figures:
        asked = contracts.queries(each["records"])
        pairs = [
            pair
            for query, *pair in zip(asked, exact, each["totals"], strict=True)
            if "年度" not in query
        ]
        wrong = sum(right != other for right, other in pairs)
        print(f"  {each['engine']:13} other counts {wrong} of {len(pairs)}")


if __name__ == "__main__":
    main()
