"""Language: what a person types, read into words and conditions, or refused with the place.

Words stand side by side and must all be found; "…" is found as written, spaces included; a
word after - must not be found; a word after a field's name and a colon is looked for in that
field. A word that looks like a code is also found when written with other separators or none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from index.amounts import Span, read_amounts, read_years
from index.analysis import needle, squeezed
from index.errors import QuestionRefused

_LONGEST = 1000
_OPENING = '"＂“”„‟〝〞'
_COLONS = ":："
_MINUS = "-－"
_STARS = "*＊"


class Field(StrEnum):
    """What a word can be looked for in, beside the whole record."""

    NUMBER = "number"
    REFERENCE = "reference"
    ORDER = "order"
    TITLE = "title"
    PARTY = "party"
    PARTY_A = "party_a"
    PARTY_B = "party_b"
    PROJECT = "project"
    PERSON = "person"
    TYPE = "type"
    KIND = "kind"
    STATUS = "status"
    DEPARTMENT = "department"
    RETENTION = "retention"
    SECRECY = "secrecy"
    AMOUNT = "amount"
    YEAR = "year"


_CHINESE = {
    Field.NUMBER: ("编号", "合同编号", "文件编号"),
    Field.REFERENCE: ("档号",),
    Field.ORDER: ("订单", "订单号"),
    Field.TITLE: ("题名", "标题"),
    Field.PARTY: ("当事人",),
    Field.PARTY_A: ("甲方",),
    Field.PARTY_B: ("乙方",),
    Field.PROJECT: ("项目", "项目名称"),
    Field.PERSON: ("人员",),
    Field.TYPE: ("类型", "合同类型"),
    Field.KIND: ("文种",),
    Field.STATUS: ("状态",),
    Field.DEPARTMENT: ("部门",),
    Field.RETENTION: ("保管期限",),
    Field.SECRECY: ("密级",),
    Field.AMOUNT: ("金额", "合同金额"),
    Field.YEAR: ("年度", "年份"),
}
_FIELDS = {name: field for field, names in _CHINESE.items() for name in (*names, field.value)}
_NAMES = "、".join(names[0] for names in _CHINESE.values())


@dataclass(frozen=True, slots=True)
class Word:
    """Something to be found: `asked` in the text or `code` among its codes; in `field` only."""

    asked: str
    code: str | None
    is_wanted: bool
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """An amount or a year that must (or must not) lie within `span`."""

    field: Field
    span: Span
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for; a record answers it if it satisfies every part."""

    words: tuple[Word, ...]
    bounds: tuple[Bounds, ...]


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
        self._words: list[Word] = []
        self._bounds: list[Bounds] = []

    def read(self) -> Query:
        """Read all of it; raises QuestionRefused."""
        while self._skip_space():
            self._read_part()
        return Query(tuple(self._words), tuple(self._bounds))

    def _read_part(self) -> None:
        is_wanted = self._text[self._at] not in _MINUS
        if not is_wanted:
            self._at += 1
            if self._is_over() or self._text[self._at].isspace():
                raise QuestionRefused(
                    "减号后面要紧跟不想看到的词；若要查找减号本身，请加引号", self._at - 1
                )
        begins = self._at
        piece = self._piece(colons=_COLONS)
        if not piece.is_quoted and not self._is_over() and self._text[self._at] in _COLONS:
            field = self._field(piece)
            if field is not None:
                self._add_field(field, begins, is_wanted=is_wanted)
                return
            rest = self._piece(colons="")
            piece = _Piece(piece.text + rest.text, begins, is_quoted=False)
        self._words.append(_word(piece, is_wanted=is_wanted, field=None))

    def _field(self, name: _Piece) -> Field | None:
        """Return the field named before the colon here; None for a colon between figures."""
        field = _FIELDS.get(needle(name.text))
        if field is None and not re.fullmatch(r"[0-9０-９]+", name.text):
            raise QuestionRefused(
                f"没有“{name.text}”这个字段；可用的字段有：{_NAMES}。"
                "若要查找带冒号的原文，请加引号",
                name.place,
            )
        return field

    def _add_field(self, field: Field, begins: int, *, is_wanted: bool) -> None:
        self._at += 1
        if not self._skip_space():
            raise QuestionRefused("字段的冒号后面没有要查的内容", begins)
        value = self._piece(colons="")
        if field is Field.AMOUNT:
            self._bounds.append(Bounds(field, read_amounts(value.text, value.place), is_wanted))
        elif field is Field.YEAR:
            self._bounds.append(Bounds(field, read_years(value.text, value.place), is_wanted))
        else:
            self._words.append(_word(value, is_wanted=is_wanted, field=field))

    def _piece(self, *, colons: str) -> _Piece:
        begins = self._at
        if self._text[begins] in _OPENING:
            return self._quoted()
        while not self._is_over():
            letter = self._text[self._at]
            if letter.isspace() or letter in _OPENING or letter in colons:
                break
            self._at += 1
        return _Piece(self._text[begins : self._at], begins, is_quoted=False)

    def _quoted(self) -> _Piece:
        begins = self._at
        for end in range(begins + 1, len(self._text)):
            if self._text[end] in _OPENING:
                self._at = end + 1
                return _Piece(self._text[begins + 1 : end], begins, is_quoted=True)
        raise QuestionRefused("引号没有成对：缺少后一个引号", begins)

    def _skip_space(self) -> bool:
        while not self._is_over() and self._text[self._at].isspace():
            self._at += 1
        return not self._is_over()

    def _is_over(self) -> bool:
        return self._at >= len(self._text)


def _word(piece: _Piece, *, is_wanted: bool, field: Field | None) -> Word:
    """Return the word of a piece; raises QuestionRefused if it cannot be what was meant."""
    if not piece.is_quoted:
        if piece.text in {"AND", "OR", "NOT"}:
            raise QuestionRefused(
                f"不支持 {piece.text}：并列的词都要出现，前加减号表示不出现；"
                "若要查找这个英文词，请加引号",
                piece.place,
            )
        if piece.text[:1] in _STARS or piece.text[-1:] in _STARS:
            raise QuestionRefused(
                "不需要通配符：一个词的任何一段都能直接查到；若要查找星号本身，请加引号",
                piece.place,
            )
    asked = needle(piece.text)
    if not asked:
        raise QuestionRefused("这里没有可以查找的文字", piece.place)
    code = None if piece.is_quoted else squeezed(asked)
    return Word(asked, code, is_wanted, field)


def read_query(text: str) -> Query:
    """Read what a person typed; nothing typed asks for everything; raises QuestionRefused."""
    if len(text) > _LONGEST:
        raise QuestionRefused(f"查询超过 {_LONGEST} 个字符，请缩短", _LONGEST)
    return _Reader(text).read()
