"""Disposal: a list of dossiers whose time has come, appraised, approved, carried out (处置).

Everything a list is stands in its own history; the state of a list is told from it alone:

    proposed -> appraised, dossier by dossier -> approved | returned -> executing -> completed
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Self

from archive.errors import RetentionRefused
from archive.events import Event
from archive.people import person_key
from archive.retention import longer

KIND: Final = "disposal"
PROPOSED: Final = "disposal:proposed"
APPRAISED: Final = "disposal:appraised"
APPROVED: Final = "disposal:approved"
RETURNED: Final = "disposal:returned"
EXECUTING: Final = "disposal:executing"
COMPLETED: Final = "disposal:completed"
FEWEST: Final = 2
"""How many different people must appraise a dossier, and supervise its destruction."""


class Decision(StrEnum):
    """What becomes of a dossier (鉴定意见)."""

    KEEP = "续存"
    DESTROY = "销毁"


class Stage(StrEnum):
    """How far a list has come."""

    APPRAISING = "鉴定中"
    APPROVING = "待批准"
    APPROVED = "已批准"
    RETURNED = "未批准"
    EXECUTING = "销毁中"
    COMPLETED = "已办结"


OPEN: Final = frozenset(Stage) - {Stage.RETURNED, Stage.COMPLETED}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one appraiser says of one dossier; `period` is the new one where it is kept."""

    appraiser: str
    decision: Decision
    period: str | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One dossier on a list, as it was when the list was drawn up."""

    code: str
    contract_number: str
    title: str
    secrecy: str
    from_day: date | None
    to_day: date | None
    period: str
    starts_on: date
    expires_on: date
    papers: int
    pages: int
    contents: str
    """Digest over every file of every paper: what was appraised is what may be destroyed."""
    opinions: tuple[Opinion, ...] = ()

    @property
    def decision(self) -> Decision | None:
        """Return what was decided; None before enough people have spoken.

        One voice for keeping keeps it: the safe mistake.
        """
        if any(opinion.decision is Decision.KEEP for opinion in self.opinions):
            return Decision.KEEP if len(self.opinions) >= FEWEST else None
        return Decision.DESTROY if len(self.opinions) >= FEWEST else None

    @property
    def new_period(self) -> str | None:
        """Return the longest period proposed for a dossier that is kept."""
        period = None
        for opinion in self.opinions:
            if opinion.period is not None:
                period = longer(period or opinion.period, opinion.period)
        return period

    def said(self) -> dict[str, Any]:
        """Return the entry as JSON values, without opinions."""
        return {
            "code": self.code,
            "contract_number": self.contract_number,
            "title": self.title,
            "secrecy": self.secrecy,
            "from_day": self.from_day.isoformat() if self.from_day else None,
            "to_day": self.to_day.isoformat() if self.to_day else None,
            "period": self.period,
            "starts_on": self.starts_on.isoformat(),
            "expires_on": self.expires_on.isoformat(),
            "papers": self.papers,
            "pages": self.pages,
            "contents": self.contents,
        }

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Return the entry `said` tells."""
        days = {
            name: date.fromisoformat(said[name]) if said[name] else None
            for name in ("from_day", "to_day", "starts_on", "expires_on")
        }
        return cls(**(dict(said) | days))


@dataclass(frozen=True, slots=True)
class Presence:
    """Who carries a destruction out, who watches, how and where."""

    operator: str
    witnesses: tuple[str, ...]
    method: str
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DisposalList:
    """One list as its history tells it."""

    number: str
    stage: Stage
    proposer: str
    proposed_at: datetime
    reason: str
    entries: tuple[Entry, ...]
    decided: Mapping[str, Decision]
    approver: str | None = None
    approved_at: datetime | None = None
    presence: Presence | None = None
    outcomes: tuple[Mapping[str, Any], ...] = ()
    completed_at: datetime | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)

    def entry(self, code: str) -> Entry:
        """Return the entry of a dossier; raises RetentionRefused."""
        for entry in self.entries:
            if entry.code == code:
                return entry
        raise RetentionRefused(f"清单 {self.number} 中没有案卷 {code}")

    @property
    def appraisers(self) -> tuple[str, ...]:
        """Return everyone who gave an opinion."""
        names = (opinion.appraiser for entry in self.entries for opinion in entry.opinions)
        return tuple(dict.fromkeys(names))

    @property
    def to_destroy(self) -> tuple[str, ...]:
        """Return the codes that were approved for destruction."""
        return tuple(code for code, what in self.decided.items() if what is Decision.DESTROY)


def list_of(number: str, history: Sequence[Event]) -> DisposalList:
    """Return the list as `history` tells it; raises RetentionRefused where it tells of none."""
    found: DisposalList | None = None
    for event in history:
        if event.action == PROPOSED:
            found = DisposalList(
                number=number,
                stage=Stage.APPRAISING,
                proposer=event.actor,
                proposed_at=event.at,
                reason=event.details["reason"],
                entries=tuple(Entry.read(said) for said in event.details["entries"]),
                decided={},
            )
        elif found is not None and event.action in _FOLLOWING:
            found = _FOLLOWING[event.action](found, event)
    if found is None:
        raise RetentionRefused(f"没有清单 {number}")
    return found


def _appraised(known: DisposalList, event: Event) -> DisposalList:
    said = event.details
    opinion = Opinion(
        event.actor, Decision(said["decision"]), said["period"], said["reason"], event.at
    )
    entries = tuple(
        replace(entry, opinions=_replaced(entry.opinions, opinion))
        if entry.code == said["code"]
        else entry
        for entry in known.entries
    )
    done = all(entry.decision is not None for entry in entries)
    return replace(known, entries=entries, stage=Stage.APPROVING if done else Stage.APPRAISING)


def _replaced(opinions: Iterable[Opinion], opinion: Opinion) -> tuple[Opinion, ...]:
    """Return the opinions with this one; of one person the last counts."""
    key = person_key(opinion.appraiser)
    return (*(each for each in opinions if person_key(each.appraiser) != key), opinion)


def _approved(known: DisposalList, event: Event) -> DisposalList:
    decided = {code: Decision(what) for code, what in event.details["decided"].items()}
    return replace(
        known,
        stage=Stage.APPROVED,
        decided=decided,
        approver=event.actor,
        approved_at=event.at,
    )


def _executing(known: DisposalList, event: Event) -> DisposalList:
    said = event.details
    presence = Presence(
        event.actor, tuple(said["witnesses"]), said["method"], said["place"], event.at
    )
    return replace(known, stage=Stage.EXECUTING, presence=presence)


def _returned(known: DisposalList, event: Event) -> DisposalList:
    del event
    return replace(known, stage=Stage.RETURNED)


def _completed(known: DisposalList, event: Event) -> DisposalList:
    return replace(
        known,
        stage=Stage.COMPLETED,
        outcomes=tuple(event.details["outcomes"]),
        completed_at=event.at,
        remarks=event.details["remarks"],
    )


_FOLLOWING: Final[Mapping[str, Callable[[DisposalList, Event], DisposalList]]] = {
    APPRAISED: _appraised,
    APPROVED: _approved,
    RETURNED: _returned,
    EXECUTING: _executing,
    COMPLETED: _completed,
}
