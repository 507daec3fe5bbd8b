"""Splitting: a file with several orders, taken apart into one order file each (拆分).

A dossier holds the order file of one contract; another client's prices have no place in it,
and one order that is sent back must not hold up the others for good. So the orders of one
file are checked together, and taken only where all of them can be; each then goes its own
way as a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.intake.reading import Reading
from pipeline.intake.refusal import OrderRefused
from pipeline.keeping import keep
from pipeline.keptreading import extract_of
from pipeline.wiring import Workplace
from templates.errors import Finding

_LONGEST_STEM = 40


def split(
    workplace: Workplace,
    name: str,
    readings: Sequence[Reading],
    check: Callable[[Reading], object],
) -> None:
    """Lay each order of `readings` into the inbox as a file of its own, or refuse them all.

    Doing it again lays the same files: an order that was taken by then is a duplicate.
    """
    problems: list[Finding] = []
    for reading in readings:
        try:
            check(reading)
        except OrderRefused as error:
            problems += error.findings
    if problems:
        raise OrderRefused(problems)
    for reading in readings:
        stem = Path(name).stem[:_LONGEST_STEM]
        keep(workplace.home.inbox, f"{stem}-{reading.form.order_no}.json", extract_of(reading))
