"""Fixity measured: MB/s of `archive verify`'s reading beside `sha512sum` on the same files.

    .venv/bin/python tests/benchmarks/fixity.py [COUNT]

Both on all cores, files in the page cache, best of three; `sha512sum` is run by `xargs -P`. Ours
computes SHA-256 besides SHA-512 and compares both with the inventory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from synthetic import filed_pattern, fill

from archive.store import Store
from archive.verifying import examined_all

TRIES = 3


def best_of(act: Callable[[], object]) -> float:
    """Return the seconds of the quickest of some runs."""
    seconds = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def main() -> None:
    """Build an archive, read it both ways and print the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="guidang-fixity-") as name:
        store = Store(Path(name) / "archive", Path(name) / "staging")
        fill(store, filed_pattern(Path(name)), count)
        files = [path for path in (store.root / "Q001").rglob("*") if path.is_file()]
        listed = b"\0".join(os.fsencode(path) for path in files)
        size = sum(path.stat().st_size for path in files) / 1e6
        cores = os.cpu_count() or 1
        xargs = ["xargs", "-0", "-n", "256", "-P", str(cores), "sha512sum"]

        def rival() -> None:
            subprocess.run(xargs, input=listed, stdout=subprocess.DEVNULL, check=True)

        def ours() -> None:
            for batch in examined_all(store):
                if any(examined.problems for examined in batch):
                    sys.exit("damage where there is none")

        theirs, seconds = best_of(rival), best_of(ours)
    print(f"{len(files)} files, {size:.0f} MB, {cores} cores")
    print(f"sha512sum       {size / theirs:7.0f} MB/s")
    print(f"guidang fixity  {size / seconds:7.0f} MB/s  {100 * theirs / seconds:.0f} % of it")


if __name__ == "__main__":
    main()
