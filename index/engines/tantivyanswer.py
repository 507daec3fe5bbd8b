"""Tantivy answers: total, page and facets of a question, found by Tantivy itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import tantivy

from index.access import Access
from index.cards import Card
from index.engines.tantivycounting import Counts, Kept, Tally
from index.engines.tantivydocs import normalised_of, original_of
from index.engines.tantivyquery import Translator, in_months, known_to
from index.language import Part
from index.lexicon import Lexicon
from index.library import Answer, Hit, Question
from index.matching import Sounding
from index.searching import Asked, hit_of, marked, read_question, sounding_of
from index.sorting import FORMED_ON, RELEVANCE

_MUST, _NOT = tantivy.Occur.Must, tantivy.Occur.MustNot
_WORTH = 4  # so many times fewer records repay asking for their months too


def answer_of(
    question: Question,
    searcher: Any,
    schema: Any,
    lexicon: Callable[[], Lexicon],
    kept: Kept,
) -> Answer:
    """Answer `question`; `kept` is what `Tally` keeps. Raises QuestionRefused."""
    asked = read_question(question)
    sounding = sounding_of(lexicon)
    translator = Translator(schema, sounding, partial(_values, searcher))
    query = translator.answering(asked)
    tally = Tally(searcher, schema, kept)
    is_narrowed = asked.filters or asked.contracts is not None
    counts = tally.of(query) if is_narrowed else tally.among(asked.access, query)
    places = _page(asked, query, translator, searcher, counts)
    return Answer(
        total=counts.total,
        hits=tuple(_hit(searcher.doc(place), asked.part, sounding) for place in places),
        facets=counts.facets,
    )


def codes_of(
    question: Question, searcher: Any, schema: Any, lexicon: Callable[[], Lexicon]
) -> frozenset[str]:
    """Return the reference codes of all records that answer; raises QuestionRefused."""
    asked = read_question(question)
    values = partial(_values, searcher)
    query = Translator(schema, sounding_of(lexicon), values).answering(asked)
    terms = searcher.terms_with_prefix("code", "", query)
    return frozenset(code for code, count in terms if count)


def names_in(searcher: Any, schema: Any, access: Access) -> Mapping[tuple[str, str], int]:
    """Return how many records a person may know of have each name, by what it is a name of."""
    known = known_to(schema, access)
    counts = {}
    for term, count in searcher.terms_with_prefix("names", "", known):
        kind, _, name = term.partition(":")
        if count:
            counts[kind, name] = count
    return counts


def _page(
    asked: Asked, query: Any, translator: Translator, searcher: Any, counts: Counts
) -> list[Any]:
    """Return the places of the records of the page asked for.

    By relevance: what has a hit at the best level first, newest first within each level.
    """
    order = asked.order
    first = asked.first
    wanted = min(asked.size, counts.total - first)  # Tantivy makes room for all that is asked for
    if wanted <= 0:
        return []
    if order not in (RELEVANCE, FORMED_ON):
        return _sorted(searcher, query, order, first, wanted, is_descending=asked.is_descending)[1]
    places: list[Any] = []
    above: list[Any] = []
    passed = 0
    for _, at_level in translator.levels(asked.part) if order == RELEVANCE else ():
        level = tantivy.Query.boolean_query(
            [(_MUST, at_level), (_MUST, query), *((_NOT, each) for each in above)]
        )
        above.append(at_level)
        count, found = _sorted(searcher, level, FORMED_ON, first, wanted - len(places))
        places += found
        if len(places) == wanted:
            return places
        passed += count
        first = max(0, first - count)
    months = _months(counts, passed + first + wanted, newest=asked.is_descending)
    rest = in_months(translator.schema, query, months)
    if passed:
        rest = tantivy.Query.boolean_query([(_MUST, rest), *((_NOT, each) for each in above)])
    descends = asked.is_descending
    found = _sorted(searcher, rest, FORMED_ON, first, wanted - len(places), is_descending=descends)[
        1
    ]
    return places + found


def _months(counts: Counts, wanted: int, *, newest: bool) -> tuple[int, int] | None:
    """Return the first and last month that hold the `wanted` newest or oldest records.

    None where looking through all is as quick.
    """
    held = 0
    months = sorted(counts.months, reverse=newest)
    for month in months:
        held += counts.months[month]
        if held >= wanted:
            break
    if held * _WORTH > counts.total:
        return None
    return min(month, months[0]), max(month, months[0])


def _sorted(
    searcher: Any, query: Any, name: str, first: int, size: int, *, is_descending: bool = True
) -> tuple[int, list[Any]]:
    """Return how many answer, and the places of a stretch of them in an order."""
    order = tantivy.Order.Desc if is_descending else tantivy.Order.Asc
    found = searcher.search(
        query, limit=size, offset=first, order_by_field=f"by_{name}", order=order
    )
    return found.count, [place for _, place in found.hits]


def _values(searcher: Any, facet: str) -> Iterable[str]:
    return [value for value, _ in searcher.terms_with_prefix(f"facet_{facet}", "")]


def _hit(found: Any, part: Part, sounding: Sounding) -> Hit:
    card = Card.parse(bytes(found.get_first("card")))
    marks = marked(card, part, sounding)
    return hit_of(card, *original_of(found), normalised_of(found), marks)
