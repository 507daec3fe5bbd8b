"""Takes one worker's numbers, dying and rolling back on the way, until all are asked for.

Run by test_numbering_crowd as a program: ADDRESS NAME COUNT; prints how often it died. Every
life begins again with the first holder: who has a number gets the same one. A life ends at a
chosen place inside a transaction, or at whatever moment its alarm rings.
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
SHORT_LIFE = 1.5
"""In every other life an alarm nobody handles kills the process within this many seconds."""


class Abandoned(Exception):
    """The transaction is rolled back on purpose."""


def live(address: str, name: str, count: int, dice: random.Random) -> None:
    rule = numbering.NumberingRules.load(packaged("numbering"))["contract"]
    if dice.random() < 0.5:
        signal.setitimer(signal.ITIMER_REAL, 0.01 + dice.random() * SHORT_LIFE)
    register = open_register(address if "://" in address else Path(address))
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
    address, name, count = sys.argv[1:]
    deaths = 0
    while True:
        child = os.fork()  # nothing is open yet that a fork must not share
        if child == 0:
            live(address, name, int(count), random.Random(f"{name} {deaths}"))  # noqa: S311
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if status == 0:
            break
        if not os.WIFSIGNALED(status):
            sys.exit(1)
        deaths += 1
    print(deaths)  # noqa: T201 - the test wants to know


main()
