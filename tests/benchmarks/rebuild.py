"""The register rebuilt from the folder alone: dossiers a second, and whether it stays linear.

    .venv/bin/python tests/benchmarks/rebuild.py [COUNT …]

Prints dossiers a second at each count (1000, 3000, 10000), by the clock and in CPU of all
processes, by how much memory grew, and what a dossier takes at the last count over that at the
first; the same of `archive verify` and of the proof of the history.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from processtree import cpu_by_program, forget_peak, peak_mb
from synthetic import Pattern, filed_pattern, fill

from archive.auditing import audit
from archive.db import open_register
from archive.rebuilding import rebuild
from archive.store import Store
from archive.upgrading import upgrade
from archive.verifying import verify


def told(word: str, count: int, act: Callable[[], Any]) -> float:
    """Print what `act` took for `count` dossiers; return the CPU seconds of each."""
    forget_peak()
    before, used, begun = peak_mb(), sum(cpu_by_program().values()), time.perf_counter()
    act()
    wall = time.perf_counter() - begun
    each = (sum(cpu_by_program().values()) - used) / count
    grown = peak_mb() - before
    print(f"        {word:8} {count / wall:6.0f}/s  {1000 * each:.2f} ms CPU each, +{grown:.0f} MB")
    return each


def measure(folder: Path, pattern: Pattern, count: int) -> dict[str, float]:
    """Return the CPU seconds a dossier takes at `count`, of each thing done with all."""
    store = Store(folder / "archive", folder / "staging")
    begun = time.perf_counter()
    fill(store, pattern, count)
    written = time.perf_counter() - begun
    register = open_register(folder / "guidang.db")
    upgrade(register)
    print(f"{count:6} dossiers  written {count / written:6.0f}/s", flush=True)

    def anew() -> None:
        with register.write.begin() as session:
            rebuilt = rebuild(session, store)
        if rebuilt.damaged or rebuilt.dossiers != count:
            sys.exit(f"restored {rebuilt.dossiers} of {count}: {rebuilt.damaged[:3]}")

    def proved(prove: Callable[..., Any]) -> None:
        with register.read.begin() as session:
            found = prove(session, store)
        if problems := getattr(found, "damaged", ()) or getattr(found, "breaks", ()):
            sys.exit(f"{len(problems)} problems, the first {problems[0]}")

    acts = {
        "rebuild": anew,
        "verify": lambda: proved(verify),
        "history": lambda: proved(audit),
        "journal": store.journal.check,
    }
    each = {word: told(word, count, act) for word, act in acts.items()}
    register.engine.dispose()
    shutil.rmtree(folder)
    return each


def main() -> None:
    """Measure at each count and print the growth."""
    counts = [int(word) for word in sys.argv[1:]] or [1000, 3000, 10_000]
    with tempfile.TemporaryDirectory(prefix="guidang-rebuild-") as name:
        pattern = filed_pattern(Path(name))
        each = [measure(Path(name) / str(count), pattern, count) for count in counts]
    for word, first in each[0].items():
        grown = each[-1][word] / first
        print(f"{word:8} CPU a dossier at {counts[-1]} over that at {counts[0]}: {grown:.2f}")


if __name__ == "__main__":
    main()
