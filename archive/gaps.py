"""Gaps: what a dossier lacks on a day, told from its papers and its history (缺件)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from archive.completeness import CompletenessRules, Requirement, Since
from archive.days import business_day
from archive.dossiers import Record
from archive.events import Event
from archive.lateness import WorkdayAfter
from archive.retention import DATED, Known, Trigger

SUPPLIED: Final = "dossier:supplied"
REMINDED: Final = "dossier:reminded"
PASSED: Final = "acceptance:合格"
_PASSED_WORD: Final = "合格"


@dataclass(frozen=True, slots=True)
class DossierState:
    """What began a dossier, what happened to its contract when, and what it holds."""

    kind: str
    type_code: str
    days: Mapping[Since, date]
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """One paper that is not there: since when and until when it is owed."""

    requirement: Requirement
    since: date
    due_on: date

    def is_late(self, on: date) -> bool:
        """Return whether the last day is over."""
        return on > self.due_on

    def is_near(self, on: date) -> bool:
        """Return whether it is the last day or later."""
        return on >= self.due_on


def state_of(records: Sequence[Record], events: Iterable[Event], *, on: date) -> DossierState:
    """Return how a dossier stood at the end of `on`; `records` by their item number.

    Raises ValueError where it held nothing yet.
    """
    held = [record for record in records if business_day(record.filed_at) <= on]
    if not held:
        raise ValueError("nothing was filed yet")
    told = [event for event in events if business_day(event.at) <= on]
    supplied = {event.details["document"] for event in told if event.action == SUPPLIED}
    documents = {record.kind for record in held} | supplied
    days = {Since.FILED: business_day(held[0].filed_at)}
    for record in held:
        service = record.description.get("service", {})
        if record.kind in ("contract", "change") and "end" in service:
            days[Since.DELIVERY] = date.fromisoformat(service["end"])
    reports = [record for record in held if record.kind == "acceptance"]
    if any(report.description.get("conclusion") == _PASSED_WORD for report in reports):
        documents.add(PASSED)
    if reports and "accepted_on" in (last := reports[-1].description):
        key = Since.ACCEPTED if last.get("conclusion") == _PASSED_WORD else Since.FAILED
        days[key] = date.fromisoformat(last["accepted_on"])
    if (ended := _ended_on(held, told)) is not None:
        days[Since.ENDED] = ended
        if Since.DELIVERY in days and ended < days[Since.DELIVERY]:
            del days[Since.DELIVERY]  # it ended before anything was to be delivered
    first = held[0]
    return DossierState(
        kind=first.kind,
        type_code=str(first.description.get("type_code", "")),
        days=days,
        documents=frozenset(documents),
    )


def asked_of(
    rules: CompletenessRules, state: DossierState, *, on: date
) -> Iterator[tuple[Requirement, date]]:
    """Yield what must come into the dossier by what had happened on `on`, and since when."""
    for requirement in rules.requirements.values():
        since = state.days.get(requirement.since)
        if since is None or since > on:
            continue
        if requirement.is_asked_of(state.kind, state.type_code):
            yield requirement, since


def gaps_of(
    rules: CompletenessRules, state: DossierState, *, on: date, workday_after: WorkdayAfter
) -> Iterator[Gap]:
    """Yield what the dossier lacks on `on`, what is not due yet included."""
    for requirement, since in asked_of(rules, state, on=on):
        if not {requirement.code, *requirement.kinds} & state.documents:
            yield Gap(requirement, since, requirement.due_on(since, workday_after))


def _ended_on(records: Sequence[Record], events: Sequence[Event]) -> date | None:
    """Return the day the contract ended, by a filed agreement or else as people recorded it."""
    for record in records:
        if record.kind == "termination" and "ended_on" in record.description:
            return date.fromisoformat(record.description["ended_on"])
    said: Mapping[str, Any] | None = None
    for event in events:
        if event.action == DATED and event.details["trigger"] == Trigger.ENDED:
            said = event.details
    if said is None or said["known"] != Known.DAY:
        return None
    return date.fromisoformat(said["on"])
