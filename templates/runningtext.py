"""Running text: the text of all pages in one, their headers and footers taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Self

from templates.folding import fold, words_of
from templates.reading import PAGE_NUMBER, Paragraph


@dataclass(slots=True)
class RunningText:
    """The folded text; `breaks` are the ends of words, `starts` where each page begins."""

    text: str = ""
    breaks: set[int] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)

    @classmethod
    def of(
        cls, pages: Sequence[str], margins: Sequence[Paragraph], *, is_numbered: bool = False
    ) -> tuple[Self, tuple[str, ...]]:
        """Return the text of `pages` without `margins`, and every margin that a page lacks.

        `is_numbered` says that page numbers count from 1 to the number of pages.
        """
        running = cls()
        lost: list[str] = []
        patterns = [(p.text, _pattern(p.text)) for p in margins if p.text.strip()]
        for number, page in enumerate(pages, 1):
            counts = {str(number), str(len(pages))} if is_numbered else None
            found = _add(running, page, patterns, counts)
            lost += (f"第 {number} 页缺页眉或页脚“{each}”" for each in found)
        return running, tuple(lost)


def _pattern(text: str) -> re.Pattern[str]:
    pieces = [re.escape(fold(piece)) for piece in text.split(PAGE_NUMBER)]
    return re.compile("([0-9]+)".join(pieces))


def _add(
    running: RunningText,
    page: str,
    patterns: Sequence[tuple[str, re.Pattern[str]]],
    counts: AbstractSet[str] | None,
) -> Iterator[str]:
    """Append `page` without its margins; yield the margins it lacks."""
    words = words_of(page)
    text = "".join(words)
    cuts: list[tuple[int, int]] = []
    for wanted, pattern in patterns:
        found = [
            each.span()
            for each in pattern.finditer(text)
            if not _overlaps(each.span(), cuts) and (counts is None or counts >= {*each.groups()})
        ]
        if not found:
            yield wanted.replace(PAGE_NUMBER, "#").strip()
            continue
        # A margin stands at an end of the page; the same words may stand in its text too.
        cuts.append(min(found, key=lambda span: min(span[0], len(text) - span[1])))
    running.starts.append(len(running.text))
    ends, at = set(), 0
    for word in words:
        at += len(word)
        ends.add(at)
    done = 0
    for start, end in [*sorted(cuts), (len(text), len(text))]:
        base = len(running.text) - done
        running.breaks.update(base + each for each in ends if done <= each <= start)
        running.text += text[done:start]
        running.breaks.add(len(running.text))
        done = end


def _overlaps(span: tuple[int, int], cuts: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in cuts)
