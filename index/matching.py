"""Matching: whether a record answers a query, decided by reading it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import IntEnum
from typing import Any, Protocol

from index.amounts import Span
from index.analysis import normalise
from index.cards import Card, Facet, whole_codes
from index.days import whole_years
from index.language import WHOLE, Either, Field, Part, Within, Without, Word
from index.spellings import spellings


class Level(IntEnum):
    """Where the best hit of a query stands; lower comes first."""

    EXACT = 0
    CODE = 1
    TITLE = 2
    NAME = 3
    TEXT = 4


class Shelf(Protocol):
    """A part of an index whose records are known by number."""

    def text(self, record: int) -> bytes:
        """Return the normalised text of a record, header first, in UTF-8."""

    def header(self, record: int) -> bytes:
        """Return the codes, title and names of a record, with which its normalised text begins."""

    def spellings(self, record: int) -> bytes:
        """Return the spellings of a record, in UTF-8."""

    def card(self, record: int) -> Card:
        """Return the card of a record."""


Test = Callable[[Shelf, int], bool]
Sounding = Callable[[str], frozenset[str]]

VALUES: Mapping[Field, Callable[[Card], tuple[str, ...]]] = {
    Field.NUMBER: lambda card: (card.contract_number, card.number),
    Field.REFERENCE: lambda card: (card.reference_code,),
    Field.ORDER: lambda card: (card.order_no,),
    Field.TITLE: lambda card: (card.title,),
    Field.PARTY: lambda card: (card.party_a, card.party_b),
    Field.PARTY_A: lambda card: (card.party_a,),
    Field.PARTY_B: lambda card: (card.party_b,),
    Field.PROJECT: lambda card: (card.project,),
    Field.PERSON: lambda card: (*card.persons, card.handler),
    Field.HANDLER: lambda card: (card.handler,),
    Field.TYPE: lambda card: (card.type_code,),
    Field.KIND: lambda card: (card.kind,),
    Field.STATUS: lambda card: (card.status,),
    Field.DEPARTMENT: lambda card: (card.department,),
    Field.RETENTION: lambda card: (card.retention,),
    Field.SECRECY: lambda card: (card.secrecy,),
}
COLUMNS = tuple(field.value for field in VALUES if field not in WHOLE and field is not Field.PARTY)
"""Fields whose values an engine keeps by themselves; 当事人 is 甲方 or 乙方."""

COLUMNS_OF: Mapping[Field, tuple[str, ...]] = {Field.PARTY: ("party_a", "party_b")}
"""Which of `COLUMNS` a field looks in, where it is not the one of its name."""

FACET_OF: Mapping[Field, Facet] = {
    Field.TYPE: Facet.TYPE,
    Field.KIND: Facet.KIND,
    Field.STATUS: Facet.STATUS,
    Field.DEPARTMENT: Facet.DEPARTMENT,
    Field.RETENTION: Facet.RETENTION,
    Field.SECRECY: Facet.SECRECY,
}
"""The facet under whose values a field of `WHOLE` looks."""

LEVELS: tuple[tuple[Level, tuple[str, ...]], ...] = (
    (Level.EXACT, ()),
    (Level.CODE, ("number", "reference", "order")),
    (Level.TITLE, ("title",)),
    (Level.NAME, ("party_a", "party_b", "project", "person")),
)
_NAMES = (Field.PARTY, Field.PROJECT, Field.PERSON)


def column_of(card: Card, name: str) -> str:
    """Return the normalised values of one of `COLUMNS`, a paragraph each."""
    return "\n".join(filter(None, map(normalise, VALUES[Field(name)](card))))


def test_of(part: Part, sounding: Sounding) -> Test:
    """Return what says whether a record answers `part`; `sounding` gives names by letters."""
    if isinstance(part, Word):
        return _word_test(part, sounding)
    if isinstance(part, Within):
        return _span_test(part)
    if isinstance(part, Without):
        inner = test_of(part.part, sounding)
        return lambda shelf, record: not inner(shelf, record)
    tests = [test_of(each, sounding) for each in part.parts]
    if isinstance(part, Either):
        return lambda shelf, record: any(test(shelf, record) for test in tests)
    return lambda shelf, record: all(test(shelf, record) for test in tests)


def _word_test(word: Word, sounding: Sounding) -> Test:
    names = sounding(word.sound) if word.sound else frozenset()
    if word.field is not None:
        return _field_test(word, word.field, names)
    asked, ways = word.asked.encode(), tuple(way.encode() for way in word.ways)
    begins = _beginning(word.asked)
    if word.begins and begins is not None:
        return lambda shelf, record: begins.search(shelf.text(record)) is not None

    def test(shelf: Shelf, record: int) -> bool:
        if asked in shelf.text(record):
            return True
        if ways:
            spelled = shelf.spellings(record)
            if any(way in spelled for way in ways):
                return True
        return bool(names) and has_name(shelf.card(record), names)

    return test


def _beginning(asked: str) -> re.Pattern[bytes] | None:
    """Return what finds a word where a run of Latin begins; None if it begins otherwise."""
    if not (asked[0].isascii() and asked[0].isalnum()):
        return None
    return re.compile(rb"(?<![0-9a-z])" + re.escape(asked.encode()))


def _field_test(word: Word, field: Field, names: frozenset[str]) -> Test:
    values_of = VALUES[field]
    if field in WHOLE:
        return lambda shelf, record: normalise(values_of(shelf.card(record))[0]) in word.ways

    def test(shelf: Shelf, record: int) -> bool:
        for value in values_of(shelf.card(record)):
            plain = normalise(value)
            if plain.startswith(word.asked) if word.begins else word.asked in plain:
                return True
            if word.ways and any(way in spellings(plain) for way in word.ways):
                return True
            if value in names:
                return True
        return False

    return test


def _formed_test(span: Span[Any]) -> Test:
    first, last = whole_years(span)

    def test(shelf: Shelf, record: int) -> bool:
        card = shelf.card(record)
        if card.formed_on is not None:
            return span.holds(card.formed_on)
        return card.formed_in is not None and first <= card.formed_in <= last

    return test


def _span_test(within: Within) -> Test:
    if within.field is Field.FORMED:
        return _formed_test(within.span)

    def value(card: Card) -> object:
        if within.field is Field.AMOUNT:
            return card.amount
        if within.field is Field.YEAR:
            return Decimal(card.year)
        return card.filed_on

    def test(shelf: Shelf, record: int) -> bool:
        own = value(shelf.card(record))
        return own is not None and within.span.holds(own)

    return test


def has_name(card: Card, names: frozenset[str]) -> bool:
    """Say whether a record has any of `names`."""
    return any(value in names for field in _NAMES for value in VALUES[field](card))


def leveller(words: list[Word], sounding: Sounding) -> Callable[[Shelf, int], Level]:
    """Return what says where the best hit of `words` stands in a record that answers.

    Words asked of one field say nothing about it.
    """
    free = [
        (each.asked.encode(), each.ways, sounding(each.sound) if each.sound else frozenset())
        for each in words
        if each.field is None
    ]

    def level(shelf: Shelf, record: int) -> Level:
        best = Level.TEXT
        if not free:
            return best
        header, card = shelf.header(record), shelf.card(record)
        codes_end, title_end, _ = card.ends
        for asked, ways, names in free:
            place = header.find(asked)
            if 0 <= place < codes_end or (
                ways and any(way in spellings(header[:codes_end].decode()) for way in ways)
            ):
                if not {asked.decode(), *ways}.isdisjoint(whole_codes(card)):
                    return Level.EXACT
                best = min(best, Level.CODE)
            elif 0 <= place < title_end:
                best = min(best, Level.TITLE)
            elif place >= 0 or (names and has_name(card, names)):
                best = min(best, Level.NAME)
        return best

    return level
