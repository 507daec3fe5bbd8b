"""Takes one worker's numbers, dying and rolling back on the way, until all are asked for.

Run by test_numbering_crowd as a program; prints how often it died. Every life begins again
with the first holder: who has a number gets the same one.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from archive import numbering
from archive.db import open_register
from archive.rulesets import packaged

AT = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
PARTS = {"company": "GD", "type": "FW"}


class Abandoned(Exception):
    """The transaction is rolled back on purpose."""


def live(path: Path, name: str, count: int, dice: random.Random) -> None:
    rule = numbering.NumberingRules.load(packaged("numbering"))["contract"]
    register = open_register(path)
    for place in range(count):
        try:
            with register.write.begin() as session:
                numbering.take(
                    session, rule, year=2026, holder=f"{name}:{place}", at=AT, parts=PARTS
                )
                if dice.random() < 0.02:
                    os.kill(os.getpid(), signal.SIGKILL)
                if dice.random() < 0.05:
                    raise Abandoned  # noqa: TRY301 - as if the flow had failed here
        except Abandoned:
            continue
        if dice.random() < 0.01:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    path, name, count = sys.argv[1:]
    deaths = 0
    while True:
        child = os.fork()  # nothing is open yet that a fork must not share
        if child == 0:
            live(Path(path), name, int(count), random.Random(f"{name} {deaths}"))  # noqa: S311
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if status == 0:
            break
        if not os.WIFSIGNALED(status):
            sys.exit(1)
        deaths += 1
    print(deaths)  # noqa: T201 - the test wants to know


main()
