"""Fixity measured: MB/s of `archive verify`'s reading beside `sha512sum` on the same files.

    .venv/bin/python tests/benchmarks/fixity.py [COUNT]

Both on all cores, files in the page cache, in turns, best of five; `sha512sum` is run by
`xargs -P`. Both compute the SHA-512 of the same files, but ours compares it with the inventories,
reads these, and looks for what is missing or too much. The third line computes SHA-256 as well,
as the examination of a single dossier does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from synthetic import filed_pattern, fill

from archive.fixity import examine
from archive.store import Store
from archive.verifying import examined_all

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

        def with_both() -> None:
            with ThreadPoolExecutor(max_workers=cores) as pool:
                for examined in pool.map(partial(examine, store), store.objects()):
                    if examined.problems:
                        sys.exit("damage where there is none")

        theirs, seconds, both = best_of(rival, ours, with_both)
    print(f"{len(files)} files, {size:.0f} MB, {cores} cores, load {os.getloadavg()[0]:.1f}")
    print(f"sha512sum         SHA-512      {size / theirs:6.0f} MB/s")
    for word, taken in (("SHA-512      ", seconds), ("SHA-512 + 256", both)):
        speed = f"{size / taken:6.0f} MB/s  {100 * theirs / taken:.0f} % of it"
        print(f"guidang           {word}{speed}")


if __name__ == "__main__":
    main()
