"""Remainder: what a reader left over of the pages, and what can still be found in it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from templates.reading import Paragraph
from templates.runningtext import RunningText

TAKEN = "\0"
"""Stands for every character that was read already."""

_FREE = re.compile("[^\0]+")

Wanted = Sequence[tuple[Paragraph, str]]
"""Paragraphs, each with its folded text."""


@dataclass(slots=True)
class Remainder:
    """The masked text of the pages, to be searched in any order."""

    text: str
    pages: RunningText
    places: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def take(self, lost: Sequence[int], wanted: Wanted) -> tuple[int, ...]:
        """Take the texts at `lost` out, each once; return those that stand nowhere."""
        broken = []
        for position in lost:
            text = wanted[position][1]
            at = self.text.find(text)
            if at < 0:
                broken.append(position)
            else:
                self._mask(position, [(at, len(text))])
        return tuple(each for each in broken if not self._take_pieces(each, wanted[each][1]))

    def surplus(self, repeated: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Yield what nobody wanted with its page, repeated header rows excepted."""
        text = self.text
        for block in repeated:
            text = text.replace(block, TAKEN * len(block))
        starts = self.pages.starts
        for part in _FREE.finditer(text):
            page = bisect.bisect_right(starts, part.start())
            yield page, part[0]

    def _take_pieces(self, position: int, text: str) -> bool:
        for page in range(len(self.pages.starts) - 1):
            pieces = self._pieces(page, text, anywhere=True)
            if pieces and len(pieces) > 1:
                self._mask(position, pieces)
                return True
        return False

    def _pieces(self, page: int, text: str, *, anywhere: bool) -> list[tuple[int, int]]:
        """Return where `text` stands from `page` on, one piece a page, each a run of words."""
        starts, breaks = self.pages.starts, self.pages.breaks
        start = starts[page]
        end = starts[page + 1] if page + 1 < len(starts) else len(self.text)
        at = self.text.find(text, start, end)
        if at >= 0 and (anywhere or at == start or at in breaks):
            return [(at, len(text))]
        if page + 1 == len(starts):
            return []
        for length in range(len(text) - 1, 0, -1):
            at = self.text.find(text[:length], start, end)
            if at >= 0 and at + length in breaks:
                rest = self._pieces(page + 1, text[length:], anywhere=False)
                return [(at, length), *rest] if rest else []
        return []

    def _mask(self, position: int, spans: Sequence[tuple[int, int]]) -> None:
        self.places[position] = tuple(spans)
        for at, length in spans:
            self.text = self.text[:at] + TAKEN * length + self.text[at + length :]
