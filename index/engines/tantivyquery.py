"""Tantivy queries: the parts of a query in Tantivy's own, exact without reading a record."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tantivy

from index.access import Access
from index.analysis import latin_grams, normalise
from index.days import whole_years
from index.engines.tantivydocs import EXACT, FORMED_MONTH, RECORD, marked
from index.language import WHOLE, Either, Field, Part, Within, Without, Word, wanted
from index.lexicon import PARTY, PERSON, PROJECT
from index.matching import COLUMNS_OF, FACET_OF, LEVELS, Level, Sounding
from index.searching import Asked

_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_NUMBER_OF = {
    Field.AMOUNT: "fen",
    Field.YEAR: "year_number",
    Field.FORMED: "formed_day",
    Field.FILED: "filed_day",
}
_KEPT_AS = {
    "secrecy": "facet_secrecy",
    "department": "facet_department",
    "kind": "facet_kind",
    "handler": "handler_whole",
}
_LEAST, _GREATEST = -(2**62), 2**62


class Translator:
    """Puts parts into queries over one schema; `values` gives all values a facet has."""

    def __init__(
        self, schema: Any, sounding: Sounding, values: Callable[[str], Iterable[str]]
    ) -> None:
        self.schema = schema
        self._sounding = sounding
        self._values = values

    def everything(self) -> Any:
        """Return what all records answer, and notes do not."""
        return self._term("is", RECORD)

    def answering(self, asked: Asked) -> Any:
        """Return what the records answer that a question finds among those it asks."""
        parts = [self._query(asked.part)]
        parts += [self._term(f"facet_{facet.value}", value) for facet, value in asked.filters]
        if asked.contracts is not None:
            parts.append(_any_term(self.schema, "contract", asked.contracts))
        if not asked.access.is_whole:
            parts.append(known_to(self.schema, asked.access))
        return self._all(parts)

    def levels(self, part: Part) -> list[tuple[Level, Any]]:
        """Return, best first, what the records answer that have a wanted word at a level."""
        free = [word for word in wanted(part) if word.field is None]
        if not free:
            return []
        found = []
        for level, columns in LEVELS:
            ways = [self._at_level(word, level, columns) for word in free]
            found.append((level, self._any(ways)))
        return found

    def _at_level(self, word: Word, level: Level, columns: Sequence[str]) -> Any:
        if level is Level.EXACT:
            return self._any([self._term(EXACT, code) for code in (word.asked, *word.ways)])
        ways = [self._stands(column, word.asked) for column in columns]
        if level is Level.CODE:
            spelled = [f"{column}_spellings" for column in columns]
            ways += [self._stands(column, way) for column in spelled for way in word.ways]
        if level is Level.NAME and word.sound:
            ways.append(self._sounds(word.sound))
        return self._any(ways)

    def _query(self, part: Part) -> Any:
        if isinstance(part, Word):
            return self._word(part)
        if isinstance(part, Within):
            return self._within(part)
        if isinstance(part, Without):
            inner = (_NOT, self._query(part.part))
            return tantivy.Query.boolean_query([(_MUST, self.everything()), inner])
        queries = [self._query(each) for each in part.parts]
        if isinstance(part, Either):
            return self._any(queries)
        return self._all(queries) if queries else self.everything()

    def _word(self, word: Word) -> Any:
        if word.field in WHOLE:
            facet = FACET_OF[word.field]
            exact = [each for each in self._values(facet) if normalise(each) in word.ways]
            return self._any([self._term(f"facet_{facet}", value) for value in exact])
        if word.field is not None:
            return self._in_field(word, word.field)
        if word.begins and word.asked[0].isascii() and word.asked[0].isalnum():
            return self._all([*self._narrowing(word.asked), self._begins("text", word.asked)])
        ways = [self._all([*self._narrowing(word.asked), self._stands("text", word.asked)])]
        ways += [
            self._all([*self._narrowing(way), self._stands("spellings", way)]) for way in word.ways
        ]
        if word.sound:
            ways.append(self._sounds(word.sound))
        return self._any(ways)

    def _in_field(self, word: Word, field: Field) -> Any:
        ways = []
        for column in COLUMNS_OF.get(field, (field.value,)):
            asked = f"\n{word.asked}" if word.begins else word.asked
            ways.append(self._stands(column, asked))
            ways += [self._stands(f"{column}_spellings", way) for way in word.ways]
            if word.sound:
                ways.append(self._named(column, word.sound))
        return self._any(ways)

    def _named(self, column: str, sound: str) -> Any:
        """Return what has one of the names that sound so in one column, whole."""
        names = sorted(self._sounding(sound))
        return self._any([self._term(f"{column}_whole", name) for name in names])

    def _sounds(self, sound: str) -> Any:
        kinds = (PARTY, PROJECT, PERSON)
        terms = [f"{kind}:{name}" for name in self._sounding(sound) for kind in kinds]
        return _any_term(self.schema, "names", terms)

    def _narrowing(self, asked: str) -> list[Any]:
        return [self._term("grams", gram) for gram in latin_grams(asked)]

    def _stands(self, field: str, asked: str) -> Any:
        """Return what has a needle in a field: its pairs one after the other."""
        needle = marked(asked)
        if len(needle) == 1:
            return self._term(f"{field}_letters", needle)
        places = [*range(0, len(needle) - 1, 2)]
        if places[-1] != len(needle) - 2:
            places.append(len(needle) - 2)
        if len(places) == 1:
            return self._term(field, needle)
        pairs: list[Any] = [(place, needle[place : place + 2]) for place in places]
        return tantivy.Query.phrase_query(self.schema, field, pairs)

    def _begins(self, field: str, asked: str) -> Any:
        """Return what has a needle where a run of Latin letters and digits begins."""
        needle = marked(asked)
        first = f"[^0-9a-z]{_literal(needle[0])}"
        rest = [
            (place + 1, _literal(needle[place : place + 2])) for place in range(len(needle) - 1)
        ]
        if not rest:
            return tantivy.Query.regex_query(self.schema, field, first)
        return tantivy.Query.regex_phrase_query(self.schema, field, [(0, first), *rest])

    def _within(self, within: Within) -> Any:
        span, name = within.span, _NUMBER_OF[within.field]
        low = _LEAST if span.low is None else _number(within.field, span.low, up=True)
        high = _GREATEST if span.high is None else _number(within.field, span.high, up=False)
        exact_low = span.low is None or _is_exact(within.field, span.low)
        exact_high = span.high is None or _is_exact(within.field, span.high)
        found = tantivy.Query.range_query(
            self.schema,
            name,
            tantivy.FieldType.Integer,
            low,
            high,
            include_lower=not (span.excludes_low and exact_low),
            include_upper=not (span.excludes_high and exact_high),
        )
        first, last = whole_years(span) if within.field is Field.FORMED else (1, 0)
        if first > last:
            return found
        kind = tantivy.FieldType.Integer
        years = tantivy.Query.range_query(self.schema, "formed_year", kind, first, last)
        return self._any([found, years])

    def _term(self, field: str, value: str) -> Any:
        return tantivy.Query.term_query(self.schema, field, value, "basic")

    @staticmethod
    def _all(queries: Sequence[Any]) -> Any:
        if len(queries) == 1:
            return queries[0]
        return tantivy.Query.boolean_query([(_MUST, query) for query in queries])

    @staticmethod
    def _any(queries: Sequence[Any]) -> Any:
        if not queries:
            return tantivy.Query.empty_query()
        if len(queries) == 1:
            return queries[0]
        return tantivy.Query.boolean_query([(_SHOULD, query) for query in queries])


def in_months(schema: Any, query: Any, months: tuple[int, int] | None) -> Any:
    """Return what answers `query` and was formed from one month to another."""
    if months is None:
        return query
    formed = tantivy.Query.range_query(schema, FORMED_MONTH, tantivy.FieldType.Integer, *months)
    return tantivy.Query.boolean_query([(_MUST, query), (_MUST, formed)])


def known_to(schema: Any, access: Access) -> Any:
    """Return what the records answer that a person may know of."""
    granted = []
    for grant in access.grants:
        conditions = [(_MUST, tantivy.Query.term_query(schema, "is", RECORD, "basic"))]
        for name, values in grant.conditions():
            conditions.append((_MUST, _any_term(schema, _KEPT_AS[name], values)))
        granted.append((_SHOULD, tantivy.Query.boolean_query(conditions)))
    return tantivy.Query.boolean_query(granted) if granted else tantivy.Query.empty_query()


def _any_term(schema: Any, field: str, values: Iterable[str]) -> Any:
    terms = sorted(values)
    if not terms:
        return tantivy.Query.empty_query()
    return tantivy.Query.term_set_query(schema, field, terms)


def _number(field: Field, value: Any, *, up: bool) -> int:
    """Return a bound as it is kept: amounts in fen, days by their ordinal."""
    if field in (Field.FORMED, Field.FILED):
        return int(value.toordinal())
    scaled = value * 100 if field is Field.AMOUNT else value
    return int(math.ceil(scaled) if up else math.floor(scaled))


def _is_exact(field: Field, value: Any) -> bool:
    return field is not Field.AMOUNT or bool(value * 100 == int(value * 100))


def _literal(text: str) -> str:
    """Return a pattern for just these characters, in the syntax Tantivy's terms are matched by."""
    return "".join(f"\\x{{{ord(letter):x}}}" for letter in text)
