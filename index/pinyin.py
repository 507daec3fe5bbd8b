"""Pinyin: names as they sound, so that letters find them: yfsj finds 云帆数据.

A name is kept as its syllables, each with all its readings: 'yun'fan'shu/shuo'ju. Typed letters
answer it if they are beginnings of syllables that follow each other: yfsj, yunfan, yunf, yfshuju.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import product

from index.analysis import normalise

_SYLLABLE = r"'(?:[a-z/]*/)?"
_LEGAL_FORM = re.compile(r"(?:股份|集团|控股|责任|有限|合伙|企业)*(?:公司|\(有限合伙\)|合伙\))$")
_LETTERS = re.compile(r"[a-z]{2,24}")
_MANY = 64


@cache
def _table() -> dict[int, str]:
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 half a megabyte, seldom needed

    table: dict[int, str] = PINYIN_DICT
    return table


@cache
def readings(letter: str) -> tuple[str, ...]:
    """Return all readings of a character without tones; ü as v and as u; itself if Latin."""
    if "a" <= letter <= "z" or "0" <= letter <= "9":
        return (letter,)
    found: dict[str, None] = {}
    for marked in _table().get(ord(letter), "").split(","):
        bare = unicodedata.normalize("NFD", marked).replace("u\u0308", "v")
        plain = "".join(each for each in bare if "a" <= each <= "z")
        if plain:
            found.update(dict.fromkeys((plain, plain.replace("v", "u"))))
    return tuple(found)


def is_sound(typed: str) -> bool:
    """Say whether a normalised word may be the sound of a name: two letters or more, no more."""
    return _LETTERS.fullmatch(typed) is not None


def sounded(name: str) -> str:
    """Return the syllables of a name, the legal form of a company left out at its end."""
    plain = normalise(name)
    core = _LEGAL_FORM.sub("", plain) or plain
    return "".join(f"'{'/'.join(own)}" for own in map(readings, core) if own)


def letters_pattern(typed: str) -> re.Pattern[str]:
    """Return what finds the names that typed letters may stand for, among sounded ones."""
    onward = rf"(?:[a-z0-9/]*{_SYLLABLE})?"
    return re.compile(_SYLLABLE + onward.join(map(re.escape, typed)))


def same_sound(word: str) -> re.Pattern[str] | None:
    """Return what finds names that hold what sounds like a Chinese word; None if none can."""
    own = [readings(letter) for letter in word]
    if not own or not all(own):
        return None
    return re.compile(
        "".join(rf"'(?:[a-z/]*/)?(?:{'|'.join(each)})(?:/[a-z/]*)?(?=['\n]|$)" for each in own)
    )


def initials(name: str) -> tuple[str, ...]:
    """Return the first letters of a name's syllables, in every reading."""
    own = [dict.fromkeys(each[0] for each in found) for found in map(readings, normalise(name))]
    found = ("".join(each) for each in product(*(each for each in own if each)))
    return tuple(each for each, _ in zip(found, range(_MANY), strict=False))
