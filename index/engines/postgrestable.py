"""PostgreSQL tables: one schema a shelf, with its records and the note of what was applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from index.analysis import ANALYZER, grams, normalise
from index.cards import Facet, card_of, facets_of, header, named, whole_codes
from index.engines.postgresquery import LETTER
from index.language import Field
from index.library import IndexedRecord
from index.matching import COLUMNS, VALUES, column_of
from index.sorting import ORDERS, sort_key
from index.spellings import spellings

FORMAT = 5
_FEW_DEAD, _WORN = 100, 4
_WHOLE_NAMES = ("party_a", "party_b", "project", "person", "handler")
SINGLE = tuple(facet.value for facet in Facet if facet is not Facet.PARTY)
_TEXT = 'text COLLATE "C"'
_NO_LETTERS = frozenset(" \n")
_COLUMNS: dict[str, str] = {
    "code": f"{_TEXT} PRIMARY KEY",
    "contract": f"{_TEXT} NOT NULL",
    "text": f"{_TEXT} NOT NULL",
    "spellings": f"{_TEXT} NOT NULL",
    "terms": "text[] NOT NULL",
    "spelled_terms": "text[] NOT NULL",
    "names": "text[] NOT NULL",
    "exact": "text[] NOT NULL",
    "facet_party": "text[] NOT NULL",
    "amount": "numeric",
    "year": "integer NOT NULL",
    "formed_on": "date",
    "formed_in": "integer",
    "filed_on": "date NOT NULL",
    "card": "bytea NOT NULL",
    "text_start": "integer NOT NULL",
    "original": "text NOT NULL",
    **{f"c_{name}": f"{_TEXT} NOT NULL" for name in COLUMNS},
    **{f"s_{name}": f"{_TEXT} NOT NULL" for name in COLUMNS},
    **{f"w_{name}": "text[] NOT NULL" for name in _WHOLE_NAMES},
    **{f"facet_{name}": _TEXT for name in SINGLE},
    **{f"n_{name}": _TEXT for name in SINGLE},
    **{f"by_{name}": f"{_TEXT} NOT NULL" for name in ORDERS},
}
_NUL = str.maketrans("", "", "\x00")


def found_tables(cursor: Any, shelf: str, folder: str) -> None:
    """Make the schema of a shelf, empty; its comment says whose it is.

    Texts stay within their rows up to a page: reading them then costs no second look-up.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    cursor.execute(f'CREATE SCHEMA "{shelf}"')
    cursor.execute("SELECT quote_literal(%s)", (comment(folder),))
    (quoted,) = cursor.fetchone()
    cursor.execute(f'COMMENT ON SCHEMA "{shelf}" IS {quoted}')
    cursor.execute(f'CREATE TABLE "{shelf}".records ({columns}) WITH (toast_tuple_target = 8160)')
    for name in ("terms", "spelled_terms", "original"):
        cursor.execute(f'ALTER TABLE "{shelf}".records ALTER {name} SET STORAGE EXTENDED')
    for name in ("text", "spellings"):
        cursor.execute(f'ALTER TABLE "{shelf}".records ALTER {name} SET STORAGE MAIN')
    cursor.execute(
        f'ALTER TABLE "{shelf}".records SET (autovacuum_vacuum_scale_factor = 0.1,'
        " autovacuum_vacuum_threshold = 100)"
    )
    cursor.execute(
        f'CREATE TABLE "{shelf}".note (applied bigint NOT NULL, analyzer text NOT NULL,'
        " format integer NOT NULL, dead bigint NOT NULL DEFAULT 0)"
    )
    cursor.execute(
        f'INSERT INTO "{shelf}".note (applied, analyzer, format)'  # noqa: S608 our own name
        " VALUES (%s, %s, %s)",
        (0, ANALYZER, FORMAT),
    )


def index_tables(cursor: Any, shelf: str) -> None:
    """Make the indexes of a shelf: after its first records, which is quicker."""
    for name in ("terms", "spelled_terms", "names", "facet_party"):
        cursor.execute(f'CREATE INDEX ON "{shelf}".records USING gin ({name})')
    cursor.execute(f'CREATE INDEX ON "{shelf}".records (amount)')
    cursor.execute(f'ANALYZE "{shelf}".records')


def reclaim(connection: Any, shelf: str) -> None:
    """Free the place of removed records once they are a quarter of those that live.

    The server does so by itself, but once a minute: till then a table may grow many times over.
    """
    row = connection.execute(
        f'UPDATE "{shelf}".note SET dead = 0 WHERE dead > greatest(%s,'  # noqa: S608 ours
        f' (SELECT count(*) FROM "{shelf}".records) / %s) RETURNING dead',
        (_FEW_DEAD, _WORN),
    ).fetchone()
    if row is not None:
        connection.execute(f'VACUUM (SKIP_LOCKED) "{shelf}".records')


def comment(folder: str) -> str:
    """Return what a schema says of itself."""
    return f"guidang index of {folder}"


def put_rows(cursor: Any, shelf: str, records: Iterable[IndexedRecord]) -> None:
    """Write the rows of records."""
    names = ", ".join(_COLUMNS)
    with cursor.copy(f'COPY "{shelf}".records ({names}) FROM STDIN') as copy:
        for row in _rows(records):
            copy.write_row(row)


def _rows(records: Iterable[IndexedRecord]) -> Iterator[list[Any]]:
    for record in records:
        row = row_of(record)
        yield [_kept(row[name]) for name in _COLUMNS]


def _kept(value: Any) -> Any:
    """Return a value without what PostgreSQL cannot keep; no query asks for it."""
    if isinstance(value, str):
        return value.translate(_NUL).encode(errors="replace").decode()
    return [_kept(each) for each in value] if isinstance(value, list) else value


def row_of(record: IndexedRecord) -> dict[str, Any]:
    """Return the columns of a record."""
    above = ("\n".join(header(record)) + "\n").translate(_NUL)
    original = _kept(above + record.text)
    text = normalise(original)
    spelled = spellings(text)
    card = card_of(record)
    plain = {name: column_of(card, name) for name in COLUMNS}
    facets = facets_of(card)
    single = {name: next(iter(facets[name]), None) for name in SINGLE}
    return {
        "code": record.reference_code,
        "contract": record.contract_number,
        "text": text,
        "spellings": spelled,
        "terms": _terms(text),
        "spelled_terms": _terms(spelled),
        "names": [f"{kind}:{name}" for kind, name in named(record)],
        "exact": sorted(whole_codes(record)),
        "facet_party": list(facets["party"]),
        "amount": card.amount,
        "year": card.year,
        "formed_on": card.formed_on,
        "formed_in": card.formed_in,
        "filed_on": card.filed_on,
        "card": card.to_bytes(),
        "text_start": len(above),
        "original": original,
        **{f"c_{name}": value for name, value in plain.items()},
        **{f"s_{name}": spellings(value) for name, value in plain.items()},
        **{f"w_{name}": list(VALUES[Field(name)](card)) for name in _WHOLE_NAMES},
        **{f"facet_{name}": value for name, value in single.items()},
        **{f"n_{name}": value and normalise(value) for name, value in single.items()},
        **{f"by_{name}": sort_key(name, card) for name in ORDERS},
    }


def _terms(normalised: str) -> list[str]:
    letters = {LETTER + letter for letter in set(normalised) - _NO_LETTERS}
    return sorted(grams(normalised) | letters)
