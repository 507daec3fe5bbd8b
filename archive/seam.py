"""Seam: how a seal is cut over the edges of the pages, so that the pieces make it whole again.

Lengths are whole ten-thousandths of a point: pieces cut by integers leave no gap and overlap
nowhere, however many there are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from archive.errors import StampRefused
from archive.pageframe import POINTS_PER_MM

GRAIN: Final = 10_000
"""Grains in a point."""

_MOST_PAGES: Final = 20
_NARROWEST_MM: Final = 2.0
_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})(?:(-)([1-9][0-9]{0,4})?)?")


@dataclass(frozen=True, slots=True)
class SeamPages:
    """Which pages carry a piece; the others, backs of leaves or a cover say, carry none.

    `fronts` takes the odd pages alone, for paper printed on both sides: the seal is cut by
    the leaf. `spans` are first and last pages from 1, None for the end; empty for all pages.
    """

    fronts: bool = False
    cover: bool = True
    spans: tuple[tuple[int, int | None], ...] = ()

    @classmethod
    def parse(cls, text: str, *, cover: bool = True) -> Self:
        """Read ``all``, ``odd`` or page spans as ``2-5,8,10-``; raises ValueError."""
        if text in {"all", "odd"}:
            return cls(fronts=text == "odd", cover=cover)
        spans = []
        for part in text.split(","):
            found = _SPAN.fullmatch(part.strip())
            if found is None:
                raise ValueError(f"{part!r} is no span of pages")
            first = int(found[1])
            last = first if found[2] is None else int(found[3]) if found[3] else None
            if last is not None and last < first:
                raise ValueError(f"{part!r} ends before it begins")
            spans.append((first, last))
        return cls(cover=cover, spans=tuple(spans))

    def of(self, count: int) -> tuple[int, ...]:
        """Return the pages meant (0-based) of `count`, in order.

        Raises StampRefused where pages were named and fewer than two of them are there.
        """
        chosen = tuple(page for page in range(count) if self._takes(page + 1))
        if self.spans and len(chosen) < 2:  # noqa: PLR2004 - a seam is between two pages
            raise StampRefused(f"骑缝章指定的页在 {count} 页的文件中不足两页，请核对用印规则")
        return chosen

    def _takes(self, page: int) -> bool:
        if (page == 1 and not self.cover) or (self.fronts and page % 2 == 0):
            return False
        return not self.spans or any(
            first <= page and (last is None or page <= last) for first, last in self.spans
        )


EVERY_PAGE: Final = SeamPages()


@dataclass(frozen=True, slots=True)
class Slice:
    """One piece of a seam seal: from `start` to `end`, in grains from the image's left edge.

    `page` is 0-based; `group` counts the whole seals over the document.
    """

    page: int
    group: int
    number: int
    of: int
    start: int
    end: int


def slices(
    pages: Sequence[int], width_mm: float, ink: tuple[float, float] = (0.0, 1.0)
) -> Iterator[Slice]:
    """Cut a seal of `width_mm` over `pages`; a single page has no seam and gets no piece.

    Only what lies between the fractions `ink` of the width is cut: an image's blank borders
    would be pieces without colour. A piece is 2 mm wide at least and a seal spans 20 pages
    at most; longer documents get a seal for every group of pages, of even length, and the
    last page of a group is the first of the next, so that no seam is left open.
    """
    width = width_mm * POINTS_PER_MM * GRAIN
    left, right = math.floor(width * ink[0]), math.ceil(width * ink[1])
    most = pages_a_seal(width_mm * (ink[1] - ink[0]))
    for group, (first, last) in enumerate(groups(len(pages), most)):
        count = last - first + 1
        for number in range(count):
            yield Slice(
                page=pages[first + number],
                group=group,
                number=number + 1,
                of=count,
                start=left + (right - left) * number // count,
                end=left + (right - left) * (number + 1) // count,
            )


def pages_a_seal(width_mm: float) -> int:
    """Return over how many pages a seal of `width_mm` may be cut."""
    return max(2, min(_MOST_PAGES, int(width_mm / _NARROWEST_MM + 1e-9)))


def groups(pages: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last page (0-based) of each group of at most `most` pages."""
    seams = pages - 1
    if seams < 1:
        return
    count = -(-seams // (most - 1))
    for number in range(count):
        yield seams * number // count, seams * (number + 1) // count
