"""Lines: very many short texts as one, searched at once and held at little more than their size."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate


class Lines:
    """Texts by number, from 0; a line end within one is kept as a tab."""

    def __init__(self, texts: Iterable[str]) -> None:
        lines = [text.replace("\n", "\t") for text in texts]
        self._begins = array("L", accumulate((len(line) + 1 for line in lines), initial=0))
        self._text = "\n".join([*lines, ""])

    def __len__(self) -> int:
        return len(self._begins) - 1

    def __getitem__(self, number: int) -> str:
        return self._text[self._begins[number] : self._begins[number + 1] - 1]

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    def holding(self, part: str) -> Iterator[int]:
        """Yield the numbers of the texts that hold `part`, which is not empty."""
        return self._each(lambda at: self._text.find(part, at))

    def matching(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """Yield the numbers of the texts in which `pattern` is found; it knows of line ends."""

        def place(at: int) -> int:
            match = pattern.search(self._text, at)
            return match.start() if match else -1

        return self._each(place)

    def _each(self, place_from: Callable[[int], int]) -> Iterator[int]:
        at = place_from(0)
        while at >= 0:
            number = bisect_right(self._begins, at) - 1
            yield number
            at = place_from(self._begins[number + 1])
