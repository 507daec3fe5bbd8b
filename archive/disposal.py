"""Disposal: a list of dossiers whose time has come, appraised, approved, carried out (处置).

Everything a list is stands in its own history; the state of a list is told from it alone:

    proposed -> appraised, dossier by dossier -> approved | returned -> executing -> completed
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Self

from archive.errors import RetentionRefused
from archive.events import Event
from archive.people import is_among, person_key
from archive.retention import PERMANENT, longer, years_of

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
    from_day: date
    to_day: date
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
            "from_day": self.from_day.isoformat(),
            "to_day": self.to_day.isoformat(),
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
            name: date.fromisoformat(said[name])
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
    return replace(known, stage=Stage.COMPLETED, outcomes=tuple(event.details["outcomes"]))


_FOLLOWING: Final[Mapping[str, Callable[[DisposalList, Event], DisposalList]]] = {
    APPRAISED: _appraised,
    APPROVED: _approved,
    RETURNED: _returned,
    EXECUTING: _executing,
    COMPLETED: _completed,
}


def check_opinion(
    known: DisposalList, code: str, decision: Decision, period: str | None, *, on: date
) -> None:
    """Raise RetentionRefused where such an opinion cannot be given."""
    if known.stage not in (Stage.APPRAISING, Stage.APPROVING):
        raise RetentionRefused(f"清单 {known.number} {known.stage}，不能再鉴定")
    entry = known.entry(code)
    if decision is Decision.DESTROY:
        if period is not None:
            raise RetentionRefused("意见为销毁的，不写新期限")
        return
    if period is None:
        raise RetentionRefused("意见为续存的，须写明新期限，如 --period D40 或 --period Y")
    if period == PERMANENT:
        return
    try:
        end = date(entry.starts_on.year + years_of(period), 1, 1)
    except ValueError as error:
        raise RetentionRefused(f"期限 {period} 无效；请写 Y 或 D 加年数，如 D40") from error
    if longer(period, entry.period) == entry.period or end <= on:
        raise RetentionRefused(
            f"续存的新期限 {period} 应长于原期限 {entry.period}，且自起算日算起尚未届满"
        )


def check_approval(known: DisposalList, approver: str) -> None:
    """Raise RetentionRefused where `approver` cannot decide on this list, or not yet."""
    if known.stage is Stage.APPRAISING:
        open_ = [entry.code for entry in known.entries if entry.decision is None]
        raise RetentionRefused(
            f"清单 {known.number} 尚未鉴定完：{'、'.join(open_)}；每卷至少两人提出意见"
        )
    if known.stage is not Stage.APPROVING:
        raise RetentionRefused(f"清单 {known.number} {known.stage}，不能再批准")
    if is_among(approver, (known.proposer, *known.appraisers)):
        raise RetentionRefused(f"{approver}编制或鉴定过清单 {known.number}，不能由本人批准")


def check_presence(known: DisposalList, operator: str, witnesses: Sequence[str]) -> None:
    """Raise RetentionRefused where these people may not carry the list out, or not now."""
    if known.stage not in (Stage.APPROVED, Stage.EXECUTING):
        raise RetentionRefused(f"清单 {known.number} {known.stage}，不能执行销毁；先鉴定、批准")
    if len({person_key(each) for each in witnesses}) < FEWEST or len(witnesses) != FEWEST:
        raise RetentionRefused("销毁须有两名不同的监销人在场")
    if is_among(operator, witnesses):
        raise RetentionRefused(f"{operator}是执行人，不能同时监销")
    if known.approver is not None and is_among(known.approver, (operator, *witnesses)):
        raise RetentionRefused(f"{known.approver}批准了本清单，不能执行或监销")
