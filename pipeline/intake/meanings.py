"""Meanings: what the names in a row may stand for, and how many of them a part knows (列名)."""

from __future__ import annotations

from pipeline.intake.grids import Cell, Row
from pipeline.intake.headings import ORDER, Heading, heading_of


def meanings_of(cell: Cell, section: str) -> tuple[Heading | None, Heading | None]:
    """Return what a heading means in `section`, and to the order itself, best without refusal."""
    inner = heading_of(cell.text, section)
    outer = heading_of(cell.text, ORDER) if section != ORDER else None
    if outer is not None and outer.refused and inner is not None:
        outer = None
    if inner is not None and inner.refused and outer is not None:
        inner = None
    return inner, outer


def is_refused(cell: Cell, section: str) -> bool:
    """Return whether a heading is known in `section` as one that cannot be taken."""
    heading = heading_of(cell.text, section)
    return heading is not None and bool(heading.refused)


def score(row: Row, *sections: str) -> int:
    """Return how many cells name a field of one of `sections`."""
    found = 0
    for cell in row.cells.values():
        headings = (heading_of(cell.text, section) for section in sections)
        found += any(heading is not None and heading.path for heading in headings)
    return found


def score_only(row: Row, section: str) -> int:
    """Return how many names mean something in `section` and nothing to the order itself."""
    found = 0
    for cell in row.cells.values():
        inner, outer = heading_of(cell.text, section), heading_of(cell.text, ORDER)
        found += inner is not None and bool(inner.path) and (outer is None or not outer.path)
    return found
