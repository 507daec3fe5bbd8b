"""Sample seal: a round seal marked 样章, for trying things out and for nothing else.

It is drawn from outlines, so no font is embedded and no text of it turns up in a search.
Forging a firm's seal is a crime (刑法第二百八十条): every seal made here says that it is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from archive.errors import SealRefused
from archive.outlines import Letters, one_page, open_letters, points
from archive.pageframe import POINTS_PER_MM
from archive.stamping import SealImage

_DIAMETER_MM: Final = 40.0
_BORDER_MM: Final = 1.2
_STAR_MM: Final = 6.0
"""From the centre to a point of the star."""

_NAME_HEIGHT_MM: Final = 5.4
_NAME_GAP_MM: Final = 0.9
_NAME_STEP: Final = math.radians(21)
_NAME_SPAN: Final = math.radians(244)
"""The name never comes lower than this arc: below it stands the title."""

_TITLE_BELOW_MM: Final = 11.6
_TITLE_WIDTH_MM: Final = 19.0
_TITLE_HEIGHT_MM: Final = 3.5
_MARK: Final = "样章"
_MARK_BELOW_MM: Final = 6.7
_MARK_HEIGHT_MM: Final = 4.4
_MARK_STEP_MM: Final = 6.0
_RED: Final = "0.85 0 0"
_ROUNDNESS: Final = 0.5522847498
_LONGEST_NAME: Final = 50


def sample_seal(company: str, title: str = "合同专用章") -> SealImage:
    """Return a round 40 mm sample seal of a fictional `company`; the same call, the same bytes.

    Raises SealRefused where a character cannot be drawn or the name is too long to be read.
    """
    if not company.strip() or len(company) > _LONGEST_NAME:
        raise SealRefused(f"单位名称应为 1 至 {_LONGEST_NAME} 个字")
    with open_letters() as letters:
        drawing = "\n".join(_drawing(letters, "".join(company.split()), "".join(title.split())))
    side = _DIAMETER_MM * POINTS_PER_MM
    return SealImage(
        name=f"{company}{title}（{_MARK}）",
        pdf=one_page(drawing.encode(), side, side),
        width_mm=_DIAMETER_MM,
        height_mm=_DIAMETER_MM,
    )


def _drawing(letters: Letters, company: str, title: str) -> Iterator[str]:
    """Yield operators in millimetres around the centre of the seal, y upwards."""
    middle = _DIAMETER_MM / 2
    scale = POINTS_PER_MM
    yield f"{scale:.6f} 0 0 {scale:.6f} {middle * scale:.4f} {middle * scale:.4f} cm"
    yield f"{_RED} rg {_RED} RG {_BORDER_MM} w"
    yield _circle(middle - _BORDER_MM / 2)
    yield _star(_STAR_MM, raised=2.0)
    yield from _on_the_arc(letters, company)
    yield from _on_a_line(
        letters, _MARK, below=_MARK_BELOW_MM, step=_MARK_STEP_MM, height=_MARK_HEIGHT_MM
    )
    step = min(_TITLE_HEIGHT_MM, _TITLE_WIDTH_MM / max(len(title), 1))
    yield from _on_a_line(letters, title, below=_TITLE_BELOW_MM, step=step, height=_TITLE_HEIGHT_MM)


def _on_the_arc(letters: Letters, text: str) -> Iterator[str]:
    height = _NAME_HEIGHT_MM
    radius = _DIAMETER_MM / 2 - _BORDER_MM - _NAME_GAP_MM - height / 2
    gaps = max(len(text) - 1, 1)
    step = min(_NAME_STEP, _NAME_SPAN / gaps)
    # Letters stand closest at their feet; a narrow one is made lower too, or it cannot be read.
    room = step * (radius - height / 2)
    width = min(height * 0.86, room * 0.94)
    height = min(height, width * 2.4)
    start = math.pi / 2 + step * (len(text) - 1) / 2
    for number, char in enumerate(text):
        angle = start - step * number
        place = (radius * math.cos(angle), radius * math.sin(angle))
        yield letters.draw(char, place, (width, height), turned=angle - math.pi / 2)


def _on_a_line(
    letters: Letters, text: str, *, below: float, step: float, height: float
) -> Iterator[str]:
    for number, char in enumerate(text):
        across = (number - (len(text) - 1) / 2) * step
        yield letters.draw(char, (across, -below), (min(step, height) * 0.98, height), turned=0)


def _circle(radius: float) -> str:
    r, k = radius, radius * _ROUNDNESS
    quarters = [
        ((r, k), (k, r), (0, r)),
        ((-k, r), (-r, k), (-r, 0)),
        ((-r, -k), (-k, -r), (0, -r)),
        ((k, -r), (r, -k), (r, 0)),
    ]
    return f"{points((r, 0))} m " + " ".join(f"{points(*q)} c" for q in quarters) + " h S"


def _star(radius: float, *, raised: float) -> str:
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = [
        (
            (radius if n % 2 == 0 else inner) * math.cos(math.pi / 2 + n * math.pi / 5),
            (radius if n % 2 == 0 else inner) * math.sin(math.pi / 2 + n * math.pi / 5) + raised,
        )
        for n in range(10)
    ]
    first, *others = corners
    return " ".join([f"{points(first)} m", *(f"{points(c)} l" for c in others), "h f"])
