"""Asking: questions to the index, in the name of a person, and its hits as programs see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from index.access import EVERYTHING, Access
from index.library import Hit, Library, Question
from pipeline.accessrules import Person, PersonUnknown
from pipeline.wiring import Workplace

_MANY = 2_000
"""Hits a page where all are wanted: a whole result never stands in memory."""


@dataclass(frozen=True, slots=True)
class DossierHits:
    """The parts of one dossier that answer, in the order of their places in it."""

    contract_number: str
    hits: tuple[Hit, ...]


def access_of(workplace: Workplace, person: str | None) -> Access:
    """Return what a person may know of; the account that runs guidang may know everything.

    Who is not named in the access rules may stand in the directory, by login: then with those
    roles that the rules know, and the department, of the directory. Raises PersonUnknown, also
    for those the directory has disabled.
    """
    if person is None:
        return EVERYTHING
    from archive.directory import directory_of  # noqa: PLC0415 the register, seldom needed here

    rules = workplace.access
    with workplace.register.read.begin() as session:
        directory = directory_of(session)
    if directory.has_disabled(person):
        raise PersonUnknown(person)
    if person in rules.people:
        return rules.access_of(person)
    user = directory.users.get(person)
    if user is None:
        raise PersonUnknown(person)
    roles = tuple(role for role in user.roles if role in rules.roles)
    return rules.access_as(user.name, Person(roles, user.department))


def all_hits(library: Library, question: Question) -> Iterator[Hit]:
    """Yield every hit of a question in its order, from the first, each once."""
    seen: set[str] = set()
    page = 0
    while True:
        page += 1
        hits = library.search(replace(question, page=page, page_size=_MANY)).hits
        for hit in hits:
            if hit.reference_code not in seen:  # an index that grows meanwhile shifts its pages
                seen.add(hit.reference_code)
                yield hit
        if len(hits) < _MANY:
            return


def dossiers_of(library: Library, question: Question) -> tuple[DossierHits, ...]:
    """Return a page of dossiers in the order of their best hits, each with all that answers."""
    wanted = question.page * question.page_size
    order: dict[str, None] = {}
    for hit in _first_hits(library, question):
        order.setdefault(hit.contract_number)
        if len(order) >= wanted:
            break
    numbers = list(order)[wanted - question.page_size : wanted]
    parts: dict[str, list[Hit]] = {number: [] for number in numbers}
    together = replace(question, contracts=frozenset(numbers), sort="reference_code")
    for hit in all_hits(library, together) if numbers else ():
        parts[hit.contract_number].append(hit)
    return tuple(DossierHits(number, tuple(hits)) for number, hits in parts.items())


def _first_hits(library: Library, question: Question) -> Iterator[Hit]:
    """Yield hits in order, few at first: mostly the page asked for is reached soon."""
    size = max(question.page_size * 3, 50)
    answered = library.search(replace(question, page=1, page_size=size))
    yield from answered.hits
    if answered.total > size:
        yield from all_hits(library, question)


def as_row(hit: Hit) -> dict[str, Any]:
    """Return a hit as programs are given it (JSON values only)."""
    return {
        "reference_code": hit.reference_code,
        "contract_number": hit.contract_number,
        "number": hit.number,
        "order_no": hit.order_no,
        "kind": hit.kind,
        "type": hit.type_code,
        "title": hit.title,
        "status": hit.status,
        "excerpt": hit.excerpt,
        "pages": list(hit.pages),
        "party_a": hit.party_a,
        "party_b": hit.party_b,
        "project": hit.project,
        "amount": _money(hit.amount),
        "amount_now": _money(hit.amount_now),
        "changed_by": list(hit.changed_by),
        "formed_on": hit.formed_on.isoformat() if hit.formed_on else None,
        "formed_in": hit.formed_in,
        "filed_on": hit.filed_on.isoformat(),
        "secrecy": hit.secrecy,
        "retention": hit.retention,
        "department": hit.department,
        "handler": hit.handler,
    }


def _money(amount: object) -> str | None:
    return None if amount is None else str(amount)
