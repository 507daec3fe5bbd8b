"""PostgreSQL answers: total, page and facets of a question, counted by the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from index.access import Access
from index.cards import MOST_COUNTED, Card, Facet, most
from index.engines import postgresquery as terms
from index.engines.postgrestable import SINGLE
from index.lexicon import Lexicon
from index.library import Answer, Hit, Question
from index.searching import Asked, hit_of, marked, read_question, sounding_of
from index.sorting import RELEVANCE

_COUNTED = ", ".join(f"facet_{name}" for name in SINGLE)
_SETS = ", ".join(f"(facet_{name})" for name in SINGLE)


def answer_of(
    question: Question, connection: Any, shelf: str, lexicon: Callable[[], Lexicon]
) -> Answer:
    """Answer `question` in one snapshot; raises QuestionRefused."""
    asked = read_question(question)
    sounding = sounding_of(lexicon)
    answering = terms.condition(asked, sounding)
    level = terms.level(asked.part, sounding)
    order = "formed_on" if asked.order == RELEVANCE else asked.order
    leading = "level, " if asked.order == RELEVANCE else ""
    direction = "DESC" if asked.is_descending else "ASC"
    # Every name below is our own; what a person typed travels as a value
    statement = f"""
        WITH found AS MATERIALIZED (
            SELECT code, by_{order} AS place, {level.sql} AS level, facet_party, {_COUNTED}
            FROM "{shelf}".records WHERE {answering.sql}),
        page AS (
            SELECT code, row_number() OVER (ORDER BY {leading}place {direction}) AS nth
            FROM found ORDER BY {leading}place {direction} LIMIT %s OFFSET %s),
        counted AS (
            SELECT grouping({_COUNTED}) AS which, {_COUNTED}, count(*) AS n
            FROM found GROUP BY GROUPING SETS ({_SETS})),
        parties AS (
            SELECT party, count(*) AS n FROM found, unnest(facet_party) AS party GROUP BY party
            ORDER BY n DESC LIMIT {MOST_COUNTED + 1})
        SELECT (SELECT count(*) FROM found),
            (SELECT array_agg(ARRAY[which::text, coalesce({_COUNTED}), n::text]) FROM counted),
            (SELECT array_agg(ARRAY[party, n::text]) FROM parties),
            ARRAY(SELECT code FROM page ORDER BY nth)"""  # noqa: S608
    values = (*level.values, *answering.values, asked.size, asked.first)
    total, counts, parties, codes = connection.execute(statement, values).fetchone()
    return Answer(
        total=total,
        hits=_hits(connection, shelf, codes, asked, sounding),
        facets=_facets(counts or [], parties or []),
    )


def codes_of(
    question: Question, connection: Any, shelf: str, lexicon: Callable[[], Lexicon]
) -> frozenset[str]:
    """Return the reference codes of all records that answer; raises QuestionRefused."""
    answering = terms.condition(read_question(question), sounding_of(lexicon))
    rows = connection.execute(
        f'SELECT code FROM "{shelf}".records WHERE {answering.sql}',  # noqa: S608 ours
        answering.values,
    )
    return frozenset(code for (code,) in rows)


def names_in(connection: Any, shelf: str, access: Access) -> Mapping[tuple[str, str], int]:
    """Return how many records a person may know of have each name, by what it is a name of."""
    known = terms.known_to(access)
    rows = connection.execute(
        f'SELECT name, count(*) FROM "{shelf}".records, unnest(names) AS name'  # noqa: S608 ours
        f" WHERE {known.sql} GROUP BY name",
        known.values,
    )
    counts = {}
    for term, count in rows:
        kind, _, name = term.partition(":")
        counts[kind, name] = count
    return counts


def _hits(
    connection: Any, shelf: str, codes: list[str], asked: Asked, sounding: Any
) -> tuple[Hit, ...]:
    rows = connection.execute(
        f'SELECT code, card, original, text_start, text FROM "{shelf}".records'  # noqa: S608 our own name
        " WHERE code = ANY(%s)",
        (codes,),
    )
    found = {code: row for code, *row in rows}
    hits = []
    for code in codes:
        if code in found:  # else removed since: the next look shows it
            content, original, start, normalised = found[code]
            card = Card.parse(bytes(content))
            marks = marked(card, asked.part, sounding)
            hits.append(hit_of(card, original, start, normalised, marks))
    return tuple(hits)


def _facets(counts: list[list[str]], parties: list[list[str]]) -> Mapping[str, Mapping[str, int]]:
    """Return the counts by facet; a grouping's number has a bit for each column left out."""
    everything = (1 << len(SINGLE)) - 1
    found: dict[str, dict[str, int]] = {facet.value: {} for facet in Facet}
    for which, value, count in counts:
        place = len(SINGLE) - (everything & ~int(which)).bit_length()
        if value is not None:
            found[SINGLE[place]][value] = int(count)
    found[Facet.PARTY.value] = {party: int(count) for party, count in parties}
    return {facet.value: most(found[facet.value]) for facet in Facet}
