"""PostgreSQL queries: the parts of a query as conditions, exact within the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from index.access import Access
from index.analysis import lookup
from index.cards import Facet
from index.days import whole_years
from index.language import WHOLE, Either, Field, Part, Within, Without, Word, wanted
from index.matching import COLUMNS_OF, FACET_OF, LEVELS, Level, Sounding
from index.searching import Asked

_VALUE_OF = {
    Field.AMOUNT: "amount",
    Field.YEAR: "year",
    Field.FORMED: "formed_on",
    Field.FILED: "filed_on",
}
_PAIR = 2
LETTER = "\x01"
"""What stands before a character among the terms, where it is meant wherever it stands."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition and the values of its places, in order."""

    sql: str
    values: tuple[Any, ...] = ()


TRUE, FALSE = Condition("TRUE"), Condition("FALSE")


def condition(asked: Asked, sounding: Sounding) -> Condition:
    """Return what holds of the records that a question finds among those it asks."""
    parts = [_part(asked.part, sounding), known_to(asked.access)]
    parts += [_facet(facet, value) for facet, value in asked.filters]
    if asked.contracts is not None:
        parts.append(Condition("contract = ANY(%s)", (sorted(asked.contracts),)))
    return _joined("AND", parts)


def known_to(access: Access) -> Condition:
    """Return what holds of the records that a person may know of."""
    granted = [
        _joined("AND", [_has(name, values) for name, values in grant.conditions()])
        for grant in access.grants
    ]
    return _joined("OR", granted)


def _has(name: str, values: Iterable[str]) -> Condition:
    if name == "handler":
        return Condition("w_handler && %s", (sorted(values),))
    return Condition(f"COALESCE(facet_{name} = ANY(%s), FALSE)", (sorted(values),))


def level(part: Part, sounding: Sounding) -> Condition:
    """Return the level of the best hit of the wanted words, as a number."""
    free = [word for word in wanted(part) if word.field is None]
    if not free:
        return Condition(str(int(Level.TEXT)))
    cases: list[str] = []
    values: list[Any] = []
    for at, columns in LEVELS:
        ways = [_at_level(word, at, columns, sounding) for word in free]
        any_way = _joined("OR", ways)
        cases.append(f"WHEN {any_way.sql} THEN {int(at)}")
        values += any_way.values
    return Condition(f"CASE {' '.join(cases)} ELSE {int(Level.TEXT)} END", tuple(values))


def _at_level(word: Word, at: Level, columns: Sequence[str], sounding: Sounding) -> Condition:
    if at is Level.EXACT:
        return Condition("exact && %s", ([word.asked, *word.ways],))
    ways = [_stands(f"c_{column}", word.asked) for column in columns]
    if at is Level.CODE:
        spelled = [f"s_{column}" for column in columns]
        ways += [_stands(column, way) for column in spelled for way in word.ways]
    if at is Level.NAME and word.sound:
        ways.append(_sounds(sounding(word.sound)))
    return _joined("OR", ways)


def _part(part: Part, sounding: Sounding) -> Condition:
    if isinstance(part, Word):
        return _word(part, sounding)
    if isinstance(part, Within):
        return _within(part)
    if isinstance(part, Without):
        inner = _part(part.part, sounding)
        return Condition(f"NOT COALESCE({inner.sql}, FALSE)", inner.values)
    parts = [_part(each, sounding) for each in part.parts]
    return _joined("OR" if isinstance(part, Either) else "AND", parts)


def _word(word: Word, sounding: Sounding) -> Condition:
    names = sounding(word.sound) if word.sound else frozenset()
    if word.field in WHOLE:
        return Condition(f"n_{FACET_OF[word.field]} = ANY(%s)", (list(word.ways),))
    if word.field is not None:
        return _in_field(word, word.field, names)
    written = _found("terms", "text", word.asked)
    if word.begins and word.asked[0].isascii() and word.asked[0].isalnum():
        pattern = "(^|[^0-9a-z])" + "".join(f"[{_escaped(each)}]" for each in word.asked)
        written = _joined("AND", [written, Condition("text ~ %s", (pattern,))])
    ways = [_found("spelled_terms", "spellings", way) for way in word.ways]
    sounds = [_sounds(names)] if names else []
    return _joined("OR", [written, *ways, *sounds])


def _in_field(word: Word, field: Field, names: frozenset[str]) -> Condition:
    ways = []
    for column in COLUMNS_OF.get(field, (field.value,)):
        asked = f"\n{word.asked}" if word.begins else word.asked
        text = f"(E'\\n' || c_{column})" if word.begins else f"c_{column}"
        ways.append(_stands(text, asked))
        ways += [_stands(f"s_{column}", way) for way in word.ways]
        if names:
            ways.append(Condition(f"w_{column} && %s", (sorted(names),)))
    return _joined("OR", ways)


def _found(terms: str, text: str, asked: str) -> Condition:
    """Return what has a needle: its terms, and itself where terms alone do not say so."""
    if len(asked) == 1:
        return Condition(f"{terms} @> %s", ([LETTER + asked],))
    sought = lookup(asked)
    letters = {LETTER + letter for beginning in sought.beginnings for letter in beginning}
    having = Condition(f"{terms} @> %s", (sorted(sought.terms | letters),))
    if len(asked) == _PAIR and asked in sought.terms:
        return having
    if not sought.terms and not letters:
        return _stands(text, asked)
    return _joined("AND", [having, _stands(text, asked)])


def _stands(text: str, asked: str) -> Condition:
    return Condition(f"strpos({text}, %s) > 0", (asked,))


def _sounds(names: frozenset[str]) -> Condition:
    kinds = ("party", "project", "person")
    return Condition("names && %s", ([f"{kind}:{name}" for name in names for kind in kinds],))


def _within(within: Within) -> Condition:
    column, span = _VALUE_OF[within.field], within.span
    parts = [Condition(f"{column} IS NOT NULL")]
    if span.low is not None:
        parts.append(Condition(f"{column} {'>' if span.excludes_low else '>='} %s", (span.low,)))
    if span.high is not None:
        parts.append(Condition(f"{column} {'<' if span.excludes_high else '<='} %s", (span.high,)))
    found = _joined("AND", parts)
    if within.field is not Field.FORMED:
        return found
    years = Condition(
        "(formed_on IS NULL AND COALESCE(formed_in BETWEEN %s AND %s, FALSE))", whole_years(span)
    )
    return _joined("OR", [found, years])


def _facet(facet: Facet, value: str) -> Condition:
    if facet is Facet.PARTY:
        return Condition("facet_party @> %s", ([value],))
    return Condition(f"facet_{facet.value} = %s", (value,))


def _escaped(letter: str) -> str:
    return f"\\{letter}" if letter in "\\]^-[" else letter


def _joined(word: str, parts: Sequence[Condition]) -> Condition:
    if not parts:
        return TRUE if word == "AND" else FALSE
    sql = f" {word} ".join(f"({part.sql})" for part in parts)
    return Condition(sql, tuple(value for part in parts for value in part.values))
