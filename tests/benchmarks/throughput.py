"""Throughput: the whole way of an order beside what people would use instead.

    .venv/bin/python tests/benchmarks/throughput.py [ORDERS] [--rounds N] [--layout short|contract]

The same orders and the same layout in every program, one after the other in every round:
guidang doing everything; the naive way, one soffice a document and one for all; Carbone, which
only turns template and data into a plain PDF, with one office and with two. Prints documents a
minute, CPU seconds a document, peak memory, and how many times guidang's rate is that of each
other in the same round. Writes throughput-LAYOUT.svg and .json beside this file with --keep.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from barchart import draw_bars
from carbone import CarboneMissing, install
from contestants import CONTESTANTS

HERE = Path(__file__).parent
Figures = dict[str, list[dict[str, Any]]]


def main() -> None:
    """Run the rounds, then print and draw."""
    asked = argparse.ArgumentParser()
    asked.add_argument("orders", type=int, nargs="?", default=50)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--layout", choices=("short", "contract"), default="short")
    asked.add_argument("--only", action="append", choices=tuple(CONTESTANTS))
    asked.add_argument("--keep", action="store_true", help="write figures and chart beside this")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="guidang-throughput-") as place:
        names = _present(given.only or list(CONTESTANTS), Path(place))
        figures: Figures = {name: [] for name in names}
        for number in range(given.rounds):
            for name in names:
                folder = Path(place) / f"{number}-{name.replace(' ', '-').replace(',', '')}"
                folder.mkdir()
                figures[name].append(_one(name, given.orders, given.layout, folder))
                rate = _rate(figures[name][-1])
                print(f"round {number + 1}  {name:<16} {rate:7.1f} a minute", flush=True)
    _tell(figures)
    if given.keep:
        (HERE / f"throughput-{given.layout}.json").write_text(json.dumps(figures, indent=1))
        _draw(figures, given.layout)


def _present(names: list[str], place: Path) -> list[str]:
    if any(name.startswith("carbone") for name in names):
        try:
            install(place / "npm")
        except CarboneMissing as error:
            print(f"Carbone is left out: {error}")
            return [name for name in names if not name.startswith("carbone")]
    return names


def _one(name: str, orders: int, layout: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "contestants.py"), name, str(orders), layout, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _rate(one: dict[str, Any]) -> float:
    return 60.0 * one["documents"] / one["wall"]


def _cpu(one: dict[str, Any]) -> float:
    return float(one["cpu"]) / float(one["documents"])


def _tell(figures: Figures) -> None:
    print(
        f"\n{'':<16} {'docs/min':>9} {'CPU s/doc':>10} {'peak MB':>8}   guidang is … times as fast"
    )
    ours = [_rate(one) for one in figures.get("guidang", [])]
    for name, rounds in figures.items():
        rate = statistics.median(map(_rate, rounds))
        cpu = statistics.median(map(_cpu, rounds))
        peak = max(one["peak_mb"] for one in rounds)
        line = f"{name:<16} {rate:9.1f} {cpu:10.3f} {peak:8.0f}"
        if ours and name != "guidang":
            times = [mine / _rate(one) for mine, one in zip(ours, rounds, strict=True)]
            line += f"   {statistics.median(times):.2f} ({min(times):.2f} to {max(times):.2f})"
        print(line)
    for name, rounds in figures.items():
        print(f"\n{name}, CPU ms a document by process:")
        _tell_parts([one["programs"] for one in rounds])
        if rounds[0]["steps"]:
            print("  of these within the service, by step:")
            _tell_parts([one["steps"] for one in rounds])


def _tell_parts(rounds: list[dict[str, float]]) -> None:
    names = {name for one in rounds for name in one}
    medians = {name: statistics.median(one.get(name, 0.0) for one in rounds) for name in names}
    for name, seconds in sorted(medians.items(), key=lambda item: -item[1]):
        print(f"  {name:<32} {1000 * seconds:7.1f}")


def _remark(rounds: list[dict[str, Any]]) -> str:
    rate, cpu = statistics.median(map(_rate, rounds)), statistics.median(map(_cpu, rounds))
    return f"{rate:.0f}/min, {cpu:.3f} CPU s each"


def _draw(figures: Figures, layout: str) -> None:
    pages = {"short": "three pages", "contract": "ten pages"}[layout]
    rows = [
        (
            name,
            statistics.median(map(_rate, rounds)),
            _remark(rounds),
        )
        for name, rounds in figures.items()
    ]
    title = f"Contracts of {pages} a minute, two cores"
    draw_bars(title, rows, HERE / f"throughput-{layout}.svg")


if __name__ == "__main__":
    main()
