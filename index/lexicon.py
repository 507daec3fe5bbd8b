"""Lexicon: the names an index knows, found by how they sound, begin, or are misspelt."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from index.access import Access
from index.analysis import normalise
from index.library import Suggestion
from index.lines import Lines
from index.pinyin import is_sound, letters_pattern, same_sound, sounded

PARTY, PROJECT, PERSON = _KINDS = ("party", "project", "person")
_SHORTEST, _LONGEST = 2, 40
_MOST_KEPT = 64
_COMMON = 20_000  # names with the same characters: which of them was meant nobody can tell


class Sounds:
    """The sounds of names, worked out once: kept from one state of an index to the next."""

    def __init__(self) -> None:
        self._names = self._sounds = Lines(())

    def of(self, names: Lines) -> Lines:
        """Return the sounds of `names`, which are in order, one a line."""
        known = zip(self._names, self._sounds, strict=True)
        sounds = Lines(_joined(names, known))
        if len(names) >= len(self._names):
            self._names, self._sounds = names, sounds
        return sounds


def _joined(names: Iterable[str], known: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Yield the sound of each name, from what is known where it is; both are in order."""
    at = next(known, None)
    for name in names:
        while at is not None and at[0] < name:
            at = next(known, None)
        yield at[1] if at is not None and at[0] == name else sounded(name)


class Lexicon:
    """Names by what they are names of, with the number of records that have each."""

    def __init__(self, counts: Mapping[tuple[str, str], int], sounds: Sounds | None = None) -> None:
        """Keep `counts` by (kind, name): of a name the kind that most records have it as."""
        most: dict[str, tuple[int, int]] = {}
        for (kind, name), count in counts.items():
            known = most.get(name)
            own = count, _KINDS.index(kind)
            if known is None or own > known:
                most[name] = own
        names = sorted(most)
        self._names = Lines(names)
        self._counts = array("L", (most[name][0] for name in names))
        self._kinds = bytes(most[name][1] for name in names)
        self._known_sounds = sounds or Sounds()

    @cached_property
    def _plain(self) -> Lines:
        return Lines(map(normalise, self._names))

    @cached_property
    def _sounds(self) -> Lines:
        return self._known_sounds.of(self._names)

    def sounding(self, letters: str) -> frozenset[str]:
        """Return the names that typed letters may stand for."""
        return frozenset(map(self._names.__getitem__, self._heard(letters_pattern(letters))))

    def _heard(self, pattern: re.Pattern[str]) -> Iterator[int]:
        return self._sounds.matching(pattern)

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """Return names that begin with, then hold, then sound like what was typed."""
        asked = normalise(typed).strip()
        if not asked:
            return ()
        holding = list(self._plain.holding(asked))
        ranked = [
            [number for number in holding if self._plain[number].startswith(asked)],
            holding,
            self._heard(letters_pattern(asked)) if is_sound(asked) else (),
        ]
        return self._first(limit, ranked)

    def meant(self, asked: str, limit: int) -> tuple[Suggestion, ...]:
        """Return names that sound like a word, or differ from it in one character."""
        if len(asked) < _SHORTEST:
            return ()
        pattern = same_sound(asked)
        return self._first(limit, [self._heard(pattern) if pattern else (), self._close(asked)])

    def _close(self, asked: str) -> Iterator[int]:
        """Yield the names with a word that has one character wrong, missing, added, exchanged.

        Of the two halves of the word one is then right, or the two characters between them are
        exchanged.
        """
        if not _SHORTEST < len(asked) <= _LONGEST:
            return
        half = len(asked) // 2
        exchanged = asked[: half - 1] + asked[half] + asked[half - 1] + asked[half + 1 :]
        likely: set[int] = set()
        for part in (asked[:half], asked[half:], exchanged):
            holding = list(islice(self._plain.holding(part), _COMMON + 1))
            if len(holding) <= _COMMON:
                likely.update(holding)
        near = _one_off(asked)
        yield from (number for number in likely if near.search(self._plain[number]))

    def _first(self, limit: int, ranked: Iterable[Iterable[int]]) -> tuple[Suggestion, ...]:
        """Return the first of several lists, of each those first that most records have."""
        found: dict[int, None] = {}
        for numbers in ranked:
            found.update(dict.fromkeys(nsmallest(limit + len(found), numbers, key=self._rank)))
        return tuple(
            Suggestion(self._names[each], _KINDS[self._kinds[each]], self._counts[each])
            for each in islice(found, limit)
        )

    def _rank(self, number: int) -> tuple[int, int]:
        return -self._counts[number], number


class Lexicons:
    """The lexicons of one state of an index, each of what some persons may know of."""

    def __init__(
        self,
        counts: Callable[[Access], Mapping[tuple[str, str], int]],
        sounds: Sounds,
    ) -> None:
        """Take names from `counts`; `sounds` is kept by the caller, from one state to the next."""
        self._counts = counts
        self._sounds = sounds
        self._made: dict[Access, Lexicon] = {}

    def of(self, access: Access) -> Lexicon:
        """Return the names of records that `access` allows."""
        made = self._made.pop(access, None)
        if made is None:
            made = Lexicon(self._counts(access), self._sounds)
        self._made[access] = made
        if len(self._made) > _MOST_KEPT:
            self._made.pop(next(iter(self._made)))
        return made


def _one_off(asked: str) -> re.Pattern[str]:
    """Return what finds a word with one character wrong, missing, added, or two exchanged."""
    forms: list[str] = []
    for place in range(len(asked)):
        before, here, after = asked[:place], asked[place], asked[place + 1 :]
        forms.append(f"{re.escape(before)}.{re.escape(after)}")
        if len(asked) > _SHORTEST + 1:
            forms.append(re.escape(before + after))
        if place:
            forms.append(f"{re.escape(before)}.{re.escape(here + after)}")
        if after:
            forms.append(re.escape(before + after[0] + here + after[1:]))
    return re.compile("|".join(dict.fromkeys(forms)))
