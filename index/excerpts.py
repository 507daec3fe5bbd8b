"""Excerpts: the place of a hit as it stands in the original text, every hit marked 【…】.

Hits are found in the normalised text; of the original only the paragraphs around what is shown
are compared, since telling where each character came from takes longer than all the rest.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from operator import attrgetter
from typing import NamedTuple

from index.analysis import BORDERS, normalise, normalise_with_places
from index.language import Word
from index.spellings import way_places

_LENGTH = 120
_PARAGRAPH = re.compile(f"[^{BORDERS}]+")
_SENTENCE_END = re.compile(r"[。！？；!?;]|\n|\.(?=\s)")
_FIRST = attrgetter("first")
_WHITE = re.compile(r"\s+")
_OWN_MARKS = str.maketrans("【】", "［］")  # so that 【 and 】 mean a hit and nothing else


class Place(NamedTuple):
    """Where a word stands, from the first to after the last character, and which word it is."""

    first: int
    end: int
    word: int


def places(normalised: str, words: Sequence[Word]) -> list[Place]:
    """Return every hit of `words` in a normalised text, in order of place."""
    return sorted(
        Place(first, last + 1, which)
        for which, word in enumerate(words)
        for first, last in _places(word, normalised)
    )


def pages_with(hits: Sequence[Place], page_places: Sequence[int]) -> tuple[int, ...]:
    """Return the pages, from 1, on which a hit stands in part or whole."""
    if not page_places:
        return ()
    pages: set[int] = set()
    for hit in hits:
        first = max(1, bisect_right(page_places, hit.first))
        pages.update(range(first, max(first, bisect_right(page_places, hit.end - 1)) + 1))
    return tuple(sorted(pages))


def excerpt(original: str, normalised: str, hits: Sequence[Place]) -> str:
    """Return about 120 characters of `original` where most of the words stand close together.

    `hits` are places in `normalised`, its normalised form; without one it is the text's
    beginning. Original 【】 are shown as ［］.
    """
    window = _window(hits)
    shown = list(_shown(original, normalised, hits, window)) if hits else []
    within = [each for hit, *each in shown if window[0] <= hit.first and hit.end <= window[1]]
    start = min((first for first, _ in within), default=0)
    end = max((last for _, last in within), default=0)
    start, end = _at_sentences(original, start, end)
    marked = _marked(original, start, end, [(first, last) for _, first, last in shown])
    before = "…" if original[:start].strip() else ""
    after = "…" if original[end:].strip() else ""
    return f"{before}{marked}{after}"


def _places(word: Word, normalised: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last character of each hit of `word`."""
    at = normalised.find(word.asked)
    while at >= 0:
        yield at, at + len(word.asked) - 1
        at = normalised.find(word.asked, at + len(word.asked))
    for way in word.ways:
        yield from way_places(normalised, way)


def _window(hits: Sequence[Place]) -> tuple[int, int]:
    """Return the earliest stretch with the most different words, as long as an excerpt."""
    if not hits:
        return 0, 0
    best, most = (hits[0].first, hits[0].end), 0
    different = len({hit.word for hit in hits})
    last = 0
    for first, hit in enumerate(hits):
        last = max(last, first)
        while last + 1 < len(hits) and hits[last + 1].end <= hit.first + _LENGTH:
            last += 1
        within = hits[first : last + 1]
        found = len({each.word for each in within})
        if found > most:
            best, most = (hit.first, max(each.end for each in within)), found
            if found == different:
                break
    return best


def _shown(
    original: str, normalised: str, hits: Sequence[Place], window: tuple[int, int]
) -> Iterator[tuple[Place, int, int]]:
    """Yield the hits in the paragraphs around a window, with where they stand in the original."""
    blank = normalised.startswith("\n")  # before the first paragraph
    begin = max(blank, normalised.rfind("\n", 0, max(0, window[0] - _LENGTH // 2)) + 1)
    end = normalised.find("\n", window[1] + _LENGTH)
    plain = normalised[begin : None if end < 0 else end].removesuffix("\n").split("\n")
    number = normalised.count("\n", 0, begin) - blank
    within: dict[int, list[Place]] = {}
    begins = list(accumulate((len(each) + 1 for each in plain), initial=begin))
    for hit in hits[bisect_left(hits, begin, key=_FIRST) :]:
        if hit.first >= begins[-1]:
            break
        within.setdefault(bisect_right(begins, hit.first) - 1, []).append(hit)
    sought = {which: plain[which] for which in within}
    for which, (place, letters) in _paragraphs(original, number, sought).items():
        at = begins[which]
        for hit in within[which]:
            yield hit, place + letters[hit.first - at], place + letters[hit.end - 1 - at] + 1


def _paragraphs(
    original: str, number: int, sought: Mapping[int, str]
) -> Mapping[int, tuple[int, list[int]]]:
    """Return where the paragraphs sought begin, counted from the one of that number.

    With each stands where in it each of its normalised letters came from.

    Blank ones are not counted. One that only looks as if it said something makes the count
    wrong, which their normalised forms tell: then all are looked at. None where the two texts
    are not of each other at all.
    """
    last = number + max(sought, default=0) + 1
    for is_blank in (_is_white, _is_nothing):
        counted = (each for each in _PARAGRAPH.finditer(original) if not is_blank(each.group()))
        found = {
            which: (each.start(), *normalise_with_places(each.group()))
            for which, each in enumerate(islice(counted, number, last))
            if which in sought
        }
        if {which: plain for which, (_, plain, _) in found.items()} == dict(sought):
            return {which: (start, letters) for which, (start, _, letters) in found.items()}
    return {}


def _is_white(text: str) -> bool:
    return not text.strip()


def _is_nothing(text: str) -> bool:
    return not normalise(text)


def _at_sentences(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a stretch to about an excerpt's length, to the borders of sentences if near."""
    spare = max(0, _LENGTH - (end - start))
    from_here = max(0, start - spare // 3)
    borders = [match.end() for match in _SENTENCE_END.finditer(text, from_here, start)]
    new_start = borders[0] if borders else from_here
    limit = min(len(text), max(end, new_start + _LENGTH))
    borders = [match.end() for match in _SENTENCE_END.finditer(text, end, limit)]
    return new_start, borders[-1] if borders else limit


def _marked(text: str, start: int, end: int, hits: Sequence[tuple[int, int]]) -> str:
    """Return text[start:end] in one line, its hits marked; hits that touch are marked as one."""
    joined: list[tuple[int, int]] = []
    for first, last in hits:
        if last <= start or first >= end:
            continue
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    parts = []
    at = start
    for first, last in joined:
        parts += [_plain(text[at:first]), "【", _plain(text[first:last]), "】"]
        at = last
    return "".join([*parts, _plain(text[at : max(at, end)])]).strip()


def _plain(text: str) -> str:
    return _WHITE.sub(" ", text).translate(_OWN_MARKS)
