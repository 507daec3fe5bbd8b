"""Writes to a store and kills itself at the step it is told: run as a program by the tests."""

from __future__ import annotations

import os
import resource
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from archive.store import Store

PLACE = "Q001/2026/JY.HT/D30/Q001-JY.HT.2026.D30-0001"
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
FIRST = {"metadata.json": b"{1}", "items/001/sealed.pdf": b"%PDF" * 5000}
STONE = {"metadata.json": b"{stone}"}
SECOND = {"metadata.json": b"{2}", "items/002/sealed.pdf": b"%PDF2" * 5000}


def main() -> None:
    home, act, limit, kill_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    seen = 0

    def after_step(_step: str) -> None:
        nonlocal seen
        seen += 1
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    store = Store(home / "archive", home / "staging", after_step=after_step)
    if act == "create":
        store.create(PLACE, "urn:x:1", FIRST, message="first", person="何静", at=AT)
    elif act == "bury":
        store.bury(PLACE, "urn:stone", STONE, message="销毁", person="何静", at=AT, expect_head=1)
    else:
        store.add_version(PLACE, SECOND, message="second", person="何静", at=AT, expect_head=1)


if __name__ == "__main__":
    main()
