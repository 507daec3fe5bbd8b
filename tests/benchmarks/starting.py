"""Starting: how long a person waits for `guidang --version` and for a first `guidang search`.

    .venv/bin/python tests/benchmarks/starting.py [RECORDS]

Each is a process of its own, over an index of so many contracts; beside them an interpreter that
does nothing, and one that only loads docxtpl, which any tool that fills Word templates loads.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import contracts

from index.opening import rebuild

_TIMES = 15


def main() -> None:
    """Print the milliseconds of each, on the clock and of CPU: the least and the median."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"{count} records, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        guidang = [sys.executable, "-m", "pipeline", "--home", name]
        subprocess.run([*guidang, "init"], check=True, stdout=subprocess.DEVNULL)
        rebuild(Path(name) / "index", map(contracts.contract, range(count)), count)
        measure("guidang --version", [*guidang, "--version"])
        measure("guidang search 违约责任", [*guidang, "search", "违约责任"])
        measure("guidang suggest 青川", [*guidang, "suggest", "青川"])
        measure("python -c pass", [sys.executable, "-c", "pass"])
        measure("import docxtpl", [sys.executable, "-c", "import docxtpl"])


def measure(what: str, command: list[str]) -> None:
    """Run `command` so many times and print how long it took."""
    walls, cpus = [], []
    for _ in range(_TIMES):
        before = _children()
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        walls.append((time.perf_counter() - start) * 1000)
        cpus.append((_children() - before) * 1000)
    print(
        f"  {what:24} least {min(walls):.0f} ms, median {statistics.median(walls):.0f} ms;"
        f" CPU {statistics.median(cpus):.0f} ms"
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
