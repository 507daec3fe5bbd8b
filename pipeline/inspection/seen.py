"""Seen: what a check looked at and what came of it, in the words of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from archive.inspection import Shown, Spotted

MOST: Final = 200
"""Finds a check of the whole home opens in one round."""

FAILED: Final = "failed"
UNLISTED: Final = "unlisted"
"""Aspects of finds that say that a check did not tell everything."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check looked at, in figures by Chinese word, what it found and what it shows."""

    counts: Mapping[str, int]
    spotted: tuple[Spotted, ...]
    shown: tuple[Shown, ...] = ()

    def bounded(self, check: str, most: int) -> Seen:
        """Return it with as many finds as people can work through; the rest are counted.

        A lost index lacks every record: that is one cause, not a hundred thousand tasks.
        """
        more = len(self.spotted) - most
        if more <= 0:
            return self
        problem = f"另有 {more} 处未逐一列出；先查明共同的原因，处理后再查"
        spotted = (*self.spotted[:most], Spotted(check, "本项检查", UNLISTED, problem))
        return replace(self, counts={**self.counts, "未列出": more}, spotted=spotted)
