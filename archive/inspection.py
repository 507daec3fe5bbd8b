"""Inspection: a round of checking, told from its own history (检查)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from archive.errors import InspectionRefused
from archive.events import Event
from archive.people import is_among

KIND: Final = "inspection"
PLANNED: Final = "inspection:planned"
LOOKED: Final = "inspection:looked"
NOTED: Final = "inspection:noted"
ENDED: Final = "inspection:ended"
SIGNED: Final = "inspection:signed"
ASSIGNED: Final = "inspection:assigned"
REMINDED: Final = "inspection:reminded"
CLOSED: Final = "inspection:closed"
SIGNERS: Final = 2
"""How many different inspectors sign a record (检查人×2)."""


class Stage(StrEnum):
    """How far an inspection has come."""

    RUNNING = "检查中"
    SIGNING = "待签认"
    SIGNED = "已签认"


@dataclass(frozen=True, slots=True)
class Spotted:
    """One thing that is not as it should be; `aspect` tells finds of one subject apart."""

    check: str
    subject: str
    aspect: str
    problem: str

    @property
    def key(self) -> str:
        """Return what the find is known by, whenever it is seen."""
        said = f"{self.check}\x1f{self.subject}\x1f{self.aspect}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def said(self) -> dict[str, str]:
        """Return it as JSON values; bytes in a name that are no text are written in words."""
        said = {
            "check": self.check,
            "subject": self.subject,
            "aspect": self.aspect,
            "problem": self.problem,
        }
        return {
            name: text.encode("utf-8", "backslashreplace").decode() for name, text in said.items()
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """What the record tells beside finds: a digest to be noted, a rule that people answer."""

    check: str
    subject: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Who sees to the finds of a check, within how many days, and whether they are damage."""

    owner: str
    days: int
    is_damage: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What one part of an inspection looked at: counts by check, what it found and shows.

    `upto` is the last dossier of the part; empty where the pass is not by dossier.
    """

    name: str
    upto: str
    is_last: bool
    counts: Mapping[str, Mapping[str, int]]
    spotted: tuple[Spotted, ...]
    shown: tuple[Shown, ...] = ()

    def said(self) -> dict[str, Any]:
        """Return it as JSON values; pairs where the order is read: histories sort their keys."""
        return {
            "pass": self.name,
            "upto": self.upto,
            "is_last": self.is_last,
            "counts": {
                check: list(map(list, counts.items())) for check, counts in self.counts.items()
            },
            "spotted": [each.said() for each in self.spotted],
            "shown": [asdict(each) for each in self.shown],
        }


@dataclass(frozen=True, slots=True)
class Signature:
    """Who stands for which content of the record."""

    person: str
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Inspection:
    """One round as its history tells it; `sample` is None where every dossier is looked at.

    `examined` are those of them that the rules of the four properties are asked of.
    """

    number: str
    plan: str
    period: str
    inspector: str
    planned_at: datetime
    duties: Mapping[str, Duty]
    seed: str
    population: int
    population_digest: str
    sample: tuple[str, ...] | None
    rules: str
    examined: tuple[str, ...] = ()
    looked: tuple[Looked, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    ended_at: datetime | None = None
    gone: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def stage(self) -> Stage:
        """Return how far it has come."""
        if self.ended_at is None:
            return Stage.RUNNING
        return Stage.SIGNED if len(self.signatures) >= SIGNERS else Stage.SIGNING

    @property
    def spotted(self) -> tuple[Spotted, ...]:
        """Return everything it found, each once."""
        found = {each.key: each for part in self.looked for each in part.spotted}
        return tuple(found.values())

    def shown(self, check: str) -> tuple[Shown, ...]:
        """Return what a check shows beside its finds."""
        return tuple(each for part in self.looked for each in part.shown if each.check == check)

    def counts(self, check: str) -> dict[str, int]:
        """Return what a check looked at, all parts together."""
        total: dict[str, int] = {}
        for part in self.looked:
            for word, count in part.counts.get(check, {}).items():
                total[word] = total.get(word, 0) + count
        return total

    def place_in(self, name: str) -> tuple[str, bool]:
        """Return the last dossier a pass came to, and whether the pass is done."""
        parts = [part for part in self.looked if part.name == name]
        return (parts[-1].upto, parts[-1].is_last) if parts else ("", False)

    def covers(self, code: str) -> bool:
        """Return whether the dossier `code` was looked at."""
        return self.sample is None or code in self.sample


def inspection_of(number: str, history: Sequence[Event]) -> Inspection:
    """Return the inspection as `history` tells it; raises InspectionRefused where there is none."""
    found: Inspection | None = None
    for event in history:
        if event.action == PLANNED:
            found = _planned(number, event)
        elif found is not None and event.action in _FOLLOWING:
            found = _FOLLOWING[event.action](found, event)
    if found is None:
        raise InspectionRefused(f"没有检查 {number}")
    return found


def duties_of(event: Event) -> dict[str, Duty]:
    """Return who sees to what by the plan `event` tells."""
    return {name: Duty(**said) for name, said in dict(event.details["duties"]).items()}


def _planned(number: str, event: Event) -> Inspection:
    said = event.details
    return Inspection(
        number=number,
        plan=said["plan"],
        period=said["period"],
        inspector=event.actor,
        planned_at=event.at,
        duties=duties_of(event),
        seed=said["seed"],
        population=said["population"],
        population_digest=said["population_digest"],
        sample=None if said["sample"] is None else tuple(said["sample"]),
        rules=said["rules"],
        examined=tuple(said.get("examined", ())),
    )


def _looked(known: Inspection, event: Event) -> Inspection:
    said = event.details
    part = Looked(
        name=said["pass"],
        upto=said["upto"],
        is_last=said["is_last"],
        counts={check: dict(counts) for check, counts in said["counts"].items()},
        spotted=tuple(Spotted(**each) for each in said["spotted"]),
        shown=tuple(Shown(**each) for each in said.get("shown", ())),
    )
    return replace(known, looked=(*known.looked, part))


def _noted(known: Inspection, event: Event) -> Inspection:
    return replace(known, notes={**known.notes, **event.details["notes"]}, signatures=())


def _ended(known: Inspection, event: Event) -> Inspection:
    return replace(known, ended_at=event.at, gone=tuple(event.details["gone"]))


def _signed(known: Inspection, event: Event) -> Inspection:
    others = [each for each in known.signatures if not is_among(event.actor, (each.person,))]
    signature = Signature(event.actor, event.details["digest"], event.at)
    return replace(known, signatures=(*others, signature))


_FOLLOWING: Final[Mapping[str, Callable[[Inspection, Event], Inspection]]] = {
    LOOKED: _looked,
    NOTED: _noted,
    ENDED: _ended,
    SIGNED: _signed,
}
