"""Process tree: what this process and everything it started use, read from /proc."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 0.25


def cpu_by_program() -> dict[str, float]:
    """Return CPU seconds so far by program, of those that live and of their ended children.

    What a process used that ended without anybody waiting for it is not in it.
    """
    used: dict[str, float] = {}
    for process in _tree(os.getpid()):
        if fields := _stat(process):
            seconds = sum(map(int, fields[11:15])) / _TICKS
            name = _program(process)
            used[name] = used.get(name, 0.0) + seconds
    return used


def memory_mb() -> float:
    """Return the memory of all together now, what they share counted once."""
    return sum(map(_proportional_kb, _tree(os.getpid()))) / 1024


def forget_peak() -> None:
    """Let the peak of this process begin anew: what came before is not what is measured."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_mb(pid: int | str = "self") -> float:
    """Return the largest resident memory of one process so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class PeakMemory:
    """Looks at the memory four times a second while it is open; `mb` is the most seen."""

    def __init__(self) -> None:
        self.mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY):
            self.mb = max(self.mb, memory_mb())


def _tree(root: int) -> Iterator[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    pending = [root]
    while pending:
        process = pending.pop()
        yield process
        pending += parents.get(process, [])


def _stat(process: int) -> list[str] | None:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None


def _program(process: int) -> str:
    if process == os.getpid():
        return "itself"
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "ended"
    if b"-m" in words:
        return words[words.index(b"-m") + 1].decode()
    return Path(words[0].decode()).name


def _proportional_kb(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
