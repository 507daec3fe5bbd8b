"""Paper trail: where a dossier's paper stands, who bound, arranged and checked it (纸质流转)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from archive.days import business_day
from archive.events import Event

PLACED: Final = "dossier:placed"
BOUND: Final = "dossier:bound"
ARRANGED: Final = "dossier:arranged"
CHECKED: Final = "dossier:checked"
ACTS: Final = (PLACED, BOUND, ARRANGED, CHECKED)


@dataclass(frozen=True, slots=True)
class PaperPlace:
    """The box a dossier's paper stands in, and the box's place on the shelves."""

    box: str
    shelf: str
    spine_mm: int
    since: date


@dataclass(frozen=True, slots=True)
class Binding:
    """How a dossier was bound: pages counted in doing so, by whom, when."""

    method: str
    pages: int
    binder: str
    on: date


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the person said who put the paper in order: how much there was, what is odd."""

    items: int
    pages: int
    remarks: str
    see_also: str
    person: str
    on: date


@dataclass(frozen=True, slots=True)
class Checked:
    """Who looked the arranged paper over."""

    person: str
    on: date


@dataclass(frozen=True, slots=True)
class PaperTrail:
    """The last word on each; a check counts only for the arrangement it looked at."""

    places: tuple[PaperPlace, ...] = ()
    binding: Binding | None = None
    arranged: Arranged | None = None
    checked: Checked | None = None

    @property
    def place(self) -> PaperPlace | None:
        """Return where the paper stands now; None while it is in no box."""
        return self.places[-1] if self.places else None


def trail_of(events: Iterable[Event]) -> PaperTrail:
    """Return what the history of a dossier tells of its paper."""
    places: list[PaperPlace] = []
    binding: Binding | None = None
    arranged: Arranged | None = None
    checked: Checked | None = None
    for event in events:
        said, on = event.details, business_day(event.at)
        if event.action == PLACED:
            places.append(PaperPlace(said["box"], said["shelf"], said["spine_mm"], on))
        elif event.action == BOUND:
            binding = Binding(said["method"], said["pages"], said["binder"], on)
        elif event.action == ARRANGED:
            arranged = Arranged(
                said["items"],
                said["pages"],
                said["remarks"],
                said["see_also"],
                event.actor,
                on,
            )
            checked = None
        elif event.action == CHECKED:
            checked = Checked(event.actor, on)
    return PaperTrail(tuple(places), binding, arranged, checked)
