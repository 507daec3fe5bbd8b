"""Clean-up: a list of what may leave the work folders, confirmed by another person (清理).

proposed -> confirmed | returned -> done
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from archive.errors import InspectionRefused
from archive.events import Event

PROPOSED: Final = "cleanup:proposed"
CONFIRMED: Final = "cleanup:confirmed"
RETURNED: Final = "cleanup:returned"
DONE: Final = "cleanup:done"


class CleanupStage(StrEnum):
    """How far a list has come."""

    CONFIRMING = "待确认"
    CONFIRMED = "已确认"
    RETURNED = "未同意"
    DONE = "已办结"


@dataclass(frozen=True, slots=True)
class Leftover:
    """One file that nobody needs any more: its path below the home, and why it may go."""

    path: str
    kind: str
    bytes: int
    sha256: str
    reason: str

    def said(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "path": self.path,
            "kind": self.kind,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class CleanupList:
    """One list as its history tells it; `outcomes` says of each path why it stayed, or nothing."""

    number: str
    stage: CleanupStage
    proposer: str
    proposed_at: datetime
    entries: tuple[Leftover, ...]
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    done_by: str = ""
    done_at: datetime | None = None
    outcomes: Mapping[str, str] | None = None


def cleanup_of(number: str, history: Sequence[Event]) -> CleanupList:
    """Return the list as `history` tells it; raises InspectionRefused where there is none."""
    found: CleanupList | None = None
    for event in history:
        if event.action == PROPOSED:
            found = CleanupList(
                number=number,
                stage=CleanupStage.CONFIRMING,
                proposer=event.actor,
                proposed_at=event.at,
                entries=tuple(Leftover(**said) for said in event.details["entries"]),
            )
        elif found is not None:
            found = _followed(found, event)
    if found is None:
        raise InspectionRefused(f"没有清理清单 {number}")
    return found


def _followed(known: CleanupList, event: Event) -> CleanupList:
    if event.action == CONFIRMED:
        return replace(
            known,
            stage=CleanupStage.CONFIRMED,
            confirmed_by=event.actor,
            confirmed_at=event.at,
        )
    if event.action == RETURNED:
        return replace(known, stage=CleanupStage.RETURNED)
    if event.action == DONE:
        return replace(
            known,
            stage=CleanupStage.DONE,
            done_by=event.actor,
            done_at=event.at,
            outcomes=dict(event.details["outcomes"]),
        )
    return known
