"""Reference code: the code a dossier and its items are found by (档号)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Self

_ALIAS_DOT: Final = "."
_GRAMMAR: Final = re.compile(
    r"(?P<fonds>[A-Z][0-9]{3})-"
    r"(?P<category>[A-Z]{2})·(?P<series>[A-Z]{2})·(?P<year>[0-9]{4})·(?P<retention>Y|D[1-9][0-9])-"
    r"(?P<volume>[0-9]{4}|[1-9][0-9]{4,8})(?:-(?P<item>[0-9]{3}|[1-9][0-9]{3,8}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class ReferenceCode:
    """The code of an item, e.g. ``Q001-JY·HT·2026·D30-0012-003``; without item, of its dossier.

    Levels joined by ``-``, codes within the class by ``·`` (U+00B7), after DA/T 13-2022; one
    contract is one volume. A number that outgrows its width widens, it never wraps.
    """

    fonds: str
    category: str
    series: str
    year: int
    retention: str
    volume: int
    item: int | None = None

    def __post_init__(self) -> None:
        if self.volume < 1 or self.item == 0 or not _GRAMMAR.fullmatch(str(self)):
            raise ValueError(f"{self!s} is no reference code")

    def __str__(self) -> str:
        levels = f"{self.category}·{self.series}·{self.year:04}·{self.retention}"
        item = "" if self.item is None else f"-{self.item:03}"
        return f"{self.fonds}-{levels}-{self.volume:04}{item}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code as it is printed or as its alias; raises ValueError for anything else."""
        found = _GRAMMAR.fullmatch(text.replace(_ALIAS_DOT, "·"))
        if found is None:
            raise ValueError(f"{text!r} is no reference code")
        item = found["item"]
        return cls(
            fonds=found["fonds"],
            category=found["category"],
            series=found["series"],
            year=int(found["year"]),
            retention=found["retention"],
            volume=int(found["volume"]),
            item=None if item is None else int(item),
        )

    @property
    def alias(self) -> str:
        """Return the code in ASCII, for file names and barcodes: ``·`` is written ``.``."""
        return str(self).replace("·", _ALIAS_DOT)

    @property
    def dossier(self) -> Self:
        """Return the code of the dossier this item is in."""
        return replace(self, item=None)

    @property
    def object_path(self) -> str:
        """Return where the dossier stands below the archive's root (OCFL object path)."""
        return "/".join(
            (
                self.fonds,
                f"{self.year:04}",
                f"{self.category}.{self.series}",
                self.retention,
                self.dossier.alias,
            )
        )

    @property
    def object_id(self) -> str:
        """Return the name the dossier's OCFL object carries."""
        return f"urn:guidang:dossier:{self.dossier.alias}"
