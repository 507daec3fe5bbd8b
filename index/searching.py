"""Searching: what an answer is when an engine brings candidates and each is read.

An engine offers records that may answer; each is verified here against its normalised text, so
that hits, counts and facets are exact however coarse the engine's terms are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from heapq import nlargest, nsmallest
from typing import Protocol

from index import matching
from index.access import EVERYTHING, Access
from index.analysis import needle, normalise
from index.cards import Card, Facet, counted, has_value, names_of, placed_on
from index.errors import QuestionRefused
from index.excerpts import excerpt, pages_with, places
from index.labels import label_of
from index.language import NAMED, WHOLE, Part, Word, wanted, words
from index.lexicon import Lexicon
from index.library import Answer, Hit, Question, Suggestion
from index.parsing import read_pieces, read_query
from index.sorting import FORMED_ON, RELEVANCE, read_order, sort_key

_MEANT = 5
_PIECES = 10
_LONGEST_CODE = 100
_FARTHEST = 1 << 60
"""A place that no index reaches, and that every engine can count to."""


class Shelf(matching.Shelf, Protocol):
    """A part of an index that offers candidates."""

    def candidates(self, part: Part, sounding: matching.Sounding) -> Iterable[int]:
        """Return at least all records that answer `part`, each once."""

    def original(self, record: int) -> tuple[str, int]:
        """Return what was searched as it was written, and where its text begins."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question once read: what must hold, how hits are ordered, which page is wanted."""

    part: Part
    filters: tuple[tuple[Facet, str], ...]
    order: str
    is_descending: bool
    first: int
    size: int
    access: Access
    contracts: frozenset[str] | None

    @property
    def includes_all(self) -> bool:
        """Say whether all records are among those asked."""
        return not self.filters and self.contracts is None and self.access is EVERYTHING

    def includes(self, card: Card) -> bool:
        """Say whether a record is among those asked: by filters, dossiers and access."""
        if self.contracts is not None and card.contract_number not in self.contracts:
            return False
        for facet, value in self.filters:
            if not has_value(card, facet, value):
                return False
        return self.access.allows(card)


@dataclass(slots=True)  # not frozen: one is made for every hit, and that takes thrice as long
class _Found:
    card: Card
    shelf: Shelf
    record: int


def _by_day(one: _Found) -> tuple[date, str]:
    """Return the order that the sort key of FORMED_ON makes, sooner compared."""
    return placed_on(one.card), one.card.reference_code


def read_question(question: Question) -> Asked:
    """Read a question; raises QuestionRefused."""
    if question.page < 1 or question.page_size < 1:
        raise QuestionRefused("页码和每页条数要从 1 开始", 0)
    order, is_descending = read_order(question.sort)
    return Asked(
        part=read_query(question.text),
        filters=_filters(question.filters),
        order=order,
        is_descending=is_descending,
        first=min((question.page - 1) * question.page_size, _FARTHEST),
        size=min(question.page_size, _FARTHEST),
        access=question.access,
        contracts=question.contracts,
    )


def answer(question: Question, shelves: Iterable[Shelf], lexicon: Callable[[], Lexicon]) -> Answer:
    """Answer `question` from `shelves`; raises QuestionRefused."""
    asked = read_question(question)
    sounding = sounding_of(lexicon)
    found = list(_found(asked, shelves, sounding))
    page = _page(found, asked, sounding)
    return Answer(
        total=len(found),
        hits=tuple(
            hit_of(
                one.card,
                *one.shelf.original(one.record),
                one.shelf.text(one.record).decode(),
                marked(one.card, asked.part, sounding),
            )
            for one in page
        ),
        facets=counted([one.card for one in found]),
    )


def finds(
    question: Question, shelves: Iterable[Shelf], lexicon: Callable[[], Lexicon]
) -> frozenset[str]:
    """Return the reference codes of all records that answer; raises QuestionRefused."""
    found = _found(read_question(question), shelves, sounding_of(lexicon))
    return frozenset(one.card.reference_code for one in found)


def _found(asked: Asked, shelves: Iterable[Shelf], sounding: matching.Sounding) -> Iterator[_Found]:
    test = matching.test_of(asked.part, sounding)
    includes = None if asked.includes_all else asked.includes
    for shelf in shelves:
        for record in shelf.candidates(asked.part, sounding):
            if test(shelf, record):
                card = shelf.card(record)
                if includes is None or includes(card):
                    yield _Found(card, shelf, record)


def sounding_of(lexicon: Callable[[], Lexicon]) -> matching.Sounding:
    """Return what gives the names for typed letters, each once a question."""
    known: dict[str, frozenset[str]] = {}

    def sounding(letters: str) -> frozenset[str]:
        if letters not in known:
            known[letters] = lexicon().sounding(letters)
        return known[letters]

    return sounding


def with_meant(
    question: Question,
    found: Answer,
    lexicon: Callable[[], Lexicon],
    find: Callable[[Question], Answer],
) -> Answer:
    """Return an answer without hits with what may have been meant: names, and values of fields.

    Also with how many answer each part of the question by itself.
    """
    if found.total:
        return found
    part = read_query(question.text)
    likely: dict[Suggestion, None] = {}
    for word in words(part):
        if word.field in NAMED and word.asked:
            likely.update(dict.fromkeys(lexicon().meant(word.asked, _MEANT)))
    whole = [word for word in words(part) if word.field in WHOLE]
    if whole:
        asked = replace(question, text="", filters={}, sort=RELEVANCE, page=1, page_size=1)
        facets = find(asked).facets
        for word in whole:
            likely.update(dict.fromkeys(_values_meant(word, facets)))
    alone = {
        piece: find(replace(question, text=piece, sort=RELEVANCE, page=1, page_size=1)).total
        for piece in read_pieces(question.text)[:_PIECES]
    }
    return replace(found, meant=tuple(likely)[:_MEANT], alone=alone)


def _values_meant(word: Word, facets: Mapping[str, Mapping[str, int]]) -> Iterator[Suggestion]:
    """Yield the values that a field has, those like what was asked if any is; none if it has it."""
    if word.field is None:
        return
    facet = matching.FACET_OF[word.field].value
    names = {value: label_of(facet, value) for value in facets[facet]}
    if any(normalise(value) in word.ways for value in names):
        return
    like = [
        value
        for value, name in names.items()
        if word.asked in normalise(name) or normalise(name) in word.asked
    ]
    for value in like or names:
        yield Suggestion(names[value], facet, facets[facet][value])


def suggested(
    typed: str,
    limit: int,
    lexicon: Lexicon,
    access: Access,
    find: Callable[[Question], Answer],
) -> tuple[Suggestion, ...]:
    """Return names, then numbers, that what was typed so far may become."""
    names = lexicon.suggest(typed, limit)
    plain = needle(typed)
    is_code = any("0" <= letter <= "9" for letter in plain) and len(plain) <= _LONGEST_CODE
    if len(names) >= limit or not is_code:
        return names
    asked = Question(
        f'编号:"{plain}" OR 档号:"{plain}"', {}, sort="number", page_size=limit, access=access
    )
    numbers = (Suggestion(hit.number, "number", 1) for hit in find(asked).hits)
    return (*names, *numbers)[:limit]


def _page(found: list[_Found], asked: Asked, sounding: matching.Sounding) -> list[_Found]:
    """Return the page asked for: by relevance what has the best hit first, of that the newest."""
    order, end = asked.order, asked.first + asked.size
    if order != RELEVANCE:
        key = _by_day if order == FORMED_ON else lambda one: sort_key(order, one.card)
        return (nlargest if asked.is_descending else nsmallest)(end, found, key=key)[asked.first :]
    level = matching.leveller(list(wanted(asked.part)), sounding)
    at: dict[matching.Level, list[_Found]] = {each: [] for each in matching.Level}
    for one in found:
        at[level(one.shelf, one.record)].append(one)
    page: list[_Found] = []
    before = 0
    for alike in at.values():
        first = max(0, asked.first - before)
        page += nlargest(max(0, end - before), alike, key=_by_day)[first:]
        before += len(alike)
    return page


def _filters(asked: Mapping[str, str]) -> tuple[tuple[Facet, str], ...]:
    names = {facet.value: facet for facet in Facet}
    for name in asked:
        if name not in names:
            raise QuestionRefused(f"没有“{name}”这个筛选项；可用的有：{'、'.join(names)}", 0)
    return tuple((names[name], value) for name, value in asked.items())


def hit_of(
    card: Card, original: str, text_start: int, normalised: str, marks: Sequence[Word]
) -> Hit:
    """Return a record that answers as it is shown, with what was found in it marked.

    `original` is what was searched as it was written, `normalised` its normalised form. The text
    from `text_start` goes before the lines above it.
    """
    body, plain = original[text_start:], normalised[card.body :]
    found = places(plain, marks)
    pages = pages_with(found, card.page_places)
    if not found and (above := places(normalised[: card.body], marks)):
        body, plain, found = original[:text_start], normalised[: card.body], above
    return Hit(
        reference_code=card.reference_code,
        contract_number=card.contract_number,
        number=card.number,
        order_no=card.order_no,
        kind=card.kind,
        title=card.title,
        excerpt=excerpt(body, plain, found),
        party_a=card.party_a,
        party_b=card.party_b,
        amount=card.amount,
        formed_on=card.formed_on,
        formed_in=card.formed_in,
        filed_on=card.filed_on,
        type_code=card.type_code,
        status=card.status,
        secrecy=card.secrecy,
        retention=card.retention,
        department=card.department,
        handler=card.handler,
        project=card.project,
        pages=pages,
        changed_by=card.changed_by,
        amount_now=card.amount_now,
    )


def marked(card: Card, part: Part, sounding: matching.Sounding) -> Sequence[Word]:
    """Return what is marked in a record: the words wanted, and the names they sound like."""
    marks: list[Word] = []
    for word in wanted(part):
        if word.field in WHOLE:
            continue
        marks.append(word)
        if word.sound:
            names = sounding(word.sound).intersection(names_of(card))
            marks += [replace(word, asked=normalise(name), sound=None) for name in sorted(names)]
    return marks
