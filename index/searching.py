"""Searching: what an answer is, whatever engine brings the candidates.

An engine offers records that may answer; each is verified here against its normalised text, so
that hits, counts and facets are exact however coarse the engine's terms are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, Protocol

from index.analysis import codes, normalise
from index.cards import Card, Facet, counted, has_value
from index.errors import QuestionRefused
from index.excerpts import excerpt
from index.language import Bounds, Field, Query, Word, read_query
from index.library import Answer, Hit, Question


class Shelf(Protocol):
    """A part of an index whose records are known by number."""

    def candidates(self, words: Sequence[Word]) -> Iterable[int]:
        """Return at least all records that have every one of `words`, each once."""

    def text(self, record: int) -> bytes:
        """Return the normalised text of a record, header first, in UTF-8."""

    def codes(self, record: int) -> bytes:
        """Return the codes of a record without separators, in UTF-8."""

    def card(self, record: int) -> Card:
        """Return the card of a record."""

    def original(self, record: int) -> tuple[str, int]:
        """Return what was searched as it was written, and where its text begins."""


@dataclass(slots=True)  # not frozen: one is made for every hit, and that takes thrice as long
class _Found:
    """A record that answers; `weight` says how telling the places of its hits are."""

    card: Card
    weight: int
    shelf: Shelf
    record: int


@dataclass(frozen=True, slots=True)
class _Sought:
    """A word as it is compared: bytes against bytes."""

    asked: bytes
    code: bytes | None


_CODE_WEIGHT, _TITLE_WEIGHT, _NAME_WEIGHT, _TEXT_WEIGHT = 64, 16, 4, 1

_VALUES: Mapping[Field, Callable[[Card], tuple[str, ...]]] = {
    Field.NUMBER: lambda card: (card.contract_number, card.number),
    Field.REFERENCE: lambda card: (card.reference_code,),
    Field.ORDER: lambda card: (card.order_no,),
    Field.TITLE: lambda card: (card.title,),
    Field.PARTY: lambda card: (card.party_a, card.party_b),
    Field.PARTY_A: lambda card: (card.party_a,),
    Field.PARTY_B: lambda card: (card.party_b,),
    Field.PROJECT: lambda card: (card.project,),
    Field.PERSON: lambda card: card.persons,
}
_WHOLE: Mapping[Field, Callable[[Card], str]] = {
    Field.TYPE: lambda card: card.type_code,
    Field.KIND: lambda card: card.kind,
    Field.STATUS: lambda card: card.status,
    Field.DEPARTMENT: lambda card: card.department,
    Field.RETENTION: lambda card: card.retention,
    Field.SECRECY: lambda card: card.secrecy,
}


def answer(question: Question, shelves: Iterable[Shelf]) -> Answer:
    """Answer `question` from `shelves`; raises QuestionRefused."""
    query = read_query(question.text)
    filters = _filters(question.filters)
    key, is_descending = _order(question.sort)
    if question.page < 1 or question.page_size < 1:
        raise QuestionRefused("页码和每页条数要从 1 开始", 0)
    found = [hit for shelf in shelves for hit in _found(query, shelf)]
    for facet, value in filters:
        found = [hit for hit in found if has_value(hit.card, facet, value)]
    found.sort(key=attrgetter("card.reference_code"))
    found.sort(key=key, reverse=is_descending)
    first = (question.page - 1) * question.page_size
    page = found[first : first + question.page_size]
    marked = [word for word in query.words if word.is_wanted]
    return Answer(
        total=len(found),
        hits=tuple(_hit(one, marked) for one in page),
        facets=counted([hit.card for hit in found]),
    )


def _found(query: Query, shelf: Shelf) -> Iterator[_Found]:
    """Yield every record of `shelf` that satisfies all of `query`."""
    anywhere = [word for word in query.words if word.field is None]
    wanted = [_sought(word) for word in anywhere if word.is_wanted]
    unwanted = [_sought(word) for word in anywhere if not word.is_wanted]
    in_fields = [word for word in query.words if word.field is not None]
    has_codes = any(sought.code for sought in (*wanted, *unwanted))
    asked_for = [word for word in query.words if word.is_wanted and word.field not in _WHOLE]
    for record in shelf.candidates(asked_for):
        text = shelf.text(record)
        own_codes = shelf.codes(record) if has_codes else b""
        places = [text.find(sought.asked) for sought in wanted]
        if -1 in places:
            if not has_codes:
                continue
            places = [_place(sought, text, own_codes) for sought in wanted]
            if -1 in places:
                continue
        if unwanted and any(_place(sought, text, own_codes) >= 0 for sought in unwanted):
            continue
        card = shelf.card(record)
        if in_fields and not all(_is_met(word, card) for word in in_fields):
            continue
        if query.bounds and not all(_is_within(bounds, card) for bounds in query.bounds):
            continue
        weight = 0
        for sought, place in zip(wanted, places, strict=True):
            weight += _weight(text, card, sought, place)
        yield _Found(card, weight, shelf, record)


def _sought(word: Word) -> _Sought:
    return _Sought(word.asked.encode(), word.code.encode() if word.code else None)


def _place(sought: _Sought, text: bytes, own_codes: bytes) -> int:
    """Return where a word first stands in a text: its end for a code in other form; -1 if not."""
    place = text.find(sought.asked)
    if place < 0 and sought.code is not None and sought.code in own_codes:
        return len(text)
    return place


def _weight(text: bytes, card: Card, sought: _Sought, place: int) -> int:
    codes_end, title_end, names_end = card.ends
    if names_end <= place < len(text):
        return _TEXT_WEIGHT
    if place == len(text) and sought.code is not None:
        place = 0 if sought.code in codes(text[:codes_end].decode()).encode() else place
    if place < codes_end:
        return _CODE_WEIGHT
    if place < title_end:
        return _TITLE_WEIGHT
    return _NAME_WEIGHT if place < names_end else _TEXT_WEIGHT


def _is_met(word: Word, card: Card) -> bool:
    """Say whether `card` has, or has not, what `word` asks of its field."""
    if word.field is None:
        return True
    if word.field in _WHOLE:
        return (normalise(_WHOLE[word.field](card)) == word.asked) is word.is_wanted
    values = [normalise(value) for value in _VALUES[word.field](card)]
    has = any(word.asked in value for value in values)
    if not has and word.code is not None:
        has = any(word.code in codes(value) for value in values)
    return has is word.is_wanted


def _is_within(bounds: Bounds, card: Card) -> bool:
    value = card.amount if bounds.field is Field.AMOUNT else Decimal(card.year)
    return (value is not None and bounds.span.holds(value)) is bounds.is_wanted


def _filters(asked: Mapping[str, str]) -> tuple[tuple[Facet, str], ...]:
    names = {facet.value: facet for facet in Facet}
    for name in asked:
        if name not in names:
            raise QuestionRefused(f"没有“{name}”这个筛选项；可用的有：{'、'.join(names)}", 0)
    return tuple((names[name], value) for name, value in asked.items())


def _order(sort: str) -> tuple[Callable[[_Found], Any], bool]:
    """Return the key of an order and whether the greatest comes first.

    Days and amounts: newest and largest first, with `:asc` the other way round; records
    without an amount come last or, the other way round, first.
    """
    name, _, direction = sort.partition(":")
    keys: Mapping[str, Callable[[_Found], Any]] = {
        "relevance": attrgetter("weight", "card.formed_on"),
        "formed_on": attrgetter("card.formed_on"),
        "filed_on": attrgetter("card.filed_on"),
        "amount": lambda hit: (hit.card.amount is not None, hit.card.amount or Decimal(0)),
    }
    if name not in keys or direction not in {"", "asc", "desc"}:
        raise QuestionRefused(f"不能按“{sort}”排序；可用的有：{'、'.join(keys)}", 0)
    return keys[name], direction != "asc"


def _hit(found: _Found, words: Sequence[Word]) -> Hit:
    card = found.card
    original, text_start = found.shelf.original(found.record)
    return Hit(
        reference_code=card.reference_code,
        contract_number=card.contract_number,
        number=card.number,
        order_no=card.order_no,
        kind=card.kind,
        title=card.title,
        excerpt=excerpt(original, text_start, words),
        party_a=card.party_a,
        party_b=card.party_b,
        amount=card.amount,
        formed_on=card.formed_on,
        filed_on=card.filed_on,
    )
