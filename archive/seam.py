"""Seam: how a seal is cut over the edges of the pages, so that the pieces make it whole again.

Lengths are whole ten-thousandths of a point: pieces cut by integers leave no gap and overlap
nowhere, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.pageframe import POINTS_PER_MM

GRAIN: Final = 10_000
"""Grains in a point."""

_MOST_PAGES: Final = 20
_NARROWEST_MM: Final = 2.0


@dataclass(frozen=True, slots=True)
class Slice:
    """One piece of a seam seal: from `start` to `end`, in grains from the seal's left edge.

    `page` is 0-based; `group` counts the whole seals over the document.
    """

    page: int
    group: int
    number: int
    of: int
    start: int
    end: int


def slices(pages: int, width_mm: float) -> Iterator[Slice]:
    """Cut a seal of `width_mm` over `pages`; a single page has no seam and gets no piece.

    A piece is 2 mm wide at least and a seal spans 20 pages at most; longer documents get a
    seal for every group of pages, of even length, and the last page of a group is the first
    of the next, so that no seam between two pages is left open.
    """
    width = round(width_mm * POINTS_PER_MM * GRAIN)
    for group, (first, last) in enumerate(groups(pages, pages_a_seal(width_mm))):
        count = last - first + 1
        for number in range(count):
            yield Slice(
                page=first + number,
                group=group,
                number=number + 1,
                of=count,
                start=width * number // count,
                end=width * (number + 1) // count,
            )


def pages_a_seal(width_mm: float) -> int:
    """Return over how many pages a seal of `width_mm` may be cut."""
    return max(2, min(_MOST_PAGES, int(width_mm / _NARROWEST_MM)))


def groups(pages: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last page (0-based) of each group of at most `most` pages."""
    seams = pages - 1
    if seams < 1:
        return
    count = -(-seams // (most - 1))
    for number in range(count):
        yield seams * number // count, seams * (number + 1) // count
