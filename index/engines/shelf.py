"""Shelf: one Whoosh segment as searching sees it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from index.analysis import Lookup, grams, lookup, normalise
from index.cards import Card, card_of, header, named
from index.engines.quiet import columns, fields
from index.language import SPANS, WHOLE, Either, Every, Part, Word
from index.lexicon import PARTY, PERSON, PROJECT
from index.library import IndexedRecord
from index.matching import Sounding
from index.spellings import spellings

_FEW = 32  # so many candidates are verified sooner than narrowed down
_MANY_BEGINNINGS = 300  # terms with one beginning; beyond, reading every text is quicker
_NARROWINGS = 3
_START_DIGITS = 8


def schema() -> Any:
    """Return the fields of a record; none of our own classes is in it, it is kept as a pickle."""
    return fields.Schema(
        code=fields.ID(unique=True),
        grams=fields.ID(),
        names=fields.ID(),
        text=fields.COLUMN(columns.VarBytesColumn()),
        spellings=fields.COLUMN(columns.VarBytesColumn()),
        card=fields.COLUMN(columns.VarBytesColumn()),
        original=fields.COLUMN(columns.VarBytesColumn()),
    )


def row_of(record: IndexedRecord) -> dict[str, Any]:
    """Return the fields of `record` by name."""
    above = "\n".join(header(record)) + "\n"
    original = (above + record.text).encode(errors="replace").decode()
    text = normalise(original)
    spelled = spellings(text)
    start = f"{len(above):0{_START_DIGITS}x}".encode()
    return {
        "code": record.reference_code,
        "grams": sorted(grams(text) | grams(spelled)),
        "text": text.encode(),
        "names": sorted(f"{kind}:{name}" for kind, name in named(record)),
        "spellings": spelled.encode(),
        "card": card_of(record).to_bytes(),
        "original": start + zlib.compress(original.encode()),
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
        self._headers: dict[int, bytes] = {}
        self._text = _column(reader, "text")
        self._spellings = _column(reader, "spellings")
        self._card = _column(reader, "card")
        self._original = _column(reader, "original")

    def __len__(self) -> int:
        return int(self._reader.doc_count())

    def all(self) -> Iterable[int]:
        """Return all records that stand."""
        found: Iterable[int] = self._reader.all_doc_ids()
        return found

    def candidates(self, part: Part, sounding: Sounding) -> Iterable[int]:
        """Return at least all records that answer `part`, each once."""
        found = self._narrowed(part, sounding)
        return self.all() if found is None else sorted(found)

    def _narrowed(self, part: Part, sounding: Sounding) -> set[int] | None:
        """Return records that may answer; None where reading all is as quick."""
        if isinstance(part, Word) and part.field not in WHOLE | SPANS:
            plan = self._plan(part, sounding)
            return None if plan.size > len(self) // 2 else self._ids(plan)
        if isinstance(part, Every):
            return self._in_all(part, sounding)
        if isinstance(part, Either):
            found: set[int] = set()
            for each in part.parts:
                ids = self._narrowed(each, sounding)
                if ids is None:
                    return None
                found |= ids
            return found
        return None

    def _in_all(self, part: Every, sounding: Sounding) -> set[int] | None:
        """Narrow by one part after another, the rarest words first, until few are left."""
        plain = [each for each in part.parts if isinstance(each, Word) and each.field not in WHOLE]
        plain.sort(key=lambda each: self._plan(each, sounding).size)
        rest = [each for each in part.parts if isinstance(each, Every | Either)]
        found: set[int] | None = None
        for each in (*plain, *rest):
            if found is not None and len(found) <= _FEW:
                break
            ids = self._narrowed(each, sounding)
            if ids is not None:
                found = ids if found is None else found & ids
        return found

    def text(self, record: int) -> bytes:
        """Return the normalised text of a record, header first, in UTF-8."""
        content: bytes = self._text[record]
        return content

    def header(self, record: int) -> bytes:
        """Return the codes, title and names of a record, with which its normalised text begins."""
        header = self._headers.get(record)
        if header is None:
            header = self._headers[record] = self.text(record)[: self.card(record).ends[2]]
        return header

    def spellings(self, record: int) -> bytes:
        """Return the spellings of a record, in UTF-8."""
        content: bytes = self._spellings[record]
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

    def names(self) -> Iterable[tuple[str, str, int]]:
        """Return each name, what it is a name of, and how many records have it."""
        is_whole = not self._reader.has_deletions()
        for term in self._reader.lexicon("names"):
            kind, _, name = term.decode().partition(":")
            if is_whole:
                count = self._frequency(term, "names")
            else:
                count = sum(1 for _ in self._reader.postings("names", term).all_ids())
            if count:
                yield kind, name, count

    def _plan(self, word: Word, sounding: Sounding) -> _Plan:
        needles = dict.fromkeys((word.asked, *word.ways))
        plans = [self._conditions(lookup(each)) for each in needles]
        if word.sound:
            terms = [
                f"{kind}:{name}"
                for name in sounding(word.sound)
                for kind in (PARTY, PROJECT, PERSON)
                if self._frequency(f"{kind}:{name}", "names")
            ]
            size = sum(self._frequency(term, "names") for term in terms)
            plans.append(((size, tuple(("names", term) for term in terms)),))
        return _Plan(tuple(plans))

    def _conditions(self, sought: Lookup) -> tuple[tuple[int, tuple[Any, ...]], ...]:
        """Return the rarest conditions of a needle, rarest first; at least one."""
        conditions = [(self._frequency(term), (("grams", term),)) for term in sought.terms]
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
        return sum(map(self._frequency, terms)), tuple(("grams", term) for term in terms)

    def _frequency(self, term: Any, field: str = "grams") -> int:
        return int(self._reader.doc_frequency(field, term))

    def _ids(self, plan: _Plan) -> set[int]:
        found: set[int] = set()
        for conditions in plan.alternatives:
            ids: set[int] | None = None
            for size, terms in conditions:
                if ids is not None and (len(ids) <= _FEW or size > len(self) // 2):
                    break
                having: set[int] = set()
                for field, term in terms:
                    if self._frequency(term, field):
                        having.update(self._reader.postings(field, term).all_ids())
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
