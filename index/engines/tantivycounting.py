"""Tantivy counting: how many answer a query, in all, by month and under each facet, exactly.

All is counted in one pass. Parties are counted by keys: numbers, not the names themselves, of
which looking up each would take longer than counting. Of what nearly every record answers only
the rest is counted, and taken off what is known of all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import tantivy

from index.access import Access
from index.cards import MOST_COUNTED, Card, Facet, most
from index.engines.tantivydocs import FORMED_MONTH, PARTY_KEY, facet_field, key_of
from index.engines.tantivyquery import in_months, known_to

_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_WHOLE = 1 << 24
"""More values than a segment has: nothing of it is left out."""
_OF_EACH = 8192
_SHOWN = 320
_MONTHS = "months"
_LISTED = 2048
"""So many parties are known of all records: which of them are the most of nearly all."""
_MOST_KEPT = 32
_FEW = 20_000
"""Of fewer records all that answer are counted as soon as what does not."""
_NEARLY = 64
"""Of nearly all records at most one of so many does not answer."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answer: in all, by facet and value, and by month (months since the year 0)."""

    total: int
    facets: Mapping[str, Mapping[str, int]]
    months: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many records a person may know of: by facet and value, parties by key, and by month.

    Of the parties only the most are known, if not `is_whole`: no other has more than `least`.
    """

    facets: Mapping[Facet, Mapping[Any, int]]
    months: Mapping[int, int]
    is_whole: bool
    least: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is counted once: names of parties by key, for good; totals, for one commit."""

    parties: dict[int, str] = field(default_factory=dict)
    totals: dict[Access, Totals] = field(default_factory=dict)


class Tally:
    """Counts over one commit; `kept` is kept by the caller."""

    def __init__(self, searcher: Any, schema: Any, kept: Kept, of_each: int = _OF_EACH) -> None:
        """Let each of several segments give so many values of a facet before it is asked again."""
        self._searcher = searcher
        self._schema = schema
        self._kept = kept
        self._of_each = of_each

    def among(self, access: Access, query: Any) -> Counts:
        """Count what of all that `access` allows answers `query`."""
        if self._searcher.num_docs < _FEW:
            return self.of(query)
        allowed = known_to(self._schema, access)
        totals = self._kept.totals.get(access)
        if totals is None:
            totals = self._kept.totals[access] = self._totals(allowed)
            if len(self._kept.totals) > _MOST_KEPT:
                self._kept.totals.pop(next(iter(self._kept.totals)))
        counts = None
        if totals.months and self._is_nearly_all(query, totals):
            counts = self._by_rest(allowed, query, totals)
        return counts or self.of(query)

    def _totals(self, allowed: Any) -> Totals:
        asked = {facet.value: _terms(facet_field(facet), _WHOLE, _WHOLE) for facet in Facet}
        asked[Facet.PARTY.value] = _terms(PARTY_KEY, _LISTED, _WHOLE)
        asked[_MONTHS] = _terms(FORMED_MONTH, _WHOLE, _WHOLE)
        found = self._searcher.aggregate(allowed, asked)
        facets = {facet: _by_value(found[facet.value]) for facet in Facet}
        parties = facets[Facet.PARTY].values()
        return Totals(
            facets, _by_value(found[_MONTHS]), len(parties) < _LISTED, min(parties, default=0)
        )

    def _is_nearly_all(self, query: Any, totals: Totals) -> bool:
        """Say whether of the oldest, the newest and the fullest month nearly all answer."""
        months = totals.months
        asked = {min(months), max(months), max(months, key=months.__getitem__)}
        missing = sum(map(months.__getitem__, asked))
        allowed = missing // _NEARLY
        for month in asked:
            within = in_months(self._schema, query, (month, month))
            missing -= self._searcher.search(within, limit=1).count
        return missing <= allowed

    def _by_rest(self, allowed: Any, query: Any, totals: Totals) -> Counts | None:
        """Count what does not answer and take it off; None where parties left out may be most."""
        rest = tantivy.Query.boolean_query([(_MUST, allowed), (_NOT, query)])
        asked = {facet.value: _terms(facet_field(facet), _WHOLE, _WHOLE) for facet in Facet}
        asked[_MONTHS] = _terms(FORMED_MONTH, _WHOLE, _WHOLE)
        found = self._searcher.aggregate(rest, asked)
        left = {
            facet: _less(totals.facets[facet], _by_value(found[facet.value])) for facet in Facet
        }
        parties = sorted(left[Facet.PARTY].values(), reverse=True)[MOST_COUNTED:]
        if not totals.is_whole and totals.least > (parties[0] if parties else 0):
            return None
        months = _less(totals.months, _by_value(found[_MONTHS]))
        facets = {
            facet.value: self._named(counts) if facet is Facet.PARTY else most(counts)
            for facet, counts in left.items()
        }
        return Counts(total=sum(months.values()), facets=facets, months=months)

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
        name = self._kept.parties.get(key)
        if name is None:
            query = tantivy.Query.term_query(self._schema, PARTY_KEY, key)
            place = self._searcher.search(query, limit=1).hits[0][1]
            card = Card.parse(bytes(self._searcher.doc(place).get_first("card")))
            name = next(each for each in (card.party_a, card.party_b) if key_of(each) == key)
            self._kept.parties[key] = name
        return name


def _terms(field: str, shown: int, of_each_segment: int) -> Mapping[str, Any]:
    return {"terms": {"field": field, "size": shown, "segment_size": of_each_segment}}


def _less(counts: Mapping[Any, int], rest: Mapping[Any, int]) -> Mapping[Any, int]:
    """Return what is left of counts without those of the rest."""
    left = {value: count - rest.get(value, 0) for value, count in counts.items()}
    return {value: count for value, count in left.items() if count}


def _by_value(found: Mapping[str, Any]) -> dict[Any, int]:
    return {each["key"]: each["doc_count"] for each in found["buckets"]}
