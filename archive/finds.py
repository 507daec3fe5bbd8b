"""Finds: what inspections found, over all rounds, and what became of it (问题台账).

A find is known by what it is (check, subject, aspect), never by when it was seen: seen again it
is the same find. Finds are folded from the histories of all inspections in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from archive.days import business_day
from archive.events import Event
from archive.inspection import ASSIGNED, CLOSED, ENDED, LOOKED, PLANNED, Duty, Spotted, duties_of


class FindState(StrEnum):
    """What has become of a find."""

    OPEN = "待整改"
    GONE = "复查未见，待销号"
    CLOSED = "已销号"
    ACCEPTED = "说明留存"


UNSETTLED: Final = frozenset({FindState.OPEN, FindState.GONE})


@dataclass(frozen=True, slots=True)
class Find:
    """One find over all inspections; `label` is its number for people."""

    key: str
    label: str
    spotted: Spotted
    is_damage: bool
    owner: str
    due_on: date
    found_at: datetime
    seen_in: str
    state: FindState = FindState.OPEN
    gone_in: str = ""
    note: str = ""
    closed_by: str = ""
    second: str = ""
    closed_at: datetime | None = None
    returned: int = 0

    @property
    def inspection(self) -> str:
        """Return the inspection that saw it first, in whose history it is told."""
        return self.label.rpartition("/")[0]

    def is_overdue(self, on: date) -> bool:
        """Return whether nobody has seen to it in time."""
        return self.state is FindState.OPEN and self.due_on < on


def finds_of(history: Iterable[Event]) -> dict[str, Find]:
    """Return every find, by key, folded from the events of all inspections."""
    finds: dict[str, Find] = {}
    duties: dict[str, Mapping[str, Duty]] = {}
    counts: dict[str, int] = {}
    for event in sorted(history, key=lambda each: (each.at, each.chain, each.seq)):
        if event.action == PLANNED:
            duties[event.chain] = duties_of(event)
        elif event.action == LOOKED:
            for said in event.details["spotted"]:
                _see(finds, counts, Spotted(**said), event, duties.get(event.chain, {}))
        elif event.action == ENDED:
            for key in event.details["gone"]:
                if key in finds and finds[key].state is FindState.OPEN:
                    finds[key] = replace(finds[key], state=FindState.GONE, gone_in=event.chain)
        elif event.action in (ASSIGNED, CLOSED):
            key = event.details["find"]
            if key in finds:
                finds[key] = _acted(finds[key], event)
    return finds


def _see(
    finds: dict[str, Find],
    counts: dict[str, int],
    spotted: Spotted,
    event: Event,
    duties: Mapping[str, Duty],
) -> None:
    known = finds.get(spotted.key)
    if known is not None and known.state is FindState.ACCEPTED:
        finds[spotted.key] = replace(known, seen_in=event.chain)
        return
    duty = duties.get(spotted.check, Duty("", 0, is_damage=False))
    due_on = business_day(event.at) + timedelta(days=duty.days)
    if known is None:
        counts[event.chain] = counts.get(event.chain, 0) + 1
        finds[spotted.key] = Find(
            key=spotted.key,
            label=f"{event.chain}/{counts[event.chain]:02}",
            spotted=spotted,
            is_damage=duty.is_damage,
            owner=duty.owner,
            due_on=due_on,
            found_at=event.at,
            seen_in=event.chain,
        )
        return
    came_back = known.state in (FindState.CLOSED, FindState.GONE)
    finds[spotted.key] = replace(
        known,
        spotted=spotted,
        seen_in=event.chain,
        state=FindState.OPEN,
        due_on=due_on if came_back else known.due_on,
        returned=known.returned + (known.state is FindState.CLOSED),
        gone_in="",
        closed_at=None,
    )


def _acted(find: Find, event: Event) -> Find:
    said = event.details
    if event.action == ASSIGNED:
        return replace(find, owner=said["owner"], due_on=date.fromisoformat(said["due_on"]))
    return replace(
        find,
        state=FindState(said["as"]),
        note=said["note"],
        closed_by=event.actor,
        second=said["second"],
        closed_at=event.at,
    )
