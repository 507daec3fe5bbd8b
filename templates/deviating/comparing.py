"""Comparing: how one text became another, paragraph by paragraph and letter by letter (比对).

The edits, applied to the first text, give the second exactly: what is shown is what was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from diff_match_patch import diff_match_patch

Letters = tuple[tuple[int, str], ...]
"""Stretches of one paragraph: -1 taken out, 0 kept, 1 put in."""

_SECONDS_FOR_ALL: Final = 20.0
_SECONDS_FOR_ONE: Final = 2.0
_MOST_PAIRS: Final = 40_000
_ALIKE: Final = 0.4
_FIRST_CODE: Final = 0x100
_SURROGATES: Final = (0xD800, 0x800)
_SHORTEST_MOVED: Final = 6
_BLANKS: Final = re.compile(r"\s+")


class Kind(StrEnum):
    """What an edit does to a paragraph."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Edit:
    """One paragraph kept, added, removed or changed; `at` and `to` are its places, -1 for none.

    `moved` is, of one that was removed here and added elsewhere, its place in the other text.
    """

    kind: Kind
    at: int
    to: int
    letters: Letters = ()
    moved: int = -1


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two texts as they are compared: `like` says that two paragraphs may be one another."""

    before: Sequence[str]
    after: Sequence[str]
    like: Callable[[int, int], bool]


def compare(
    before: Sequence[str],
    after: Sequence[str],
    *,
    like: Callable[[int, int], bool] = lambda _at, _to: True,
    letters: Callable[[int, int], Letters] | None = None,
) -> tuple[Edit, ...]:
    """Return the edits that make `after` of `before`.

    Only paragraphs that are `like` one another are held for the same one changed. `letters`
    may know more of a paragraph than its letters; where it gives nothing they are compared.
    """
    pairing = Pairing(before, after, like)
    edits: list[Edit] = []
    for at, to, length, kept in _stretches(before, after):
        if kept:
            edits += [Edit(Kind.KEPT, at + n, to + n) for n in range(length[0])]
        else:
            edits += _gap(pairing, range(at, at + length[0]), range(to, to + length[1]))
    return tuple(_moved(before, after, [_lettered(pairing, each, letters) for each in edits]))


def apply(before: Sequence[str], edits: Sequence[Edit], after: Sequence[str]) -> tuple[str, ...]:
    """Return the text that `edits` make of `before`; `after` gives what is added whole.

    Kept paragraphs come from `before`, changed ones from their letters, which must also be
    those of `before`: raises ValueError where they are not.
    """
    made: list[str] = []
    for edit in edits:
        if edit.kind is Kind.KEPT:
            made.append(before[edit.at])
        elif edit.kind is Kind.ADDED:
            made.append(after[edit.to])
        elif edit.kind is Kind.CHANGED:
            if "".join(text for turn, text in edit.letters if turn <= 0) != before[edit.at]:
                raise ValueError(f"paragraph {edit.at} is not what was compared")
            made.append("".join(text for turn, text in edit.letters if turn >= 0))
    return tuple(made)


def letters_of(before: str, after: str) -> Letters:
    """Return how one paragraph became another, letter by letter."""
    engine = diff_match_patch()
    engine.Diff_Timeout = _SECONDS_FOR_ONE
    found = engine.diff_main(before, after, False)
    engine.diff_cleanupSemantic(found)
    return tuple((turn, text) for turn, text in found)


def without_blanks(text: str) -> str:
    """Return `text` without any blank: two that are equal then differ in blanks alone."""
    return _BLANKS.sub("", text)


def _stretches(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[int, int, tuple[int, int], bool]]:
    """Yield stretches of both texts: where they begin, how long, and whether they are equal."""
    codes: dict[str, str] = {}
    one, other = (
        "".join(codes.setdefault(text, _code(len(codes))) for text in texts)
        for texts in (before, after)
    )
    engine = diff_match_patch()
    engine.Diff_Timeout = _SECONDS_FOR_ALL
    at = to = 0
    gap = [0, 0]
    for turn, run in engine.diff_main(one, other, False):
        if turn:
            gap[turn > 0] += len(run)
            continue
        if any(gap):
            yield at, to, (gap[0], gap[1]), False
            at, to, gap = at + gap[0], to + gap[1], [0, 0]
        yield at, to, (len(run), len(run)), True
        at, to = at + len(run), to + len(run)
    if any(gap):
        yield at, to, (gap[0], gap[1]), False


def _code(number: int) -> str:
    code = _FIRST_CODE + number
    return chr(code if code < _SURROGATES[0] else code + _SURROGATES[1])


def _gap(pairing: Pairing, ats: range, tos: range) -> Iterator[Edit]:
    """Yield the edits of a stretch that differs: like paragraphs are paired, in their order."""
    at, to = ats.start, tos.start
    for one, other in [*_pairs(pairing, ats, tos), (ats.stop, tos.stop)]:
        yield from (Edit(Kind.REMOVED, each, -1) for each in range(at, one))
        yield from (Edit(Kind.ADDED, -1, each) for each in range(to, other))
        if one < ats.stop and other < tos.stop:
            yield Edit(Kind.CHANGED, one, other)
        at, to = one + 1, other + 1


def _pairs(pairing: Pairing, ats: range, tos: range) -> list[tuple[int, int]]:
    """Return which paragraphs became which, so that together they are as alike as can be."""
    if not ats or not tos or len(ats) * len(tos) > _MOST_PAIRS:
        return []
    alike = [[_alike(pairing, at, to) for to in tos] for at in ats]
    best = [[0.0] * (len(tos) + 1) for _ in range(len(ats) + 1)]
    for row in range(len(ats) - 1, -1, -1):
        for column in range(len(tos) - 1, -1, -1):
            best[row][column] = max(
                best[row + 1][column],
                best[row][column + 1],
                alike[row][column] + best[row + 1][column + 1] if alike[row][column] else 0.0,
            )
    found: list[tuple[int, int]] = []
    row = column = 0
    while row < len(ats) and column < len(tos):
        score = alike[row][column]
        if score and best[row][column] == score + best[row + 1][column + 1]:
            found.append((ats[row], tos[column]))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def _alike(pairing: Pairing, at: int, to: int) -> float:
    """Return how alike two paragraphs are, 0 where they are not one changed into the other."""
    before, after = pairing.before[at], pairing.after[to]
    if not pairing.like(at, to) or not before.strip() or not after.strip():
        return 0.0
    one, other = _pieces(before), _pieces(after)
    shared = 2 * len(one & other) / (len(one) + len(other))
    return shared if shared >= _ALIKE else 0.0


def _pieces(text: str) -> set[str]:
    bare = without_blanks(text)
    return {bare[at : at + 2] for at in range(max(1, len(bare) - 1))}


def _lettered(pairing: Pairing, edit: Edit, letters: Callable[[int, int], Letters] | None) -> Edit:
    if edit.kind is not Kind.CHANGED:
        return edit
    told = letters(edit.at, edit.to) if letters is not None else ()
    return replace(
        edit, letters=told or letters_of(pairing.before[edit.at], pairing.after[edit.to])
    )


def _moved(before: Sequence[str], after: Sequence[str], edits: list[Edit]) -> Iterator[Edit]:
    """Yield the edits, those of a paragraph that only stands elsewhere now told as moved."""
    gone: dict[str, list[int]] = {}
    for edit in edits:
        if edit.kind is Kind.REMOVED and len(before[edit.at].strip()) >= _SHORTEST_MOVED:
            gone.setdefault(before[edit.at], []).append(edit.at)
    met: dict[int, int] = {}
    for edit in edits:
        if edit.kind is Kind.ADDED and gone.get(after[edit.to]):
            met[edit.to] = gone[after[edit.to]].pop(0)
    back = {at: to for to, at in met.items()}
    for edit in edits:
        if edit.kind is Kind.ADDED and edit.to in met:
            yield replace(edit, moved=met[edit.to])
        elif edit.kind is Kind.REMOVED and edit.at in back:
            yield replace(edit, moved=back[edit.at])
        else:
            yield edit
