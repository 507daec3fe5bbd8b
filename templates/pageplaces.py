"""Page places: where in a document's text each page of its PDF begins.

The text is that of the Word file; the PDF says it again page by page, in lines, with headers and
footers between and the cells of a table in another order. Lines are therefore looked for one
after the other, each a little way on from the last; what is not found is passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_EDGE = 3
"""So many lines at each end of a page may be its header or footer."""
_SHORTEST, _LONG = 2, 8
_LONGEST_FOOTER = 12
_FAR, _NEAR = 3_000, 200
"""How far on a long line, and a short one, may stand from the line before it."""


def page_starts(text: str, pages: Sequence[str]) -> tuple[int, ...]:
    """Return the place in `text` at which each page begins, the first at 0; they never go back.

    A page on which nothing of the text is found begins where the next one does.
    """
    letters = [place for place, letter in enumerate(text) if letter.isalnum()]
    compact = _compact(text)
    lines = [[_compact(line) for line in page.splitlines()] for page in pages]
    running = _running(lines)
    begins: list[int | None] = []
    at = 0
    for page in lines:
        said = [line for line in page if len(line) >= _SHORTEST and _pattern(line) not in running]
        first, at = _found(compact, said, at)
        begins.append(first)
    starts: list[int] = []
    following = len(text)
    for begin in reversed(begins):
        following = following if begin is None else letters[begin]
        starts.append(following)
    return (0, *reversed(starts[:-1])) if pages else ()


def _found(compact: str, lines: Sequence[str], at: int) -> tuple[int | None, int]:
    """Return where the first of `lines` that is found begins, and where the last ends."""
    first: int | None = None
    for line in lines:
        reach = _FAR if len(line) >= _LONG else _NEAR
        place = compact.find(line, at, at + len(line) + reach)
        if place >= 0:
            first = place if first is None else first
            at = place + len(line)
    return first, at


def _running(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """Return what stands at an edge of most pages: headers and footers."""
    counts: Counter[str] = Counter()
    for page in pages:
        said = [line for line in page if line]
        counts.update({_pattern(line) for line in (*said[:_EDGE], *said[-_EDGE:])})
    return frozenset(line for line, count in counts.items() if count > max(1, len(pages) // 2))


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _pattern(line: str) -> str:
    """Return a line, of a short one whatever its figures: page numbers are counted as one."""
    if len(line) > _LONGEST_FOOTER:
        return line
    return "".join("0" if letter.isdigit() else letter for letter in line)
