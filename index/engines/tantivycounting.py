"""Tantivy counting: how many answer a query, in all, by month and under each facet, exactly.

All is counted in one pass. Parties are counted by keys: numbers, not the names themselves, of
which looking up each would take longer than counting.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import tantivy

from index.cards import MOST_COUNTED, Card, Facet, most
from index.engines.tantivydocs import FORMED_MONTH, PARTY_KEY, facet_field, key_of

_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
_WHOLE = 1 << 24
"""More values than a segment has: nothing of it is left out."""
_OF_EACH = 8192
_SHOWN = 320
_MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answer: in all, by facet and value, and by month (months since the year 0)."""

    total: int
    facets: Mapping[str, Mapping[str, int]]
    months: Mapping[int, int]


class Tally:
    """Counts over one commit; `parties` is kept by the caller, from one commit to the next."""

    def __init__(
        self, searcher: Any, schema: Any, parties: dict[int, str], of_each: int = _OF_EACH
    ) -> None:
        """Let each of several segments give so many values of a facet before it is asked again."""
        self._searcher = searcher
        self._schema = schema
        self._parties = parties
        self._of_each = of_each

    def of(self, query: Any) -> Counts:
        """Count what answers `query`."""
        is_one = self._searcher.num_segments == 1
        of_each = MOST_COUNTED + 1 if is_one else max(MOST_COUNTED + 1, self._of_each)
        shown = min(of_each, _SHOWN)
        asked = {facet.value: _terms(facet_field(facet), shown, of_each) for facet in Facet}
        asked[_MONTHS] = _terms(FORMED_MONTH, _WHOLE, _WHOLE)
        found = self._searcher.aggregate(query, asked)
        months = _by_value(found[_MONTHS])
        facets = {facet.value: self._exact(query, facet, found[facet.value]) for facet in Facet}
        return Counts(total=sum(months.values()), facets=facets, months=months)

    def _exact(self, query: Any, facet: Facet, found: Mapping[str, Any]) -> Mapping[str, int]:
        """Return the counts of a facet; those that segments may have left out are counted again.

        A segment gives its most frequent values. A value may have as many more as the error says,
        and one that no segment gave at most so many in all.
        """
        error = found["doc_count_error_upper_bound"]
        if error and self._searcher.num_segments > 1:
            found = self._again(query, facet, found["buckets"], error)
        counts = _by_value(found)
        return self._named(counts) if facet is Facet.PARTY else most(counts)

    def _again(
        self, query: Any, facet: Facet, buckets: Collection[Mapping[str, Any]], error: int
    ) -> Mapping[str, Any]:
        counts = [each["doc_count"] for each in buckets]
        least = counts[MOST_COUNTED] if len(counts) > MOST_COUNTED else 0
        field = facet_field(facet)
        if error < least and counts[-1] + error < least:
            likely = [each["key"] for each in buckets if each["doc_count"] + error >= least]
            having = tantivy.Query.boolean_query(
                [(_SHOULD, tantivy.Query.term_query(self._schema, field, key)) for key in likely]
            )
            query = tantivy.Query.boolean_query([(_MUST, query), (_MUST, having)])
        counted = self._searcher.aggregate(query, {"": _terms(field, MOST_COUNTED + 1, _WHOLE)})
        found: Mapping[str, Any] = counted[""]
        return found

    def _named(self, counts: Mapping[int, int]) -> Mapping[str, int]:
        """Return the parties counted most by their names; only theirs are looked up."""
        least = sorted(counts.values(), reverse=True)[MOST_COUNTED:]
        above = least[0] if least else 0
        return most({self._party(key): count for key, count in counts.items() if count > above})

    def _party(self, key: int) -> str:
        """Return the name of a key that is counted."""
        name = self._parties.get(key)
        if name is None:
            query = tantivy.Query.term_query(self._schema, PARTY_KEY, key)
            place = self._searcher.search(query, limit=1).hits[0][1]
            card = Card.parse(bytes(self._searcher.doc(place).get_first("card")))
            name = next(each for each in (card.party_a, card.party_b) if key_of(each) == key)
            self._parties[key] = name
        return name


def _terms(field: str, shown: int, of_each_segment: int) -> Mapping[str, Any]:
    return {"terms": {"field": field, "size": shown, "segment_size": of_each_segment}}


def _by_value(found: Mapping[str, Any]) -> dict[Any, int]:
    return {each["key"]: each["doc_count"] for each in found["buckets"]}
