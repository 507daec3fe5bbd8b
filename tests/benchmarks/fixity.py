"""Fixity measured: MB/s of `archive verify`'s reading beside `sha512sum` on the same files.

    .venv/bin/python tests/benchmarks/fixity.py [COUNT …]

Both on all cores, files in the page cache, in turns, best of five, starting the children
included; `sha512sum` is run by `xargs -P`. Both compute the SHA-512 of the same files, but ours
compares it with the inventories, reads these, and looks for what is missing or too much. The
third line computes SHA-256 as well, as the examination of single dossiers does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from processtree import forget_peak, peak_mb
from synthetic import Pattern, filed_pattern, fill

from archive.fixity import EVIDENCE, PROVING
from archive.readers import Readers
from archive.store import Store

TRIES = 5


def best_of(*acts: Callable[[], object]) -> list[float]:
    """Return the seconds of the quickest run of each, run in turns."""
    seconds: list[list[float]] = [[] for _act in acts]
    for _ in range(TRIES):
        for act, taken in zip(acts, seconds, strict=True):
            begun = time.perf_counter()
            act()
            taken.append(time.perf_counter() - begun)
    return [min(taken) for taken in seconds]


def measure(folder: Path, pattern: Pattern, count: int) -> None:
    """Build an archive of `count` dossiers, read it both ways and print the ratios."""
    store = Store(folder / "archive", folder / "staging")
    fill(store, pattern, count)
    files = [path for path in (store.root / "Q001").rglob("*") if path.is_file()]
    listed = b"\0".join(os.fsencode(path) for path in files)
    size = sum(path.stat().st_size for path in files) / 1e6
    cores = len(os.sched_getaffinity(0))
    xargs = ["xargs", "-0", "-n", "256", "-P", str(cores), "sha512sum"]

    peaks: list[float] = []
    forget_peak()
    before = peak_mb()

    def rival() -> None:
        subprocess.run(xargs, input=listed, stdout=subprocess.DEVNULL, check=True)

    def ours(algorithms: Sequence[str]) -> None:
        with Readers(store) as readers:
            parts = readers.examined(store.objects(), algorithms)
            examined = [bool(each.problems) for part in parts for each in part]
            peaks.extend(peak_mb(child.pid) for child in readers._children)
        if examined != [False] * count:
            sys.exit("damage where there is none, or dossiers passed over")

    theirs, one, both = best_of(rival, lambda: ours(PROVING), lambda: ours(EVIDENCE))
    load = os.getloadavg()[0]
    print(f"{count} dossiers, {len(files)} files, {size:.0f} MB, {cores} cores, load {load:.1f}")
    print(f"  sha512sum  SHA-512       {size / theirs:6.0f} MB/s")
    for word, taken in (("SHA-512      ", one), ("SHA-512 + 256", both)):
        print(f"  guidang    {word} {size / taken:6.0f} MB/s  {100 * theirs / taken:.0f} % of it")
    grown = peak_mb() - before
    print(f"  memory: who asks grew by {grown:.0f} MB, those who read {max(peaks):.0f} MB each")


def main() -> None:
    """Measure at each count."""
    counts = [int(word) for word in sys.argv[1:]] or [1000, 3000]
    with tempfile.TemporaryDirectory(prefix="guidang-fixity-") as name:
        pattern = filed_pattern(Path(name))
        for count in counts:
            measure(Path(name) / str(count), pattern, count)


if __name__ == "__main__":
    main()
