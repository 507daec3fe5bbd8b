"""Memory: the service over many documents, its converters replaced on the way.

    .venv/bin/python tests/benchmarks/memory.py [ORDERS] [--layout short|contract] [--keep]

Prints the memory of the service with all its children (what they share counted once) at each
tenth of the way, the most there was, and the documents a minute of each tenth: a converter
replaced must not be seen in it. With --keep draws memory.svg beside this file.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from barchart import draw_lines
from contestants import drop, order_of, running, wait_for, workplace_at
from processtree import PeakMemory, memory_mb

from pipeline.commands.progress import SilentProgress
from pipeline.worker import Worker

_TENTHS = 10


def main() -> None:
    """Work through the orders and look."""
    asked = argparse.ArgumentParser()
    asked.add_argument("orders", type=int, nargs="?", default=2_000)
    asked.add_argument("--layout", choices=("short", "contract"), default="contract")
    asked.add_argument("--keep", action="store_true", help="draw memory.svg beside this")
    chosen = asked.parse_args()
    size = max(1, chosen.orders // _TENTHS)
    points: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(prefix="guidang-memory-") as place, PeakMemory() as peak:
        workplace = workplace_at(Path(place))
        worker = Worker(workplace, SilentProgress())
        with running(worker):
            workplace.renderer.warm()
            for tenth in range(_TENTHS):
                first = 1 + tenth * size
                contents = [
                    json.dumps(order_of(number, chosen.layout), ensure_ascii=False).encode()
                    for number in range(first, first + size)
                ]
                begun = time.perf_counter()
                drop(workplace, contents, f"{tenth}-")
                wait_for(worker, workplace, first + size - 1)
                rate = 60 * size / (time.perf_counter() - begun)
                points.append((first + size - 1.0, memory_mb()))
                print(f"{first + size - 1:6} documents  {points[-1][1]:6.0f} MB  {rate:6.1f}/min")
        workplace.close()
    print(f"most {peak.mb:.0f} MB")
    if chosen.keep:
        title = "Memory of the service with two converters, MB, by documents filed"
        draw_lines(
            title, {"all together": points}, Path(__file__).with_name("memory.svg"), unit="MB"
        )


if __name__ == "__main__":
    main()
