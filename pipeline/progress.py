"""Progress: who is told what happens as it happens, and what one run did in all."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Protocol

from archive.dossiers import Record
from archive.instruments import Instrument
from pipeline.failures import Outcome
from pipeline.reception import Reception, Taken

_COUNTED = {
    Taken.ACCEPTED: "received",
    Taken.DUPLICATE: "duplicates",
    Taken.RESUMED: "duplicates",
    Taken.REJECTED: "rejected",
    Taken.SPLIT: "split",
    Taken.NOTED: "noted",
    Taken.JOINED: "joined",
    Taken.WAITING: "waiting",
}


class Progress(Protocol):
    """Told what happens, as it happens; called from several threads."""

    def received(self, reception: Reception) -> None:
        """Hear of a file that was taken or refused."""

    def stepped(self, step: str, instrument: Instrument) -> None:
        """Hear of a finished step."""

    def filed(self, instrument: Instrument, record: Record) -> None:
        """Hear of a filed record."""

    def stopped(self, instrument: Instrument, outcome: Outcome, reason: str) -> None:
        """Hear of an instrument that cannot go on now."""


@dataclass(slots=True)
class Tally:
    """What one run did."""

    filed: int = 0
    rejected: int = 0
    failed: int = 0
    received: int = 0
    duplicates: int = 0
    split: int = 0
    noted: int = 0
    joined: int = 0
    waiting: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, taken: Taken) -> None:
        """Count a file by what became of it."""
        self.add(_COUNTED[taken])

    def add(self, name: str) -> None:
        """Count one more."""
        with self.lock:
            setattr(self, name, getattr(self, name) + 1)
