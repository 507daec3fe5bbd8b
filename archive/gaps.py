"""Gaps: what a dossier lacks on a day, told from its papers and its history (缺件)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from archive.completeness import CompletenessRules, Requirement, Since
from archive.countersigning import ACTION, COUNTERSIGNED, SIGNED_ON
from archive.days import business_day
from archive.dossiers import Record
from archive.events import Event
from archive.lateness import WorkdayAfter
from archive.retention import DATED, Known, Trigger

SUPPLIED: Final = "dossier:supplied"
REMINDED: Final = "dossier:reminded"
PASSED: Final = "acceptance:合格"
TOLD_BY: Final = (SUPPLIED, DATED, ACTION, SIGNED_ON)
"""The acts a dossier's state is told from, beside its papers."""
_PASSED_WORD: Final = "合格"


@dataclass(frozen=True, slots=True)
class PaperState:
    """One paper of a dossier: when it was filed and signed by the other party, what joined it."""

    number: str
    kind: str
    filed_on: date
    signed_on: date | None
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class DossierState:
    """What began a dossier, what happened to its contract when, and what it holds.

    `supplied` are requirements people say are met, each with the paper it is about.
    """

    type_code: str
    days: Mapping[Since, date]
    documents: frozenset[str]
    papers: tuple[PaperState, ...]
    supplied: frozenset[tuple[str, str]]

    @property
    def first(self) -> PaperState:
        """Return the paper that began it."""
        return self.papers[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """One paper a dossier must hold, and of which of its papers; counted from when."""

    requirement: Requirement
    paper: PaperState
    since: date
    event: Since

    def due_on(self, workday_after: WorkdayAfter) -> date:
        """Return the last day."""
        is_from_signing = self.event is Since.SIGNED
        return self.requirement.due_on(self.since, workday_after, is_from_signing=is_from_signing)

    def is_met(self, state: DossierState) -> bool:
        """Return whether the dossier holds it, or people said why it need not."""
        asked, about = self.requirement, self.paper
        if (asked.code, about.number) in state.supplied or about.files & set(asked.files):
            return True
        return not asked.each and bool(state.documents & set(asked.kinds))


@dataclass(frozen=True, slots=True)
class Gap:
    """One paper that is not there: since what day and event, and until when it is owed.

    `paper` is the number of the paper it belongs to, "" for the dossier as a whole.
    """

    requirement: Requirement
    since: date
    due_on: date
    event: Since
    paper: str = ""

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
    papers = tuple(_paper(record, told) for record in held)
    supplied = {
        (event.details["document"], event.details.get("paper") or papers[0].number)
        for event in told
        if event.action == SUPPLIED
    }
    reports = [record for record in held if record.kind == "acceptance"]
    passed = any(report.description.get("conclusion") == _PASSED_WORD for report in reports)
    return DossierState(
        type_code=str(held[0].description.get("type_code", "")),
        days=_days(held, told),
        documents=frozenset(record.kind for record in held) | ({PASSED} if passed else set()),
        papers=papers,
        supplied=frozenset(supplied),
    )


def asked_of(rules: CompletenessRules, state: DossierState, *, on: date) -> Iterator[Asked]:
    """Yield what must come into the dossier by what had happened on `on`, and since when."""
    for requirement in rules.requirements.values():
        if not requirement.is_asked_of(state.first.kind, state.type_code):
            continue
        about = [paper for paper in state.papers if paper.kind in requirement.each]
        for paper in about if requirement.each else (state.first,):
            since, event = _since(requirement, state, paper)
            if since is not None and since <= on:
                yield Asked(requirement, paper, since, event)


def gaps_of(
    rules: CompletenessRules, state: DossierState, *, on: date, workday_after: WorkdayAfter
) -> Iterator[Gap]:
    """Yield what the dossier lacks on `on`, what is not due yet included."""
    for each in asked_of(rules, state, on=on):
        if not each.is_met(state):
            paper = each.paper.number if each.requirement.each else ""
            due_on = each.due_on(workday_after)
            yield Gap(each.requirement, each.since, due_on, each.event, paper)


def _paper(record: Record, events: Sequence[Event]) -> PaperState:
    about = [e for e in events if e.details.get("reference_code") == record.reference_code]
    days = [said for e in about if (said := e.details.get("signed_on"))]
    return PaperState(
        number=record.number,
        kind=record.kind,
        filed_on=business_day(record.filed_at),
        signed_on=date.fromisoformat(days[-1]) if days else None,
        files=frozenset({COUNTERSIGNED} if any(e.action == ACTION for e in about) else ()),
    )


def _since(
    requirement: Requirement, state: DossierState, paper: PaperState
) -> tuple[date | None, Since]:
    """Return from which day and event a paper is owed: the signing of `paper` where it counts."""
    if paper.signed_on is not None and (
        requirement.signed_within is not None or requirement.since is Since.SIGNED
    ):
        return paper.signed_on, Since.SIGNED
    if requirement.since is Since.FILED:
        return paper.filed_on, Since.FILED
    return state.days.get(requirement.since), requirement.since


def _days(held: Sequence[Record], told: Sequence[Event]) -> Mapping[Since, date]:
    days: dict[Since, date] = {}
    for record in held:
        service = record.description.get("service", {})
        if record.kind in ("contract", "change"):
            for since, key in ((Since.BEGUN, "start"), (Since.DELIVERY, "end")):
                if key in service:
                    days[since] = date.fromisoformat(service[key])
    reports = [record for record in held if record.kind == "acceptance"]
    if reports and "accepted_on" in (last := reports[-1].description):
        found = Since.ACCEPTED if last.get("conclusion") == _PASSED_WORD else Since.FAILED
        days[found] = date.fromisoformat(last["accepted_on"])
    if (ended := _ended_on(held, told)) is not None:
        days[Since.ENDED] = ended
        for since in (Since.BEGUN, Since.DELIVERY):
            if since in days and ended < days[since]:
                del days[since]  # it ended before anything was to be delivered
    return days


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
