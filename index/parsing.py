"""Parsing: what a person types, read into its parts, or refused with the place.

Words side by side must all be found; OR between them asks for either; - or NOT before one that
it is not found; parentheses group. "…" is found as written. A field's name and a colon look in
that field. A word that ends in * is found where something begins with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from index.amounts import read_amounts, read_years
from index.analysis import needle, normalise
from index.days import read_days
from index.errors import QuestionRefused
from index.labels import values_named
from index.language import (
    CHINESE,
    NAMED,
    SPANS,
    WHOLE,
    Either,
    Every,
    Field,
    Part,
    Within,
    Without,
    Word,
)
from index.numerals import FIGURES, UNITS
from index.pinyin import is_sound
from index.spellings import ways

_LONGEST, _DEEPEST = 1000, 20
_QUOTES = '"＂“”„‟〝〞「」『』'
_COLONS = ":："
_MINUS = "-－"
_STARS = "*＊"
_OPEN, _CLOSE = "(（", ")）"
_OR, _AND, _NOT = frozenset(("OR", "|", "｜")), frozenset(("AND",)), frozenset(("NOT",))
_FIELDS = {name: field for field, names in CHINESE.items() for name in (*names, field.value)}
_NAMES = "、".join(names[0] for names in CHINESE.values())
_FIGURES = re.compile(r"[0-9０-９]+")
_NUMERAL = f"[0-9{FIGURES}]"
_GOES_ON = re.compile(
    rf"(?:{_NUMERAL} [年月日号{UNITS}元圆])|(?:[年月{UNITS}¥币] {_NUMERAL})"
    r"|(?:[-.~至到<>=≥≤] .)|(?:. [.~至到])"
)
"""The characters on both sides of a space that may stand within one day or amount: 2026 年."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One value as typed: where it begins and whether it stood in quotation marks."""

    text: str
    place: int
    is_quoted: bool


class _Reader:
    """Reads one query from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self.pieces: list[str] = []

    def read(self) -> Part:
        """Read all of it; raises QuestionRefused."""
        part = self._either(None)
        if not self._is_over():
            raise QuestionRefused("多了一个右括号，前面没有与它成对的左括号", self._at)
        return part

    def _either(self, field: Field | None) -> Part:
        """Read alternatives up to a closing parenthesis or the end."""
        parts = [self._every(field)]
        while self._word_here() in _OR:
            place, length = self._at, len(self._word_here())
            self._at += length
            if parts[-1] == Every(()):
                raise QuestionRefused("“OR”前面没有内容", place, length)
            parts.append(self._every(field))
            if parts[-1] == Every(()):
                raise QuestionRefused("“OR”后面没有内容", place, length)
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, field: Field | None) -> Part:
        parts: list[Part] = []
        while self._skip_space() and self._text[self._at] not in _CLOSE:
            here = self._word_here()
            if here in _OR:
                break
            if here in _AND:
                self._joined(parts, len(here))
                continue
            begins = self._at
            parts.append(self._one(field))
            if not self._depth:
                self.pieces.append(self._text[begins : self._at])
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _joined(self, parts: list[Part], length: int) -> None:
        """Pass over an AND, which says what is so anyway; raises if it joins nothing."""
        place = self._at
        self._at += length
        is_last = not self._skip_space() or self._text[self._at] in _CLOSE
        if not parts or is_last or self._word_here() in _OR | _AND:
            raise QuestionRefused("“AND”的两边都要有内容；若要查找这个词，请加引号", place, length)

    def _one(self, field: Field | None) -> Part:
        here = self._word_here()
        if self._text[self._at] in _MINUS or here in _NOT:
            place = self._at
            self._at += len(here) if here in _NOT else 1
            if here in _NOT:
                self._skip_space()
            if self._is_over() or self._text[self._at].isspace() or self._text[self._at] in _CLOSE:
                raise QuestionRefused(
                    "减号后面要紧跟不想看到的词；若要查找减号本身，请加引号", place
                )
            return Without(self._one(field))
        if self._text[self._at] in _OPEN:
            return self._group(field)
        return self._valued(field)

    def _group(self, field: Field | None) -> Part:
        place = self._at
        self._at += 1
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QuestionRefused(f"括号套得太深，最多 {_DEEPEST} 层", place)
        part = self._either(field)
        if self._is_over():
            raise QuestionRefused("括号没有成对：缺少右括号", place)
        self._at += 1
        self._depth -= 1
        if part == Every(()):
            raise QuestionRefused("括号里没有内容；若要查找括号本身，请加引号", place, 2)
        return part

    def _valued(self, field: Field | None) -> Part:
        begins = self._at
        piece = self._piece(colons=_COLONS)
        if piece.is_quoted or self._is_over() or self._text[self._at] not in _COLONS:
            return self._with_spaces(piece, field)
        named = self._field(piece)
        if named is None:
            rest = self._piece(colons="")
            return _value(_Piece(piece.text + rest.text, begins, is_quoted=False), field)
        self._at += 1
        if not self._skip_space() or self._text[self._at] in _CLOSE:
            raise QuestionRefused("字段的冒号后面没有要查的内容", begins, self._at - begins)
        if self._text[self._at] in _OPEN:
            return self._group(named)
        return self._with_spaces(self._piece(colons=""), named)

    def _with_spaces(self, piece: _Piece, field: Field | None) -> Part:
        """Return what a value asks for, with what follows it if both are one day or amount.

        The longest that is one counts: 2026 年 3 月 5 日, 10 万元, 金额:10 万 .. 50 万.
        """
        if piece.is_quoted or not (field is None or field in SPANS):
            return _value(piece, field)
        after, longest = self._at, piece
        for longer, end in list(self._longer(piece)):
            if _is_one(longer, field):
                after, longest = end, longer
        self._at = after
        return _value(longest, field)

    def _longer(self, piece: _Piece) -> Iterator[tuple[_Piece, int]]:
        """Yield what was typed and one piece after another, as long as they may be one."""
        text = piece.text
        while self._skip_space() and self._text[self._at] not in _QUOTES + _OPEN + _CLOSE:
            following = self._piece(colons=_COLONS).text
            is_field = not self._is_over() and self._text[self._at] in _COLONS
            sides = normalise(text)[-1:] + " " + normalise(following)[:1]
            if is_field or not _GOES_ON.fullmatch(sides):
                return
            text += following
            yield _Piece(text, piece.place, is_quoted=False), self._at

    def _field(self, name: _Piece) -> Field | None:
        """Return the field named before the colon here; None for a colon between figures."""
        field = _FIELDS.get(needle(name.text))
        if field is None and not _FIGURES.fullmatch(name.text):
            close = get_close_matches(needle(name.text), _FIELDS, n=1, cutoff=0.5)
            meant = f"是否要用“{close[0]}:”？" if close else ""
            raise QuestionRefused(
                f"没有“{name.text}”这个字段。{meant}可用的字段有：{_NAMES}。"
                "若要查找带冒号的原文，请加引号",
                name.place,
                len(name.text),
            )
        return field

    def _piece(self, *, colons: str) -> _Piece:
        """Read a value; parentheses that open within it belong to it: 青川（临溪）公司."""
        begins = self._at
        if self._text[begins] in _QUOTES:
            return self._quoted()
        opened = 0
        while not self._is_over():
            letter = self._text[self._at]
            if letter.isspace() or letter in _QUOTES or letter in colons:
                break
            opened += letter in _OPEN
            if letter in _CLOSE:
                if not opened:
                    break
                opened -= 1
            self._at += 1
        return _Piece(self._text[begins : self._at], begins, is_quoted=False)

    def _quoted(self) -> _Piece:
        begins = self._at
        for end in range(begins + 1, len(self._text)):
            if self._text[end] in _QUOTES:
                self._at = end + 1
                return _Piece(self._text[begins + 1 : end], begins, is_quoted=True)
        raise QuestionRefused("引号没有成对：缺少后一个引号", begins, len(self._text) - begins)

    def _word_here(self) -> str:
        """Return the characters up to the next space or parenthesis, without reading them."""
        end = self._at
        while end < len(self._text) and not self._text[end].isspace():
            if self._text[end] in _OPEN + _CLOSE:
                break
            end += 1
        return self._text[self._at : end]

    def _skip_space(self) -> bool:
        while not self._is_over() and self._text[self._at].isspace():
            self._at += 1
        return not self._is_over()

    def _is_over(self) -> bool:
        return self._at >= len(self._text)


def _is_one(piece: _Piece, field: Field | None) -> bool:
    """Say whether a value is one day or amount."""
    if field is None:
        return any(way[0] in "@=" or way[-1] == "#" for way in ways(needle(piece.text)))
    try:
        _value(piece, field)
    except QuestionRefused:
        return False
    return True


def _value(piece: _Piece, field: Field | None) -> Part:
    """Return the part that one value asks for; raises QuestionRefused."""
    length = len(piece.text) + 2 * piece.is_quoted
    if field in SPANS:
        read = {Field.AMOUNT: read_amounts, Field.YEAR: read_years}.get(field, read_days)
        return Within(field, read(piece.text, piece.place))
    text, begins = piece.text, False
    if not piece.is_quoted and text[-1:] in _STARS:
        text, begins = text.rstrip(_STARS), True
    if not piece.is_quoted and any(star in text for star in _STARS):
        raise QuestionRefused(
            "星号只能放在词尾，表示“以此开头”；一个词的任何一段都能直接查到。若要查找星号本身，请加引号",
            piece.place,
            length,
        )
    asked = needle(text)
    if not asked:
        raise QuestionRefused("这里没有可以查找的文字", piece.place, length)
    if field in WHOLE:
        if begins:
            raise QuestionRefused(f"“{CHINESE[field][0]}”要写完整的值", piece.place, length)
        return Word(asked, values_named(field.value, normalise(asked)), field)
    is_plain = not piece.is_quoted and not begins
    sound = asked if is_plain and field in NAMED and is_sound(asked) else None
    return Word(asked, ways(asked) if is_plain else (), field, begins, sound)


def read_query(text: str) -> Part:
    """Read what a person typed; nothing typed asks for everything; raises QuestionRefused."""
    if len(text) > _LONGEST:
        raise QuestionRefused(f"查询超过 {_LONGEST} 个字符，请缩短", _LONGEST)
    return _Reader(text).read()


def read_pieces(text: str) -> tuple[str, ...]:
    """Return what of a query must all be answered, each as typed; nothing where that is one."""
    reader = _Reader(text)
    part = reader.read()
    are_many = isinstance(part, Every) and len(reader.pieces) > 1
    return tuple(reader.pieces) if are_many else ()
