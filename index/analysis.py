"""Analysis: one text for all ways of writing it, and the pairs it is found by.

A query word is found where its normalised form stands in the normalised text. What does not
count: width, case, accents, traditional or simplified characters, invisible characters,
quotation marks, the shape of dashes, brackets and middle dots, spaces beside anything but Latin
letters and digits, commas between digits, a dot between Chinese characters. Every rule looks at
one character or at its direct neighbours only, so that each part of a text is found in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

ANALYZER = "pairs-3"

BORDERS = "\n\t\f\x1c\x1d\x1e\x1f\u2029"  # paragraphs, cells, pages: never joined
_QUOTES = frozenset("\"'“”„‟‘’‚‛〝〞`「」『』《》〈〉«»‹›")
_SAME = {
    **dict.fromkeys("‐‑‒–—―−⁃﹣－─━", "-"),
    **dict.fromkeys("⸺", "--"),
    **dict.fromkeys("〜∼", "~"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("∶", ":"),
    **dict.fromkeys("×✕✖", "x"),
    **dict.fromkeys("・‧•⋅∙●･ᐧ⸱◦", "·"),
    **dict.fromkeys("〔[【〖{", "("),
    **dict.fromkeys("〕]】〗}", ")"),
    **dict.fromkeys("○◯", "〇"),
}
_VOICING = frozenset("\u3099\u309a")  # part of the letter in kana
_UNSEEN = frozenset(("Mn", "Me", "Cf", "Cc", "Cs"))

CJK = (
    "々〇〡-〩\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\u1100-\u11ff\uac00-\ud7af\U00020000-\U000323af"
)
_LATIN = rf"[^\W_{CJK}]"
_PASSES = (
    (re.compile(r" *\n[ \n]*"), "\n"),
    (re.compile(r"  +"), " "),
    (re.compile(rf" (?:(?<!{_LATIN} )|(?!{_LATIN}))"), ""),
    (re.compile(rf",(?<=[0-9],)(?=[0-9])|[.·](?<=[{CJK}][.·])(?=[{CJK}])"), ""),
)
_LETTER = re.compile(_LATIN)
_LATIN_RUN = re.compile(rf"{_LATIN}+")
_PIECE = re.compile(rf"[{CJK}]+|{_LATIN}+")
_FIRST = re.compile(rf",(?=[0-9]|$)|[.·](?=[{CJK}]|$)")
_LAST = re.compile(rf"(?:(?<=[0-9]),|(?<=[{CJK}])[.·])$")
_GRAM = 4


@cache
def _simplified() -> dict[str, str]:
    """Return the one form of each character that has several.

    Traditional characters as OpenCC's t2s has them; beside them old and variant forms, simplified
    characters that one traditional one became (帐, 账), and radicals that PDFs give for characters.
    """
    tables = (
        Path(__file__).with_name(name).read_text(encoding="utf-8").split()
        for name in ("simplified.txt", "alike.txt")
    )
    found = {pair[0]: pair[1] for table in tables for pair in table}
    for letter, form in found.items():
        while form in found:
            form = found[form]  # noqa: PLW2901 帳 becomes 帐, which itself becomes 账
        found[letter] = form
    return found


class _Fold(dict[int, str]):
    """The table `str.translate` asks: each character is worked out once."""

    def __missing__(self, point: int) -> str:
        folded = _folded(chr(point))
        self[point] = folded
        return folded


def _folded(letter: str) -> str:
    """Return what stands for one character; nothing if it does not count."""
    if letter in BORDERS:
        return "\n"
    if letter.isspace():
        return " "
    if "\uac00" <= letter <= "\ud7af":  # whole syllables, or 가 would be found in 각
        return letter
    simplified = _simplified()
    folded = []
    for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold()):
        if part in _QUOTES:
            continue
        if unicodedata.category(part) in _UNSEEN and part not in _VOICING:
            continue
        same = _SAME.get(part, part)
        folded.append(simplified.get(same, same))
    return "".join(folded)


_FOLD = _Fold()


def normalise(text: str) -> str:
    """Return the form in which texts and queries are compared; doing it twice changes nothing."""
    text = text.translate(_FOLD)
    for pattern, instead in _PASSES:
        text = pattern.sub(instead, text)
    return text


def normalise_with_places(text: str) -> tuple[str, list[int]]:
    """Return the normalised text and, for each of its characters, where it stood in `text`."""
    folded = [_FOLD[ord(letter)] for letter in text]
    normalised = "".join(folded)
    if len(normalised) == len(text) and all(folded):  # each character became one
        places = list(range(len(text)))
    else:
        places = [place for place, letters in enumerate(folded) for _ in letters]
    for pattern, instead in _PASSES:
        if pattern.search(normalised):
            normalised, places = _substituted(pattern, instead, normalised, places)
    return normalised, places


def _substituted(
    pattern: re.Pattern[str], instead: str, text: str, places: list[int]
) -> tuple[str, list[int]]:
    """Return `pattern.sub(instead, text)` and the places that go with it."""
    kept: list[str] = []
    kept_places: list[int] = []
    end = 0
    for match in pattern.finditer(text):
        kept += (text[end : match.start()], instead)
        kept_places += places[end : match.start()]
        kept_places += [places[match.start()]] * len(instead)
        end = match.end()
    return "".join([*kept, text[end:]]), kept_places + places[end:]


def needle(text: str) -> str:
    """Return what to look for when `text` was asked for; empty if nothing of it counts.

    A comma or dot at the edge falls away where it might not count in the text: "1," may have
    been cut from 1,000.
    """
    asked = normalise(text).strip(" \n")
    asked = _LAST.sub("", asked)
    first = _FIRST.match(asked)
    return asked[1:] if first else asked


def _pieces(text: str) -> Iterator[tuple[str, bool, str]]:
    """Yield each run of one script: itself, whether it is CJK, and what directly follows it."""
    for match in _PIECE.finditer(text):
        end = match.end()
        following = text[end : end + 1]
        yield match.group(), not is_latin(match.group()[0]), following


def is_latin(letter: str) -> bool:
    """Say whether a normalised character is a Latin letter or digit, or of a like script."""
    return _LETTER.match(letter) is not None


def _is_word(letter: str) -> bool:
    return bool(letter) and _PIECE.match(letter) is not None


def grams(normalised: str) -> set[str]:
    """Return the terms a normalised text is found by.

    Chinese: each character with the next, the last of a run alone. Latin letters and digits:
    four characters from each place, fewer at the end of a run. Where both scripts meet: a pair.
    """
    terms: set[str] = set()
    for piece, is_cjk, following in _pieces(normalised):
        meets = following if _is_word(following) else ""
        if is_cjk:
            terms.update(map("".join, pairwise(piece)))
            terms.add(piece[-1] + meets)
        else:
            terms.update(piece[start : start + _GRAM] for start in range(len(piece)))
            if meets:
                terms.add(piece[-1] + meets)
    return terms


def latin_grams(normalised: str) -> set[str]:
    """Return each four Latin letters or digits that follow each other in a normalised text."""
    return {
        piece[start : start + _GRAM]
        for piece in _LATIN_RUN.findall(normalised)
        for start in range(len(piece) - _GRAM + 1)
    }


@dataclass(frozen=True, slots=True)
class Lookup:
    """The terms all texts with a needle have, and beginnings of which they have a term each."""

    terms: frozenset[str]
    beginnings: frozenset[str]


def lookup(asked: str) -> Lookup:
    """Return what to look up for a normalised needle: found texts are to be verified."""
    terms: set[str] = set()
    beginnings: set[str] = set()
    before = ""
    for piece, is_cjk, following in _pieces(asked):
        meets = following if _is_word(following) else ""
        if meets:
            terms.add(piece[-1] + meets)
        if is_cjk:
            terms.update(map("".join, pairwise(piece)))
            if following and not meets:
                terms.add(piece[-1])
            elif not following and len(piece) == 1 and not before:
                beginnings.add(piece)
        elif following:  # the run ends here in the text too
            terms.update(piece[start : start + _GRAM] for start in range(len(piece)))
        elif len(piece) >= _GRAM:
            terms.update(piece[start : start + _GRAM] for start in range(len(piece) - _GRAM + 1))
        else:
            beginnings.add(piece)
        before = meets
    return Lookup(frozenset(terms), frozenset(beginnings))
