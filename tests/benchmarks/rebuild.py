"""The register rebuilt from the folder alone: dossiers a second, and whether it stays linear.

    .venv/bin/python tests/benchmarks/rebuild.py [COUNT …]

Prints dossiers a second at each count (1000, 3000, 10000), memory, and the time a dossier at the
last count over that at the first; beside it the time of `archive verify` and of the history proof.
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from synthetic import Pattern, filed_pattern, fill

from archive.auditing import audit
from archive.db import open_register
from archive.rebuilding import rebuild
from archive.store import Store
from archive.upgrading import upgrade
from archive.verifying import verify


def measure(folder: Path, pattern: Pattern, count: int) -> float:
    """Return the seconds a dossier of one rebuild at `count`."""
    store = Store(folder / "archive", folder / "staging")
    begun = time.perf_counter()
    fill(store, pattern, count)
    written = time.perf_counter() - begun
    register = open_register(folder / "guidang.db")
    upgrade(register)
    begun, cpu = time.perf_counter(), time.process_time()
    with register.write.begin() as session:
        rebuilt = rebuild(session, store)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    if rebuilt.damaged or rebuilt.dossiers != count:
        sys.exit(f"restored {rebuilt.dossiers} of {count}: {rebuilt.damaged[:3]}")
    print(f"{count:6} dossiers  written {count / written:6.0f}/s")
    print(f"        rebuild  {count / wall:6.0f}/s  ({1000 * cpu / count:.2f} ms CPU each)", end="")
    print(f"  peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for name, prove in (("verify", verify), ("history", audit)):
        begun = time.perf_counter()
        with register.read.begin() as session:
            found = prove(session, store)
        if problems := getattr(found, "damaged", ()) or getattr(found, "breaks", ()):
            sys.exit(f"{name}: {len(problems)} problems, the first {problems[0]}")
        print(f"        {name:8} {count / (time.perf_counter() - begun):6.0f}/s")
    register.engine.dispose()
    shutil.rmtree(folder)
    return cpu / count


def main() -> None:
    """Measure at each count and print the growth."""
    counts = [int(word) for word in sys.argv[1:]] or [1000, 3000, 10_000]
    with tempfile.TemporaryDirectory(prefix="guidang-rebuild-") as name:
        pattern = filed_pattern(Path(name))
        each = [measure(Path(name) / str(count), pattern, count) for count in counts]
    print(f"CPU a dossier at {counts[-1]} over that at {counts[0]}: {each[-1] / each[0]:.2f}")


if __name__ == "__main__":
    main()
