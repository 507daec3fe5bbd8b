"""Paper rules: how paper is bound and boxed, and who keeps it (纸质档案规则)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from archive.retention import PERMANENT
from archive.rulesets import read_ruleset

SPINES_MM: Final = (20, 30, 40, 50)
"""The widths boxes are made in (DA/T 22-2015)."""


@dataclass(frozen=True, slots=True)
class PaperRules:
    """One version of rules/paper.toml; lengths in millimetres."""

    version: str
    digest: str
    keeper: str
    sheet_mm: float
    cover_mm: float
    permanent: tuple[str, ...]
    fixed: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the rules at `path`; raises RulesUnfit."""
        ruleset = read_ruleset(path)
        table = ruleset.table
        binding = table.table("binding")
        rules = cls(
            version=ruleset.version,
            digest=ruleset.digest,
            keeper=table.text("keeper"),
            sheet_mm=table.length_mm("sheet_mm"),
            cover_mm=table.length_mm("cover_mm"),
            permanent=binding.texts("permanent"),
            fixed=binding.texts("fixed"),
        )
        binding.finish()
        table.finish()
        return rules

    def bindings_for(self, retention: str) -> tuple[str, ...]:
        """Return the ways paper kept that long may be bound."""
        return self.permanent if retention == PERMANENT else self.fixed

    def thickness_mm(self, pages: int) -> float:
        """Return how thick a bound dossier of so many pages is, printed on one side."""
        return pages * self.sheet_mm + self.cover_mm
