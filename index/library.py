"""Library: what is put into an index and asked of it, whatever engine stands behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from index.access import EVERYTHING, Access


@dataclass(frozen=True, slots=True)
class IndexedRecord:
    """One filed record as the index knows it; `text` is its whole text, paragraphs by newline.

    `pages` are the places in `text` at which the pages of its PDF begin; none if nobody knows.
    `changed_by` are the numbers of later papers that altered its terms, `amount_now` what then
    holds in place of `amount`. `formed_on` is None where nobody knows the day; `formed_in` is then
    the year, where that at least is known.
    """

    reference_code: str
    contract_number: str
    number: str
    order_no: str
    kind: str
    title: str
    text: str
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
    handler: str = ""
    pages: tuple[int, ...] = ()
    changed_by: tuple[str, ...] = ()
    amount_now: Decimal | None = None
    formed_in: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A query as a person typed it, filters by facet name, and which page of hits is wanted.

    Records that `access` does not allow are as if they were not in the index. `contracts` are the
    numbers of the contracts whose dossiers alone are asked; None asks all.
    """

    text: str
    filters: Mapping[str, str]
    sort: str = "relevance"
    page: int = 1
    page_size: int = 20
    access: Access = EVERYTHING
    contracts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found; `excerpt` marks every hit with 【 and 】.

    `pages` of its PDF hold a hit, from 1.
    """

    reference_code: str
    contract_number: str
    number: str
    order_no: str
    kind: str
    title: str
    excerpt: str
    party_a: str
    party_b: str
    amount: Decimal | None
    formed_on: date | None
    filed_on: date
    type_code: str
    status: str
    secrecy: str
    retention: str
    department: str
    handler: str
    project: str
    pages: tuple[int, ...]
    changed_by: tuple[str, ...]
    amount_now: Decimal | None
    formed_in: int | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name that may be meant: what it is a name of, and how many records have it."""

    text: str
    kind: str
    records: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one page, how many there are in all, and counts by facet and value.

    Of a question without hits, `meant` are names and values that its words may have meant, and
    `alone` is how many answer each of its parts, as typed, by itself.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    meant: tuple[Suggestion, ...] = ()
    alone: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What stands in the index: `applied` is the last outbox sequence it took in."""

    engine: str
    records: int
    applied: int
    analyzer: str
    bytes: int


class Library(Protocol):
    """One index of all records; one process writes, any number read."""

    def apply(self, put: Iterable[IndexedRecord], remove: Iterable[str], *, applied: int) -> None:
        """Put and remove in one commit and note `applied`; applying twice changes nothing."""

    def search(self, question: Question) -> Answer:
        """Answer `question` exactly; raises QuestionRefused, IndexDamaged."""

    def finds(self, question: Question) -> frozenset[str]:
        """Return the reference codes of all records that answer; raises as `search`."""

    def suggest(
        self, typed: str, limit: int = 8, *, access: Access = EVERYTHING
    ) -> tuple[Suggestion, ...]:
        """Return names and numbers that what was typed so far may become; best first."""

    def status(self) -> IndexStatus:
        """Return what stands in the index; raises IndexDamaged."""

    def codes(self) -> frozenset[str]:
        """Return the reference codes of all records in the index."""

    def verify(self) -> None:
        """Read every file of the index again; raises IndexDamaged naming what differs."""
