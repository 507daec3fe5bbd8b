"""Tantivy documents: what of a record stands in which field.

Every character with the next is a term at its position, paragraph ends and spaces too. A phrase
of such pairs is therefore a part of the text and nothing else, so that Tantivy's own counts are
exact. Four Latin characters together are terms without positions, to narrow figures down.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import tantivy

from index.analysis import latin_grams, normalise
from index.cards import Card, Facet, card_of, facets_of, header, named, placed_on, whole_codes
from index.language import Field
from index.library import IndexedRecord
from index.matching import COLUMNS, VALUES, column_of
from index.sorting import ORDERS, sort_key
from index.spellings import spellings

RECORD, NOTE = "record", "note"
NOTE_CODE = "\x00applied"
_MARKS = str.maketrans({"\n": "\x02", " ": "\x03"})
PARTY_KEY, FORMED_MONTH, EXACT = "party_key", "formed_month", "exact"
WHOLE_NAMES = ("party_a", "party_b", "project", "person", "handler")
"""Fields that letters are looked for in by the names they may stand for."""

_WORDS = "pairs"
_START_DIGITS = 8


def schema() -> Any:
    """Return the fields of a document."""
    build = tantivy.SchemaBuilder()
    for name in ("code", "is", "names", "contract", EXACT):
        build.add_text_field(
            name, stored=name == "code", tokenizer_name="raw", index_option="basic"
        )
    for name in WHOLE_NAMES:
        build.add_text_field(f"{name}_whole", tokenizer_name="raw", index_option="basic")
    spelled = (f"{name}_spellings" for name in COLUMNS)
    for name in ("text", "spellings", *COLUMNS, *spelled):
        build.add_text_field(name, tokenizer_name=_WORDS, index_option="position")
    for name in ("text_letters", "grams", *(f"{name}_letters" for name in COLUMNS)):
        build.add_text_field(name, tokenizer_name=_WORDS, index_option="basic")
    for facet in Facet:
        build.add_text_field(
            f"facet_{facet}",
            tokenizer_name="raw",
            index_option="basic",
            fast=facet is not Facet.PARTY,
        )
    build.add_integer_field(PARTY_KEY, indexed=True, fast=True)
    build.add_integer_field(FORMED_MONTH, fast=True)
    for name in ORDERS:
        build.add_text_field(f"by_{name}", tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("fen", "year_number", "formed_day", "formed_year", "filed_day"):
        build.add_integer_field(name, indexed=True, fast=True)
    build.add_integer_field("applied", stored=True)
    for name in ("card", "original", "normalised"):
        build.add_bytes_field(name, stored=True)
    return build.build()


def facet_field(facet: Facet) -> str:
    """Return the name of the field by which a facet is counted."""
    return PARTY_KEY if facet is Facet.PARTY else f"facet_{facet}"


def key_of(party: str) -> int:
    """Return the number that a party is counted by; of a name always the same."""
    return int.from_bytes(blake2b(party.encode(errors="replace"), digest_size=8).digest()) >> 1


def month_of(day: date) -> int:
    """Return the months since the year 0."""
    return day.year * 12 + day.month - 1


def tokenizer() -> tuple[str, Any]:
    """Return the name of the tokenizer, and itself: terms come with spaces between."""
    return _WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def pairs(normalised: str) -> list[str]:
    """Return each character with the next, from before the first to after the last."""
    marked = f"\x02{normalised.translate(_MARKS)}\x02"
    return [letter + following for letter, following in pairwise(marked)]


def marked(asked: str) -> str:
    """Return a needle as its characters stand in terms."""
    return asked.translate(_MARKS)


def document(record: IndexedRecord) -> Any:
    """Return the document of a record."""
    above = "\n".join(header(record)) + "\n"
    original = (above + record.text).encode(errors="replace").decode()
    text = normalise(original)
    spelled = spellings(text)
    card = card_of(record)
    fields: dict[str, Any] = {
        "code": record.reference_code,
        "contract": record.contract_number,
        "is": RECORD,
        EXACT: sorted(whole_codes(record)),
        "names": [f"{kind}:{name}" for kind, name in named(record)],
        "text": " ".join(pairs(text)),
        "spellings": " ".join(pairs(spelled)),
        "text_letters": _letters(text),
        "grams": " ".join(latin_grams(text) | latin_grams(spelled)),
        "year_number": card.year,
        FORMED_MONTH: month_of(placed_on(card)),
        "filed_day": card.filed_on.toordinal(),
        "card": card.to_bytes(),
        "original": f"{len(above):0{_START_DIGITS}x}{original}".encode(),
        "normalised": text.encode(),
        **_columns(card),
        **{f"by_{name}": sort_key(name, card) for name in ORDERS},
    }
    if card.amount is not None:
        fields["fen"] = int(card.amount * 100)
    if card.formed_on is not None:
        fields["formed_day"] = card.formed_on.toordinal()
    elif card.formed_in is not None:
        fields["formed_year"] = card.formed_in
    facets = facets_of(card)
    fields[PARTY_KEY] = [key_of(party) for party in facets[Facet.PARTY]]
    return _filled(fields, {f"facet_{name}": values for name, values in facets.items()})


def original_of(found: Any) -> tuple[str, int]:
    """Return what was searched as it was written, and where its text begins."""
    content = bytes(found.get_first("original")).decode()
    return content[_START_DIGITS:], int(content[:_START_DIGITS], 16)


def normalised_of(found: Any) -> str:
    """Return the normalised form of what was searched."""
    return bytes(found.get_first("normalised")).decode()


def _columns(card: Card) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in COLUMNS:
        plain = column_of(card, name)
        spelled = spellings(plain)
        fields[name] = " ".join(pairs(plain))
        fields[f"{name}_letters"] = _letters(plain)
        if spelled:
            fields[f"{name}_spellings"] = " ".join(pairs(spelled))
    for name in WHOLE_NAMES:
        fields[f"{name}_whole"] = list(filter(None, VALUES[Field(name)](card)))
    return fields


def _letters(normalised: str) -> str:
    return " ".join(set(normalised) - {" ", "\n"})


def note(applied: int) -> Any:
    """Return the document that says up to what the index is applied."""
    return _filled({"code": NOTE_CODE, "is": NOTE, "applied": applied}, {})


def _filled(fields: Mapping[str, Any], facets: Mapping[str, tuple[str, ...]]) -> Any:
    made = tantivy.Document()
    for name, value in {**fields, **facets}.items():
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, bytes):
                made.add_bytes(name, each)
            elif isinstance(each, int):
                made.add_integer(name, each)
            else:
                made.add_text(name, each)
    return made
