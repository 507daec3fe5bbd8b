"""Access: which records a person may know of; for that person no others exist.

An engine narrows by it before anything is counted, so that what is hidden stands in no hit,
count, facet, excerpt, suggestion or word that may have been meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


class Guarded(Protocol):
    """What of a record decides who may know of it."""

    @property
    def secrecy(self) -> str:
        """Return its secrecy (密级)."""

    @property
    def department(self) -> str:
        """Return the name of the department in charge."""

    @property
    def kind(self) -> str:
        """Return the kind of document."""

    @property
    def handler(self) -> str:
        """Return who handled its order (经办人)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Records that have one of the values named of everything named; None names nothing."""

    secrecy: frozenset[str] | None = None
    department: frozenset[str] | None = None
    kind: frozenset[str] | None = None
    handler: frozenset[str] | None = None

    def conditions(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield each field that is named, with its values."""
        named = (
            ("secrecy", self.secrecy),
            ("department", self.department),
            ("kind", self.kind),
            ("handler", self.handler),
        )
        for name, values in named:
            if values is not None:
                yield name, values - {""}  # a value that is lacking is none that could be granted

    def holds(self, record: Guarded) -> bool:
        """Say whether `record` is one of them."""
        return all(getattr(record, name) in values for name, values in self.conditions())


@dataclass(frozen=True, slots=True)
class Access:
    """A person may know of the records of any of `grants`: without one, of none."""

    grants: tuple[Grant, ...]

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is hidden."""
        return any(not list(grant.conditions()) for grant in self.grants)

    def allows(self, record: Guarded) -> bool:
        """Say whether the person may know of `record`."""
        return any(grant.holds(record) for grant in self.grants)


EVERYTHING = Access((Grant(),))
NOTHING = Access(())
