"""Covering: whether the text of a Word file stands in the text of a PDF, whole and once each."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from templates.folding import fold
from templates.reading import Paragraph
from templates.remainder import TAKEN, Remainder, Wanted
from templates.runningtext import RunningText

_SURE = 20
_REACH = 4_000


@dataclass(frozen=True, slots=True)
class Cover:
    """What of the wanted text the pages lack, and what they say beyond it.

    `lost` are the positions in the text of what is missing, `unheaded` the margins a page lacks;
    `extra` has the page of each surplus, from 1.
    """

    missing: tuple[str, ...]
    surplus: tuple[str, ...]
    lost: tuple[int, ...] = ()
    unheaded: tuple[str, ...] = ()
    extra: tuple[tuple[int, str], ...] = ()
    starts: tuple[int, ...] = ()
    places: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def out_of_order(self, body: Sequence[Paragraph]) -> Iterator[int]:
        """Yield the positions of paragraphs that stand on an earlier page than one before them.

        Only texts that can be told from all others are asked.
        """
        folded = {each: fold(body[each].text) for each in self.places}
        counts = Counter(folded.values())
        last = 0
        for position in sorted(self.places):
            text = folded[position]
            if len(text) < _SURE or counts[text] > 1:
                continue
            page = bisect.bisect_right(self.starts, self.places[position][0][0])
            if page < last:
                yield position
            last = max(last, page)

    def page_of(self, position: int, offset: int = 0) -> int | None:
        """Return the page (from 1) of the paragraph at `position`, `offset` characters into it.

        The characters are counted as folded; None where the paragraph stands nowhere.
        """
        pieces = self.places.get(position, ())
        for at, length in pieces:
            if offset < length:
                return bisect.bisect_right(self.starts, at + offset)
            offset -= length
        return bisect.bisect_right(self.starts, pieces[-1][0]) if pieces else None


def cover(
    body: Sequence[Paragraph],
    margins: Sequence[Paragraph],
    pages: Sequence[str],
    *,
    is_numbered: bool = False,
) -> Cover:
    """Return what is missing and what is too much when `pages` should say `body`.

    Line and page breaks, blanks and the order of table cells do not matter; how often a text
    stands does. Headers and footers must stand on every page, header rows may repeat;
    `is_numbered` says that page numbers count from 1 to the number of pages.
    """
    running, unheaded = RunningText.of(pages, margins, is_numbered=is_numbered)
    folded = [(position, p, fold(p.text)) for position, p in enumerate(body)]
    at = [position for position, _, text in folded if text]
    wanted = [(p, text) for _, p, text in folded if text]
    repeated = _repeated(wanted)
    covered = _read_in_order(running, wanted, repeated)
    if covered.missing or covered.surplus:
        anyhow = _search(Remainder(running.text, running), range(len(wanted)), wanted, repeated)
        covered = covered if anyhow.missing or anyhow.surplus else anyhow
    return replace(
        covered,
        missing=(*unheaded, *covered.missing),
        lost=tuple(at[each] for each in covered.lost),
        unheaded=unheaded,
        starts=tuple(running.starts),
        places={at[each]: pieces for each, pieces in covered.places.items()},
    )


def _read_in_order(running: RunningText, wanted: Wanted, repeated: Sequence[str]) -> Cover:
    reader = _Reader(running, [text for _, text in wanted], repeated)
    reader.read()
    left = reader.left()
    covered = _search(left, reader.lost, wanted, repeated)
    lost = set(reader.lost)
    read = {each: tuple(pieces) for each, pieces in reader.places.items() if each not in lost}
    return replace(covered, places={**read, **covered.places})


def _search(
    left: Remainder, sought: Iterable[int], wanted: Wanted, repeated: Sequence[str]
) -> Cover:
    """Look for the texts at `sought` anywhere in what is left, the longest first."""
    lost = left.take(sorted(sought, key=lambda each: -len(wanted[each][1])), wanted)
    missing = tuple(f"缺“{wanted[each][0].text.strip()}”" for each in sorted(lost))
    extra = tuple(left.surplus(repeated))
    surplus = tuple(text for _, text in extra)
    return Cover(missing, surplus, lost=tuple(sorted(lost)), extra=extra, places=left.places)


def _repeated(wanted: Wanted) -> tuple[str, ...]:
    """Return the text of every block of header rows, longest first."""
    blocks: list[str] = []
    joined = ""
    for paragraph, text in wanted:
        if paragraph.repeats:
            joined += text
        elif joined:
            blocks.append(joined)
            joined = ""
    return tuple(sorted({*blocks, *([joined] if joined else [])}, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left of the text at `position` when `page` ended, and where its head was read."""

    position: int
    text: str
    page: int
    read: tuple[tuple[int, int], ...]


class _Reader:
    """Reads the wanted texts off the pages in their order, and marks what it read.

    A cell that goes on on the next page leaves its rest open; rests come first there, below
    the repeated header row. A text that does not stand where it should is passed over, or what
    stands before it is: both are looked at again afterwards, in any order.
    """

    def __init__(self, pages: RunningText, wanted: Sequence[str], repeated: Sequence[str]) -> None:
        self._pages = pages
        self._wanted = wanted
        self._repeated = repeated
        self._starts = set(pages.starts)
        self._rests: list[_Rest] = []
        self._at = 0
        self._gaps: list[tuple[int, int]] = []
        self.lost: list[int] = []
        self.places: dict[int, list[tuple[int, int]]] = {}

    def read(self) -> None:
        """Read all; `lost` then holds the positions of the texts passed over."""
        for position, text in enumerate(self._wanted):
            self._page_top(text)
            if self._stands_here(position):
                self._pass(position, len(text))
            elif cut := self._cut(text):
                read = ((self._at, self._at + cut),)
                self._rests.append(_Rest(position, text[cut:], self._page(), read))
                self._pass(position, cut)
            elif (at := self._ahead(position)) >= 0:
                self._gaps.append((self._at, at))
                self._at = at
                self._pass(position, len(text))
            else:
                self.lost.append(position)
        self._page_top("")
        self._gaps.append((self._at, len(self._pages.text)))
        for rest in self._rests:
            self._lose(rest)

    def _pass(self, position: int, length: int) -> None:
        self.places.setdefault(position, []).append((self._at, length))
        self._at += length

    def _stands_here(self, position: int) -> bool:
        """Return whether the text stands here, whole: the cell 5 is not the 5 of 5.2."""
        text, end = self._pages.text, self._at + len(self._wanted[position])
        if not text.startswith(self._wanted[position], self._at):
            return False
        following = self._wanted[position + 1] if position + 1 < len(self._wanted) else ""
        return end in self._pages.breaks or text.startswith(following, end)

    def left(self) -> Remainder:
        """Return what was not read, the rest of the text masked."""
        left, done = [], 0
        for start, end in sorted(self._gaps):
            left.append(TAKEN * (start - done) + self._pages.text[start:end])
            done = end
        return Remainder("".join(left), self._pages)

    def _page_top(self, coming: str) -> None:
        """Pass what stands at the top of a page: the repeated header row, the rests of cells."""
        before = -1
        while before < self._at:
            before = self._at
            if self._at in self._starts:
                self._pass_header_row(coming)
            if self._rests:
                self._pass_rests()

    def _pass_header_row(self, coming: str) -> None:
        for block in self._repeated:
            is_first = coming and block.startswith(coming)
            if self._pages.text.startswith(block, self._at) and not is_first:
                self._at += len(block)
                return

    def _pass_rests(self) -> None:
        """Pass the rests cell by cell; one too long for this page leaves a rest again."""
        still: list[_Rest] = []
        for rest in self._rests:
            if self._pages.text.startswith(rest.text, self._at):
                self._pass(rest.position, len(rest.text))
            elif cut := self._cut(rest.text):
                read = (*rest.read, (self._at, self._at + cut))
                still.append(_Rest(rest.position, rest.text[cut:], self._page(), read))
                self._pass(rest.position, cut)
            elif self._page() > rest.page + 1:
                self._lose(rest)
            else:
                still.append(rest)
        self._rests = still

    def _lose(self, rest: _Rest) -> None:
        # Its head is free again: kept, the text could be found once more beside its own half.
        self.lost.append(rest.position)
        self._gaps += rest.read

    def _page(self) -> int:
        return bisect.bisect_right(self._pages.starts, self._at)

    def _cut(self, text: str) -> int:
        """Return how much of `text` stands here up to a word's end, if the rest comes next page."""
        pages = self._pages
        page = self._page()
        if page == len(pages.starts):
            return 0
        best = 0
        for length, char in enumerate(text[:-1], 1):
            if self._at + length > pages.starts[page] or pages.text[self._at + length - 1] != char:
                break
            if self._at + length in pages.breaks:
                best = length
        rest = text[best : best + _SURE]
        return best if best and pages.text.find(rest, pages.starts[page]) >= 0 else 0

    def _ahead(self, position: int) -> int:
        """Return where the text at `position` stands further on; -1 if it is to be passed over."""
        text, end = self._pages.text, self._at + _REACH
        here = text.find("".join(self._wanted[position : position + 2]), self._at, end)
        following = "".join(self._wanted[position + 1 : position + 3])
        beyond = text.find(following, self._at, end) if following else -1
        return -1 if 0 <= beyond <= here else here
