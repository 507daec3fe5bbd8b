"""Tantivy answers: total, page and facets of a question, counted by Tantivy itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import tantivy

from index.access import Access
from index.cards import MOST_COUNTED, Card, Facet, most
from index.engines.tantivydocs import normalised_of, original_of
from index.engines.tantivyquery import Translator, known_to
from index.language import Part
from index.lexicon import Lexicon
from index.library import Answer, Hit, Question
from index.matching import Sounding
from index.searching import Asked, hit_of, marked, meant, read_question, sounding_of
from index.sorting import RELEVANCE

_MUST, _NOT = tantivy.Occur.Must, tantivy.Occur.MustNot
_BUCKETS = 65_000


def answer_of(
    question: Question, searcher: Any, schema: Any, lexicon: Callable[[], Lexicon]
) -> Answer:
    """Answer `question`; raises QuestionRefused."""
    asked = read_question(question)
    sounding = sounding_of(lexicon)
    translator = Translator(schema, sounding, partial(_values, searcher))
    query = translator.answering(asked)
    total, places = _page(asked, query, translator, searcher)
    return Answer(
        total=total,
        hits=tuple(_hit(searcher.doc(place), asked.part, sounding) for place in places),
        facets=_facets(query, searcher) if total else {facet.value: {} for facet in Facet},
        meant=() if total else meant(asked.part, lexicon),
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


def _page(asked: Asked, query: Any, translator: Translator, searcher: Any) -> tuple[int, list[Any]]:
    """Return how many records answer, and the places of those of the page asked for.

    By relevance: what has a hit at the best level first, newest first within each level.
    """
    if asked.order != RELEVANCE:
        descends = asked.is_descending
        found = _sorted(
            searcher, query, asked.order, asked.first, asked.size, is_descending=descends
        )
        return found.count, [place for _, place in found.hits]
    total, first = 0, asked.first
    places: list[Any] = []
    above: list[Any] = []
    for _, at_level in translator.levels(asked.part):
        level = tantivy.Query.boolean_query(
            [(_MUST, at_level), (_MUST, query), *((_NOT, each) for each in above)]
        )
        above.append(at_level)
        found = _sorted(searcher, level, "formed_on", first, asked.size - len(places))
        total += found.count
        first = max(0, first - found.count)
        places += [place for _, place in found.hits]
    if total:
        query = tantivy.Query.boolean_query([(_MUST, query), *((_NOT, each) for each in above)])
    found = _sorted(searcher, query, "formed_on", first, asked.size - len(places))
    return total + found.count, [*places, *(place for _, place in found.hits)]


def _sorted(
    searcher: Any, query: Any, name: str, first: int, size: int, *, is_descending: bool = True
) -> Any:
    """Return a stretch of what answers in an order; the whole is counted though none is wanted."""
    order = tantivy.Order.Desc if is_descending else tantivy.Order.Asc
    by = f"by_{name}"
    if size <= 0 or first > 0:
        counted = searcher.search(query, limit=1, order_by_field=by, order=order)
        if size <= 0 or first >= counted.count:
            return _Counted(counted.count)
    return searcher.search(query, limit=size, offset=first, order_by_field=by, order=order)


class _Counted:
    """How many there are of what is not on the page."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.hits: list[Any] = []


def _facets(query: Any, searcher: Any) -> Mapping[str, Mapping[str, int]]:
    """Return how many answer under each value of each facet, counted over all that answer.

    Of one segment the greatest are the greatest; of several Tantivy says when they may not be,
    and those facets are counted again to the last value.
    """
    names = [facet.value for facet in Facet]
    found = searcher.aggregate(query, _counting(names, MOST_COUNTED + 1))
    doubtful = [name for name in names if found[name].get("doc_count_error_upper_bound")]
    if doubtful and searcher.num_segments > 1:
        found |= searcher.aggregate(query, _counting(doubtful, _BUCKETS))
    return {
        name: most({each["key"]: each["doc_count"] for each in found[name]["buckets"]})
        for name in names
    }


def _counting(names: Iterable[str], of_each_segment: int) -> Mapping[str, Any]:
    shape = {"size": MOST_COUNTED + 1, "segment_size": of_each_segment}
    return {name: {"terms": {"field": f"facet_{name}", **shape}} for name in names}


def _values(searcher: Any, facet: str) -> Iterable[str]:
    return [value for value, _ in searcher.terms_with_prefix(f"facet_{facet}", "")]


def _hit(found: Any, part: Part, sounding: Sounding) -> Hit:
    card = Card.parse(bytes(found.get_first("card")))
    marks = marked(card, part, sounding)
    return hit_of(card, *original_of(found), normalised_of(found), marks)
