"""Latency: one order dropped on a warm service until search finds it, and the service's start.

    .venv/bin/python tests/benchmarks/latency.py [ORDERS] [--layout short|contract]

Prints median and 95th percentile in seconds, beside the naive way's for one document, and how
long the service takes from its start until it watches the inbox.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from contestants import drop, given, order_of, running, workplace_at
from naive import run_naive

from index.library import Question
from pipeline.commands.progress import SilentProgress
from pipeline.wiring import Workplace
from pipeline.worker import Worker

_LOOK = 0.03
_PATIENCE = 600.0


def main() -> None:
    """Measure both."""
    asked = argparse.ArgumentParser()
    asked.add_argument("orders", type=int, nargs="?", default=40)
    asked.add_argument("--layout", choices=("short", "contract"), default="contract")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="guidang-latency-") as place:
        workplace = workplace_at(Path(place))
        worker = Worker(workplace, SilentProgress())
        with running(worker):
            workplace.renderer.warm()
            _until_found(workplace, 9_000, chosen.layout)
            times = sorted(
                _until_found(workplace, number, chosen.layout)
                for number in range(1, chosen.orders + 1)
            )
            late = times[min(len(times) - 1, int(0.95 * len(times)))]
            print(f"guidang: median {statistics.median(times):.2f} s, p95 {late:.2f} s")
            _tell_naive(workplace, chosen.layout, Path(place))
        workplace.close()
        print(f"service ready after {_until_ready(workplace.home.root):.2f} s")


def _content(number: int, layout: str) -> bytes:
    return json.dumps(order_of(number, layout), ensure_ascii=False).encode()


def _until_found(workplace: Workplace, number: int, layout: str) -> float:
    wanted = order_of(number, layout)["order_no"]
    begun = time.perf_counter()
    drop(workplace, [_content(number, layout)], f"{number}-")
    while not workplace.library.search(Question(f"订单号:{wanted}", {})).total:
        if time.perf_counter() - begun > _PATIENCE:
            sys.exit(f"{wanted} was not found")
        time.sleep(_LOOK)
    return time.perf_counter() - begun


def _tell_naive(workplace: Workplace, layout: str, place: Path) -> None:
    times = []
    for number in range(5):
        one, template = given(workplace, 1, layout)
        times.append(run_naive(one, template, place / f"naive-{number}").wall)
    print(f"naive way: median {statistics.median(times):.2f} s, without a watched folder")


def _until_ready(home: Path) -> float:
    """Return the seconds from starting the program until its log says that it watches."""
    log = home / "logs" / "guidang.log"
    seen = log.stat().st_size if log.exists() else 0
    begun = time.perf_counter()
    command = [str(Path(sys.executable).parent / "guidang"), "--home", str(home), "run"]
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (log.exists() and b"inbox watched" in log.read_bytes()[seen:]):
            if time.perf_counter() - begun > _PATIENCE:
                sys.exit("the service did not come up")
            time.sleep(_LOOK)
        return time.perf_counter() - begun
    finally:
        service.terminate()
        service.wait()


if __name__ == "__main__":
    main()
