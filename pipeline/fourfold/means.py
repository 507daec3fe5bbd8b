"""Means: what the rules need beside the dossier: rules in force, register, engines, scanner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.completeness import CompletenessRules
from archive.digests import sha256
from archive.fileplan import FilePlan

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What the register tells of the dossiers of a batch.

    `codes` and `numbers`: which dossier each item's code and each paper's number belongs to;
    `gaps`: series/year and what is wrong; `excused`: item numbers of a dossier that papers
    under way or voided hold.
    """

    codes: Mapping[str, str]
    numbers: Mapping[str, str]
    gaps: tuple[tuple[str, str], ...]
    excused: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the virus scanner says: engine with its database, what is infected, or why nothing."""

    engine: str
    infected: tuple[str, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One dossier of a hand-over list: items, files, bytes, and each file's SHA-256."""

    items: int
    files: int
    bytes: int
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Owed:
    """A paper the dossier lacks: which, and whether the day by which it was due is over."""

    what: str
    is_late: bool


@dataclass(frozen=True)
class Means:
    """Everything a rule may ask; None where the checkpoint does without.

    `owed` tells what a dossier lacks today: asked where it leaves for good.
    """

    now: datetime
    plan: FilePlan
    completeness: CompletenessRules
    told: Told | None = None
    look: Callable[[bytes], Facts] | None = None
    signatures: Callable[[bytes], Facts] | None = None
    scan: Callable[[str], Scanned] | None = None
    listed: Mapping[str, Listed] | None = None
    owed: Callable[[str], Sequence[Owed]] | None = None
    seen: dict[str, Facts] = field(default_factory=dict)

    def facts(self, pdf: bytes) -> Facts | None:
        """Return what the engines say of `pdf`, asked once; None where none is at hand."""
        if self.look is None:
            return None
        key = sha256(pdf)
        if key not in self.seen:
            self.seen[key] = self.look(pdf)
        return self.seen[key]
