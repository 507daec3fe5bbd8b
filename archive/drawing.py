"""Drawing: which dossiers a sample holds; the same seed over the same dossiers draws the same."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_GRAIN: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier that may be drawn; `examined_at` is None where no inspection ever looked at it."""

    code: str
    examined_at: datetime | None
    is_permanent: bool
    is_secret: bool
    has_finds: bool

    def weight(self, at: datetime) -> float:
        """Return how much likelier than a plain dossier it is drawn: a year unseen counts one."""
        years = 0.0 if self.examined_at is None else (at - self.examined_at).days / 365
        return 1 + max(0.0, years) + self.is_permanent + self.is_secret + 2 * self.has_finds


def digest_of(candidates: Iterable[Candidate]) -> str:
    """Return the SHA-256 over all that may be drawn and what the draw knows of each."""
    lines = sorted(
        f"{one.code}\t{one.examined_at.isoformat() if one.examined_at else ''}\t"
        f"{one.is_permanent:d}{one.is_secret:d}{one.has_finds:d}\n"
        for one in candidates
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def drawn(
    candidates: Sequence[Candidate], *, seed: str, size: int, at: datetime
) -> tuple[str, ...]:
    """Return the codes of the sample, in order; those nobody ever examined come first.

    Among equals the chance is by weight: each waits an exponential time told by the seed and
    its code, the shortest are drawn.
    """
    ranked = sorted(
        candidates,
        key=lambda one: (one.examined_at is not None, _wait(seed, one, at), one.code),
    )
    return tuple(sorted(one.code for one in ranked[:size]))


def sample_size(population: int, *, percent: float, least: int) -> int:
    """Return how many of `population` are drawn: the percentage, at least `least`."""
    return min(population, max(least, math.ceil(population * percent / 100)))


def _wait(seed: str, candidate: Candidate, at: datetime) -> float:
    said = hashlib.sha256(f"{seed}\x1f{candidate.code}".encode()).digest()
    chance = (int.from_bytes(said[:8]) + 1) / (_GRAIN + 1)
    return -math.log(chance) / candidate.weight(at)
