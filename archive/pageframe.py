"""Page frame: the rectangle a reader sees of a page, and the way from it into the file.

A page may be cropped, turned and scaled; seals are placed on what is seen. Positions are in
points on the visible page, from its lower left corner, x to the right and y upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

POINTS_PER_MM: Final = 72 / 25.4
_BOX_NUMBERS: Final = 4

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The visible box in user space, how it is turned (clockwise), and the size of its unit."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int = 0
    unit: float = 1.0

    @property
    def width(self) -> float:
        """The visible width in points."""
        return self._size[1] if self.turned in {90, 270} else self._size[0]

    @property
    def height(self) -> float:
        """The visible height in points."""
        return self._size[0] if self.turned in {90, 270} else self._size[1]

    @property
    def matrix(self) -> Matrix:
        """What takes a visible point into user space."""
        k = 1 / self.unit
        return {
            0: (k, 0.0, 0.0, k, self.left, self.bottom),
            90: (0.0, k, -k, 0.0, self.right, self.bottom),
            180: (-k, 0.0, 0.0, -k, self.right, self.top),
            270: (0.0, -k, k, 0.0, self.left, self.top),
        }[self.turned]

    def seen_at(self, x: float, y: float) -> tuple[float, float]:
        """Return where the point `x`, `y` of user space is seen."""
        a, b, c, d, e, f = self.matrix
        x, y, area = x - e, y - f, a * d - b * c
        return (d * x - c * y) / area, (a * y - b * x) / area

    @property
    def _size(self) -> tuple[float, float]:
        return (self.right - self.left) * self.unit, (self.top - self.bottom) * self.unit


def frame_of(page: Any) -> PageFrame:
    """Return the frame of a page dictionary; box and turn may come from its parents.

    Raises ValueError where the page has no usable box (ISO 32000-1, 7.7.3.3 and 14.11.2).
    """
    media = _box(_inherited(page, "/MediaBox"))
    if media is None:
        raise ValueError("the page has no media box")
    crop = _box(_inherited(page, "/CropBox")) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    if right <= left or top <= bottom:
        raise ValueError("the page has no area")
    turned = int(_inherited(page, "/Rotate") or 0) % 360
    if turned % 90:
        raise ValueError(f"the page is turned by {turned} degrees")
    unit = float(page.get("/UserUnit", 1))
    if unit <= 0:
        raise ValueError(f"the page has a unit of {unit}")
    return PageFrame(left, bottom, right, top, turned, unit)


def _inherited(page: Any, key: str) -> Any:
    node, steps = page, 0
    while node is not None and steps < 64:  # noqa: PLR2004 - a tree deeper than that is a loop
        value = node.get(key)
        if value is not None:
            return value
        node, steps = node.get("/Parent"), steps + 1
    return None


def _box(value: Any) -> tuple[float, float, float, float] | None:
    if value is None or len(value) != _BOX_NUMBERS:
        return None
    x0, y0, x1, y1 = (float(number) for number in value)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
