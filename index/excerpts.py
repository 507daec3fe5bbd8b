"""Excerpts: the place of a hit as it stands in the original text, every hit marked 【…】."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.analysis import BORDERS, normalise, normalise_with_places
from index.language import Word
from index.spellings import spellings, way_places

_LENGTH = 120
_PARAGRAPH = re.compile(f"[^{BORDERS}]*[{BORDERS}]?")
_SENTENCE_END = re.compile(r"[。！？；!?;]|\n|\.(?=\s)")
_WHITE = re.compile(r"\s+")
_OWN_MARKS = str.maketrans("【】", "［］")  # so that 【 and 】 mean a hit and nothing else


def excerpt(original: str, body_start: int, words: Sequence[Word]) -> str:
    """Return about 120 characters of `original` where most of `words` stand close together.

    The text from `body_start` goes before the header lines above it. Without a hit, the
    text's beginning. Original 【】 are shown as ［］.
    """
    body = original[body_start:]
    hits = _hits(body, words, *_near(body, words))
    if not hits:
        hits = _hits(body, words)
    if not hits and words:
        hits = _hits(original[:body_start], words)
        if hits:
            body = original[:body_start]
    start, end = _window(hits)
    start, end = _at_sentences(body, start, end)
    marked = _marked(body, start, end, [(first, last) for first, last, _ in hits])
    before = "…" if body[:start].strip() else ""
    after = "…" if body[end:].strip() else ""
    return f"{before}{marked}{after}"


def _near(text: str, words: Sequence[Word]) -> tuple[int, int]:
    """Return the paragraphs around the first place where the only word stands as it was typed.

    Most words do, and comparing a few paragraphs takes a tenth of comparing all.
    """
    plain = text.lower()
    if len(words) != 1 or len(plain) != len(text):
        return 0, 0
    at = plain.find(words[0].asked)
    if at < 0:
        return 0, 0
    begin = max(text.rfind(border, 0, max(0, at - _LENGTH)) for border in "\n\t\f") + 1
    end = text.find("\n", at + 2 * _LENGTH)
    return begin, len(text) if end < 0 else end + 1


def _hits(
    text: str, words: Sequence[Word], begin: int = 0, end: int | None = None
) -> list[tuple[int, int, int]]:
    """Return (start, end, needle) of every hit in `text`, in order of place."""
    hits = []
    stop = len(text) if end is None else end
    for match in _PARAGRAPH.finditer(text, begin, stop):  # no hit crosses a paragraph's end
        plain = normalise(match.group())
        sought = [each for each in enumerate(words) if _stands(each[1], plain)]
        if sought:
            normalised, places = normalise_with_places(match.group())
            begins = match.start()
            for which, word in sought:
                for first, last in _places(word, normalised):
                    hits.append((begins + places[first], begins + places[last] + 1, which))
    return sorted(hits)


def _stands(word: Word, normalised: str) -> bool:
    if word.asked in normalised:
        return True
    return bool(word.ways) and any(way in spellings(normalised) for way in word.ways)


def _places(word: Word, normalised: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last character of each hit of `word`."""
    at = normalised.find(word.asked)
    while at >= 0:
        yield at, at + len(word.asked) - 1
        at = normalised.find(word.asked, at + len(word.asked))
    for way in word.ways:
        yield from way_places(normalised, way)


def _window(hits: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """Return the earliest stretch with the most different needles, as long as an excerpt."""
    if not hits:
        return 0, 0
    best, most = (hits[0][0], hits[0][1]), 0
    last = 0
    for first, (start, end, _) in enumerate(hits):
        last = max(last, first)
        while last + 1 < len(hits) and hits[last + 1][1] <= start + _LENGTH:
            last += 1
        within = hits[first : last + 1]
        found = len({which for *_, which in within})
        if found > most:
            best, most = (start, max(end, *(hit[1] for hit in within))), found
    return best


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
