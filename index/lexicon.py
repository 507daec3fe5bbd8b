"""Lexicon: the names an index knows, found by how they sound, begin, or are misspelt."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import accumulate, islice

from index.access import Access
from index.analysis import normalise
from index.library import Suggestion
from index.pinyin import is_sound, letters_pattern, same_sound, sounded

PARTY, PROJECT, PERSON = "party", "project", "person"
_SHORTEST = 2
_MOST_KEPT = 64


class Lexicon:
    """Names by what they are names of, with the number of records that have each."""

    def __init__(
        self, counts: Mapping[tuple[str, str], int], sounds: dict[str, str] | None = None
    ) -> None:
        """Keep `counts` by (kind, name); `sounds` is kept by the caller, from one to the next."""
        self._counts = counts
        self._known_sounds = {} if sounds is None else sounds
        self._names = sorted({name for _, name in counts})

    @cached_property
    def _kinds(self) -> Mapping[str, tuple[str, int]]:
        """The kind and count under which most records have a name."""
        kinds: dict[str, tuple[str, int]] = {}
        for (kind, name), count in sorted(self._counts.items(), key=lambda each: each[1]):
            kinds[name] = (kind, count)
        return kinds

    @cached_property
    def _sounds(self) -> tuple[str, list[int]]:
        """All names' sounds, one a line, and where each line begins."""
        for name in self._names:
            if name not in self._known_sounds:
                self._known_sounds[name] = sounded(name)
        lines = [self._known_sounds[name] + "\n" for name in self._names]
        return "".join(lines), list(accumulate(map(len, lines), initial=0))

    @cached_property
    def _plain(self) -> list[str]:
        return [normalise(name) for name in self._names]

    def sounding(self, letters: str) -> frozenset[str]:
        """Return the names that typed letters may stand for."""
        return frozenset(self._heard(letters_pattern(letters)))

    def _heard(self, pattern: re.Pattern[str]) -> Iterator[str]:
        sounds, begins = self._sounds
        at = 0
        while match := pattern.search(sounds, at):
            line = bisect_right(begins, match.start()) - 1
            yield self._names[line]
            at = begins[line + 1]

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """Return names that begin with, then hold, then sound like what was typed."""
        asked = normalise(typed).strip()
        if not asked:
            return ()
        pairs = list(zip(self._names, self._plain, strict=True))
        ranked = [
            [name for name, plain in pairs if plain.startswith(asked)],
            [name for name, plain in pairs if asked in plain],
            list(self._heard(letters_pattern(asked))) if is_sound(asked) else [],
        ]
        found: dict[str, None] = {}
        for names in ranked:
            found.update(dict.fromkeys(sorted(names, key=self._rank)))
        return tuple(self._suggested(islice(found, limit)))

    def meant(self, asked: str, limit: int) -> tuple[Suggestion, ...]:
        """Return names that sound like a word, or differ from it in one character."""
        if len(asked) < _SHORTEST:
            return ()
        pattern = same_sound(asked)
        alike = list(self._heard(pattern)) if pattern else []
        pairs = zip(self._names, self._plain, strict=True)
        near = _one_off(asked)
        close = [name for name, plain in pairs if near.search(plain)] if near else []
        names = dict.fromkeys((*sorted(alike, key=self._rank), *sorted(close, key=self._rank)))
        return tuple(self._suggested(islice(names, limit)))

    def _rank(self, name: str) -> tuple[int, str]:
        return -self._kinds[name][1], name

    def _suggested(self, names: Iterable[str]) -> Iterator[Suggestion]:
        for name in names:
            kind, count = self._kinds[name]
            yield Suggestion(name, kind, count)


class Lexicons:
    """The lexicons of one state of an index, each of what some persons may know of."""

    def __init__(
        self,
        counts: Callable[[Access], Mapping[tuple[str, str], int]],
        sounds: dict[str, str],
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


def _one_off(asked: str) -> re.Pattern[str] | None:
    """Return what finds a word with one character wrong, missing, added, or two exchanged."""
    if len(asked) < _SHORTEST + 1 or len(asked) > 40:  # noqa: PLR2004 names are no longer
        return None
    forms: list[str] = []
    for place in range(len(asked)):
        before, here, after = asked[:place], asked[place], asked[place + 1 :]
        forms.append(f"{re.escape(before)}.{re.escape(after)}")
        forms.append(re.escape(before + after) if len(asked) > _SHORTEST + 1 else "$^")
        forms.append(f"{re.escape(before)}.{re.escape(here + after)}" if place else "$^")
        if after:
            forms.append(re.escape(before + after[0] + here + after[1:]))
    return re.compile("|".join(dict.fromkeys(forms)))
