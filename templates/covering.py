"""Covering: whether the text of a Word file stands in the text of a PDF, whole and once each."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from templates.folding import fold, words_of
from templates.reading import PAGE_NUMBER, Paragraph

_TAKEN = "\0"
_SURE = 20
_REACH = 4_000


_Wanted = Sequence[tuple[Paragraph, str]]
"""Paragraphs, each with its folded text."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What of the wanted text the pages lack, and what they say beyond it."""

    missing: tuple[str, ...]
    surplus: tuple[str, ...]


@dataclass(slots=True)
class _Pages:
    """The running text of all pages, margins taken off; `breaks` are the ends of words."""

    text: str = ""
    breaks: set[int] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)


def cover(body: Sequence[Paragraph], margins: Sequence[Paragraph], pages: Sequence[str]) -> Cover:
    """Return what is missing and what is too much when `pages` should say `body`.

    Line and page breaks, blanks and the order of table cells do not matter; how often a text
    stands does. Headers and footers must stand on every page, header rows may repeat.
    """
    missing: list[str] = []
    running = _Pages()
    patterns = [(p.text, _pattern(p.text)) for p in margins if p.text.strip()]
    for number, page in enumerate(pages, 1):
        missing += (f"第 {number} 页缺页眉或页脚“{lost}”" for lost in _add(running, page, patterns))
    wanted = [(p, text) for p in body if (text := fold(p.text))]
    repeated = _repeated(wanted)
    covered = _read_in_order(running, wanted, repeated)
    if covered.missing or covered.surplus:
        anyhow = _search(_Left(running.text, running), range(len(wanted)), wanted, repeated)
        covered = covered if anyhow.missing or anyhow.surplus else anyhow
    return Cover((*missing, *covered.missing), covered.surplus)


def _read_in_order(running: _Pages, wanted: _Wanted, repeated: Sequence[str]) -> Cover:
    reader = _Reader(running, [text for _, text in wanted], repeated)
    reader.read()
    return _search(reader.left(), reader.lost, wanted, repeated)


def _search(left: _Left, sought: Iterable[int], wanted: _Wanted, repeated: Sequence[str]) -> Cover:
    """Look for the texts at `sought` anywhere in what is left, the longest first."""
    lost = left.take(sorted(sought, key=lambda each: -len(wanted[each][1])), wanted)
    missing = tuple(f"缺“{wanted[each][0].text.strip()}”" for each in sorted(lost))
    return Cover(missing, left.surplus(repeated))


def _pattern(text: str) -> re.Pattern[str]:
    pieces = [re.escape(fold(piece)) for piece in text.split(PAGE_NUMBER)]
    return re.compile("[0-9]+".join(pieces))


def _add(
    running: _Pages, page: str, patterns: Sequence[tuple[str, re.Pattern[str]]]
) -> Iterator[str]:
    """Append `page` without its margins; yield the margins it lacks."""
    words = words_of(page)
    text = "".join(words)
    cuts: list[tuple[int, int]] = []
    for wanted, pattern in patterns:
        found = [m.span() for m in pattern.finditer(text) if not _overlaps(m.span(), cuts)]
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


def _repeated(wanted: _Wanted) -> tuple[str, ...]:
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

    def __init__(self, pages: _Pages, wanted: Sequence[str], repeated: Sequence[str]) -> None:
        self._pages = pages
        self._wanted = wanted
        self._repeated = repeated
        self._starts = set(pages.starts)
        self._rests: list[_Rest] = []
        self._at = 0
        self._gaps: list[tuple[int, int]] = []
        self.lost: list[int] = []

    def read(self) -> None:
        """Read all; `lost` then holds the positions of the texts passed over."""
        for position, text in enumerate(self._wanted):
            self._page_top(text)
            if self._stands_here(position):
                self._at += len(text)
            elif cut := self._cut(text):
                read = ((self._at, self._at + cut),)
                self._rests.append(_Rest(position, text[cut:], self._page(), read))
                self._at += cut
            elif (at := self._ahead(position)) >= 0:
                self._gaps.append((self._at, at))
                self._at = at + len(text)
            else:
                self.lost.append(position)
        self._page_top("")
        self._gaps.append((self._at, len(self._pages.text)))
        for rest in self._rests:
            self._lose(rest)

    def _stands_here(self, position: int) -> bool:
        """Return whether the text stands here, whole: the cell 5 is not the 5 of 5.2."""
        text, end = self._pages.text, self._at + len(self._wanted[position])
        if not text.startswith(self._wanted[position], self._at):
            return False
        following = self._wanted[position + 1] if position + 1 < len(self._wanted) else ""
        return end in self._pages.breaks or text.startswith(following, end)

    def left(self) -> _Left:
        """Return what was not read, the rest of the text masked."""
        left, done = [], 0
        for start, end in sorted(self._gaps):
            left.append(_TAKEN * (start - done) + self._pages.text[start:end])
            done = end
        return _Left("".join(left), self._pages)

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
                self._at += len(rest.text)
            elif cut := self._cut(rest.text):
                read = (*rest.read, (self._at, self._at + cut))
                still.append(_Rest(rest.position, rest.text[cut:], self._page(), read))
                self._at += cut
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


@dataclass(slots=True)
class _Left:
    """What the reader left over: the masked text of the pages, to be searched in any order."""

    text: str
    pages: _Pages

    def take(self, lost: Sequence[int], wanted: _Wanted) -> tuple[int, ...]:
        """Take the texts at `lost` out, each once; return those that stand nowhere."""
        broken = []
        for position in lost:
            text = wanted[position][1]
            at = self.text.find(text)
            if at < 0:
                broken.append(position)
            else:
                self._mask([(at, len(text))])
        return tuple(each for each in broken if not self._take_pieces(wanted[each][1]))

    def surplus(self, repeated: Sequence[str]) -> tuple[str, ...]:
        """Return what nobody wanted, repeated header rows excepted."""
        text = self.text
        for block in repeated:
            text = text.replace(block, _TAKEN)
        return tuple(part for part in text.split(_TAKEN) if part)

    def _take_pieces(self, text: str) -> bool:
        for page in range(len(self.pages.starts) - 1):
            pieces = self._pieces(page, text, anywhere=True)
            if pieces and len(pieces) > 1:
                self._mask(pieces)
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

    def _mask(self, spans: Sequence[tuple[int, int]]) -> None:
        for at, length in spans:
            self.text = self.text[:at] + _TAKEN * length + self.text[at + length :]
