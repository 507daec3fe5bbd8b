"""Cards: what the index knows of a record beside its text, in a form an engine can keep."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Self

from index.analysis import normalise
from index.library import IndexedRecord
from index.spellings import squeezed


class Facet(StrEnum):
    """What records are counted and filtered by; a facet's name is its filter's name."""

    YEAR = "year"
    TYPE = "type"
    KIND = "kind"
    STATUS = "status"
    PARTY = "party"
    DEPARTMENT = "department"
    RETENTION = "retention"
    SECRECY = "secrecy"


@dataclass(frozen=True, slots=True)
class Card:
    """A record without its text.

    `ends` are the byte offsets in the normalised text at which its codes, its title and its
    names end, so that the place of a hit says what was hit; its amount and day stand after them.
    `body` is the character at which its own text begins in the normalised; `page_places` are the
    characters from there at which each page of its PDF does.
    """

    reference_code: str
    contract_number: str
    number: str
    order_no: str
    kind: str
    title: str
    party_a: str
    party_b: str
    project: str
    persons: tuple[str, ...]
    amount: Decimal | None
    formed_on: date | None
    filed_on: date
    type_code: str
    status: str
    secrecy: str
    retention: str
    department: str
    handler: str
    changed_by: tuple[str, ...]
    amount_now: Decimal | None
    formed_in: int | None
    pages: tuple[int, ...]
    page_places: tuple[int, ...]
    body: int
    ends: tuple[int, int, int]

    @property
    def year(self) -> int:
        """Return the year the record was formed in (年度), unknown the year it was filed in."""
        if self.formed_on is not None:
            return self.formed_on.year
        return self.formed_in or self.filed_on.year

    def to_bytes(self) -> bytes:
        """Return the card as JSON; `parse` reads it back."""
        row = [getattr(self, name) for name in _PLAIN]
        amounts = [None if each is None else str(each) for each in (self.amount, self.amount_now)]
        formed_on = None if self.formed_on is None else self.formed_on.isoformat()
        days = (formed_on, self.formed_in, self.filed_on.isoformat())
        lists = (self.persons, self.changed_by, self.pages, self.page_places, self.ends)
        return json.dumps([*row, *amounts, *days, self.body, *lists]).encode("ascii")

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote; raises ValueError or TypeError on anything else."""
        content_row = json.loads(content.decode("ascii"))
        row, rest = content_row[: len(_PLAIN)], content_row[len(_PLAIN) :]
        amount, now, formed_on, formed_in, filed_on, body, *rest = rest
        persons, changed_by, pages, places, ends = rest
        codes_end, title_end, names_end = ends
        own = dict(zip(_PLAIN, row, strict=True))
        for name in _FEW:
            own[name] = sys.intern(own[name])
        return cls(
            **own,
            persons=tuple(persons),
            changed_by=tuple(changed_by),
            pages=tuple(pages),
            page_places=tuple(places),
            body=body,
            amount=None if amount is None else Decimal(amount),
            amount_now=None if now is None else Decimal(now),
            formed_on=None if formed_on is None else _day(formed_on),
            formed_in=formed_in,
            filed_on=_day(filed_on),
            ends=(codes_end, title_end, names_end),
        )


MOST_COUNTED = 100

_COUNTED: Mapping[Facet, Callable[[Card], object]] = {
    Facet.YEAR: attrgetter("year"),
    Facet.TYPE: attrgetter("type_code"),
    Facet.KIND: attrgetter("kind"),
    Facet.STATUS: attrgetter("status"),
    Facet.DEPARTMENT: attrgetter("department"),
    Facet.RETENTION: attrgetter("retention"),
    Facet.SECRECY: attrgetter("secrecy"),
}


def facets_of(card: Card) -> Mapping[str, tuple[str, ...]]:
    """Return the values under which `card` is counted: of parties both, of none none."""
    values: dict[Facet, tuple[str, ...]] = {
        facet: (str(value(card)),) for facet, value in _COUNTED.items()
    }
    values[Facet.PARTY] = tuple(dict.fromkeys((card.party_a, card.party_b)))
    return {facet.value: tuple(filter(None, values[facet])) for facet in Facet}


def has_value(card: Card, facet: Facet, value: str) -> bool:
    """Say whether `card` is counted under `value`: of parties under both, never under none."""
    if facet is Facet.PARTY:
        return value != "" and value in (card.party_a, card.party_b)
    return value != "" and str(_COUNTED[facet](card)) == value


def counted(cards: Sequence[Card]) -> Mapping[str, Mapping[str, int]]:
    """Return how many of `cards` stand under each value of each facet, most first."""
    facets: dict[str, Mapping[str, int]] = {}
    for facet in Facet:
        if facet is Facet.PARTY:
            counts: Counter[object] = Counter(card.party_a for card in cards)
            counts.update(card.party_b for card in cards if card.party_b != card.party_a)
        else:
            counts = Counter(map(_COUNTED[facet], cards))
        facets[facet.value] = most({str(value): count for value, count in counts.items()})
    return facets


def most(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return the values counted most, most first, then by name; at most a hundred.

    Of values counted alike all or none are among them.
    """
    by_name = sorted((-count, value) for value, count in counts.items() if value)
    if len(by_name) > MOST_COUNTED:
        cut = by_name[MOST_COUNTED][0]
        by_name = [each for each in by_name[:MOST_COUNTED] if each[0] < cut]
    return {value: -count for count, value in by_name}


_PLAIN = (
    "reference_code",
    "contract_number",
    "number",
    "order_no",
    "kind",
    "title",
    "party_a",
    "party_b",
    "project",
    "type_code",
    "status",
    "secrecy",
    "retention",
    "department",
    "handler",
)

_FEW = ("kind", "type_code", "status", "secrecy", "retention", "department")
"""Values that many cards share: kept once, they are counted in half the time."""

_day = lru_cache(maxsize=40_000)(date.fromisoformat)


def placed_on(record: Card | IndexedRecord) -> date:
    """Return the day by which a record is put in order: a year where it begins, unknown first."""
    return record.formed_on or (date(record.formed_in, 1, 1) if record.formed_in else date.min)


def header(record: IndexedRecord) -> tuple[str, str, str, str]:
    """Return the codes, title, names, and amount and day of a record, each value a paragraph.

    They are searched with the text: a reference code stands in no contract.
    """
    codes = (record.reference_code, record.contract_number, record.number, record.order_no)
    amount = "" if record.amount is None else f"{record.amount:.2f}"
    facts = _paragraphs((amount, _day_shown(record)))
    return _paragraphs(codes), record.title, _paragraphs(names_of(record)), facts


def _day_shown(record: IndexedRecord) -> str:
    """Return the day, or at least the year, that a hit is shown with; blank where nobody knows."""
    if record.formed_on is not None:
        return record.formed_on.isoformat()
    return f"{record.formed_in}年" if record.formed_in else ""


def whole_codes(record: IndexedRecord | Card) -> frozenset[str]:
    """Return a record's own number and code, normalised, with separators and without."""
    plain = [normalise(code) for code in (record.number, record.reference_code)]
    return frozenset(filter(None, (*plain, *map(squeezed, plain))))


def names_of(record: IndexedRecord | Card) -> tuple[str, ...]:
    """Return the names of a record, those of its parties first."""
    return (
        record.party_a,
        record.party_b,
        record.project,
        *record.persons,
        *([record.handler] if record.handler else []),
    )


def named(record: IndexedRecord | Card) -> set[tuple[str, str]]:
    """Return the names of a record, each with what it is a name of."""
    parties = (("party", record.party_a), ("party", record.party_b), ("project", record.project))
    persons = (("person", name) for name in (*record.persons, record.handler))
    return {(kind, name) for kind, name in (*parties, *persons) if name}


def searched(record: IndexedRecord) -> str:
    """Return all of a record that is searched: its header, then its text."""
    return "\n".join((*header(record), record.text))


def record_of(card: Card, text: str) -> IndexedRecord:
    """Return the record that a card and its text were made of."""
    own = {name: getattr(card, name) for name in _PLAIN}
    return IndexedRecord(
        **own,
        text=text,
        persons=card.persons,
        amount=card.amount,
        formed_on=card.formed_on,
        formed_in=card.formed_in,
        filed_on=card.filed_on,
        pages=card.pages,
        changed_by=card.changed_by,
        amount_now=card.amount_now,
    )


def card_of(record: IndexedRecord) -> Card:
    """Return the card of a record."""
    codes, title, names, facts = header(record)
    until = (codes, f"{codes}\n{title}", f"{codes}\n{title}\n{names}")
    ends = [len(normalise(part).encode()) for part in until]
    own = {name: getattr(record, name) for name in _PLAIN}
    return Card(
        **own,
        persons=record.persons,
        amount=record.amount,
        formed_on=record.formed_on,
        formed_in=record.formed_in,
        filed_on=record.filed_on,
        pages=record.pages,
        changed_by=record.changed_by,
        amount_now=record.amount_now,
        page_places=_page_places(record),
        body=len(normalise(f"{until[2]}\n{facts}\n")),
        ends=(ends[0], ends[1], ends[2]),
    )


def _page_places(record: IndexedRecord) -> tuple[int, ...]:
    """Return where the pages begin in the normalised text, a character or two more or less."""
    pages = record.pages
    pieces = (record.text[first:last] for first, last in pairwise(pages))
    return tuple(accumulate((len(normalise(piece)) for piece in pieces), initial=0))[: len(pages)]


def _paragraphs(values: tuple[str, ...]) -> str:
    return "\n".join(dict.fromkeys(value for value in values if value))
