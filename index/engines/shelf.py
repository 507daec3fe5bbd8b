"""Shelf: one Whoosh segment as searching sees it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from index.analysis import Lookup, codes, grams, lookup, normalise
from index.cards import Card, card_of, header
from index.engines.quiet import columns, fields
from index.language import Word
from index.library import IndexedRecord

_FEW = 32  # so many candidates are verified sooner than narrowed down
_MANY_BEGINNINGS = 300  # terms with one beginning; beyond, reading every text is quicker
_NARROWINGS = 3
_START_DIGITS = 8


def schema() -> Any:
    """Return the fields of a record; none of our own classes is in it, it is kept as a pickle."""
    return fields.Schema(
        code=fields.ID(unique=True),
        grams=fields.ID(),
        text=fields.COLUMN(columns.VarBytesColumn()),
        codes=fields.COLUMN(columns.VarBytesColumn()),
        card=fields.COLUMN(columns.VarBytesColumn()),
        original=fields.COLUMN(columns.VarBytesColumn()),
    )


def row_of(record: IndexedRecord) -> dict[str, Any]:
    """Return the fields of `record` by name."""
    above = "\n".join(header(record)) + "\n"
    original = above + record.text
    text = normalise(original)
    own_codes = codes(text)
    start = f"{len(above):0{_START_DIGITS}x}".encode()
    return {
        "code": record.reference_code,
        "grams": sorted(grams(text) | grams(own_codes)),
        "text": text.encode(),
        "codes": own_codes.encode(),
        "card": card_of(record).to_bytes(),
        "original": start + zlib.compress(original.encode(errors="replace")),
    }


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to find what may have a word: any alternative, of it all of the rarest conditions.

    A condition is the terms any of which must be there, and how many records that is at most.
    """

    alternatives: tuple[tuple[tuple[int, tuple[Any, ...]], ...], ...]

    @property
    def size(self) -> int:
        """Return at most how many records the rarest conditions leave."""
        return sum(conditions[0][0] for conditions in self.alternatives)


class WhooshShelf:
    """One segment, with the cards that were read of it; its files are held open."""

    def __init__(self, reader: Any, cards: dict[int, Card]) -> None:
        self._reader = reader
        self.name: str = reader.segment().segment_id()
        self.cards = cards
        self._text = _column(reader, "text")
        self._codes = _column(reader, "codes")
        self._card = _column(reader, "card")
        self._original = _column(reader, "original")

    def __len__(self) -> int:
        return int(self._reader.doc_count())

    def all(self) -> Iterable[int]:
        """Return all records that stand."""
        found: Iterable[int] = self._reader.all_doc_ids()
        return found

    def candidates(self, words: Sequence[Word]) -> Iterable[int]:
        """Return at least all records that have every one of `words`, each once."""
        found: set[int] | None = None
        for plan in sorted(map(self._plan, words), key=lambda each: each.size):
            if found is not None and len(found) <= _FEW:
                break
            if plan.size > len(self) // 2:
                break
            ids = self._ids(plan)
            found = ids if found is None else found & ids
        return self.all() if found is None else sorted(found)

    def text(self, record: int) -> bytes:
        """Return the normalised text of a record, header first, in UTF-8."""
        content: bytes = self._text[record]
        return content

    def codes(self, record: int) -> bytes:
        """Return the codes of a record without separators, in UTF-8."""
        content: bytes = self._codes[record]
        return content

    def card(self, record: int) -> Card:
        """Return the card of a record."""
        card = self.cards.get(record)
        if card is None:
            card = self.cards[record] = Card.parse(self._card[record])
        return card

    def original(self, record: int) -> tuple[str, int]:
        """Return what was searched as it was written, and where its text begins."""
        content: bytes = self._original[record]
        text = zlib.decompress(content[_START_DIGITS:]).decode()
        return text, int(content[:_START_DIGITS], 16)

    def _plan(self, word: Word) -> _Plan:
        lookups = [lookup(word.asked)]
        if word.code is not None and word.code != word.asked:
            lookups.append(lookup(word.code))
        return _Plan(tuple(map(self._conditions, lookups)))

    def _conditions(self, sought: Lookup) -> tuple[tuple[int, tuple[Any, ...]], ...]:
        """Return the rarest conditions of a needle, rarest first; at least one."""
        conditions = [(self._frequency(term), (term,)) for term in sought.terms]
        if not conditions:
            conditions = [self._beginning(each) for each in sought.beginnings]
        everything = (len(self), ())
        return tuple(sorted(conditions)[:_NARROWINGS]) or (everything,)

    def _beginning(self, beginning: str) -> tuple[int, tuple[Any, ...]]:
        terms = []
        for term in self._reader.expand_prefix("grams", beginning):
            terms.append(term)
            if len(terms) > _MANY_BEGINNINGS:
                return len(self), ()
        return sum(map(self._frequency, terms)), tuple(terms)

    def _frequency(self, term: Any) -> int:
        return int(self._reader.doc_frequency("grams", term))

    def _ids(self, plan: _Plan) -> set[int]:
        found: set[int] = set()
        for conditions in plan.alternatives:
            ids: set[int] | None = None
            for size, terms in conditions:
                if ids is not None and (len(ids) <= _FEW or size > len(self) // 2):
                    break
                having: set[int] = set()
                for term in terms:
                    if self._frequency(term):
                        having.update(self._reader.postings("grams", term).all_ids())
                ids = having if ids is None else ids & having
            found |= ids or set()
        return found


def _column(reader: Any, name: str) -> Any:
    """Return a column of a segment; raises FileNotFoundError if a writer took its file away.

    Whoosh would give a column of nothing then: every text empty, every search in vain.
    """
    if not reader.has_column(name):
        raise FileNotFoundError(f"column {name} of {reader}")
    return reader.column_reader(name, translate=False)
