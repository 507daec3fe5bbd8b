"""Reference code: the code a dossier and its items are found by (档号)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Self

_ALIAS_DOT: Final = "."
_DOT: Final = "·"
_VOLUME: Final = r"(?P<volume>[0-9]{4}|[1-9][0-9]{4,8})"
_ITEM: Final = r"(?:-(?P<item>[0-9]{3}|[1-9][0-9]{3,8}))?"
_RETENTION: Final = r"(?P<retention>Y|D[1-9][0-9])"
_CLASSED: Final = re.compile(
    r"(?P<fonds>[A-Z][0-9]{3})-"
    rf"(?P<category>[A-Z]{{2}})·(?P<series>[A-Z]{{2}})·(?P<year>[0-9]{{4}})·{_RETENTION}-"
    rf"{_VOLUME}{_ITEM}",
    re.ASCII,
)
_BY_OFFICE: Final = re.compile(
    r"(?P<fonds>[A-Z][0-9]{3})-"
    rf"(?P<category>[A-Z]{{2}})·(?P<year>[0-9]{{4}})-{_RETENTION}-(?P<office>[A-Z0-9]{{1,8}})-"
    rf"{_VOLUME}{_ITEM}",
    re.ASCII,
)
_SIMPLE: Final = re.compile(
    r"(?P<class_>[1-9][0-9]?(?:\.[1-9][0-9]?){0,3})-(?P<year>[0-9]{4})-"
    rf"(?P<volume>[0-9]{{3}}|[1-9][0-9]{{3,8}}){_ITEM}",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class ReferenceCode:
    """The code of an item, e.g. ``Q001-JY·HT·2026·D30-0012-003``; without item, of its dossier.

    Levels joined by ``-``, codes within the class by ``·`` (U+00B7), after DA/T 13-2022; one
    contract is one volume. A number that outgrows its width widens, it never wraps. A firm
    chooses one of three shapes by the parts its pattern has (`rules/numbering.toml`):

    A  class, year and period together    ``Q001-JY·HT·2026·D30-0012-003``
    B  with the office in charge          ``Q001-JY·2026-D30-YWB-0045-003``
    C  a firm's own class, year, number   ``2.4-2026-012-003``

    Whichever it is, the code alone tells where the dossier stands.
    """

    fonds: str
    category: str
    series: str
    year: int
    retention: str
    volume: int
    item: int | None = None
    office: str = ""
    class_: str = ""

    def __post_init__(self) -> None:
        if self.volume < 1 or self.item == 0 or _parts(str(self)) is None:
            raise ValueError(f"{self!s} is no reference code")

    def __str__(self) -> str:
        item = "" if self.item is None else f"-{self.item:03}"
        if self.class_:
            return f"{self.class_}-{self.year:04}-{self.volume:03}{item}"
        if self.office:
            levels = f"{self.category}·{self.year:04}-{self.retention}-{self.office}"
        else:
            levels = f"{self.category}·{self.series}·{self.year:04}·{self.retention}"
        return f"{self.fonds}-{levels}-{self.volume:04}{item}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code as it is printed or as its alias; raises ValueError for anything else."""
        found = _parts(text)
        if found is None:
            raise ValueError(f"{text!r} is no reference code")
        item = found.get("item")
        return cls(
            fonds=found.get("fonds") or "",
            category=found.get("category") or "",
            series=found.get("series") or "",
            year=int(found["year"] or ""),
            retention=found.get("retention") or "",
            volume=int(found["volume"] or ""),
            item=None if item is None else int(item),
            office=found.get("office") or "",
            class_=found.get("class_") or "",
        )

    @property
    def alias(self) -> str:
        """Return the code in ASCII, for file names and barcodes: ``·`` is written ``.``."""
        return str(self).replace(_DOT, _ALIAS_DOT)

    @property
    def dossier(self) -> Self:
        """Return the code of the dossier this item is in."""
        return replace(self, item=None)

    @property
    def object_path(self) -> str:
        """Return where the dossier stands below the archive's root (OCFL object path)."""
        if self.class_:
            places = [self.class_, f"{self.year:04}"]
        else:
            series = f"{self.category}.{self.series}" if self.series else self.category
            places = [self.fonds, f"{self.year:04}", series, self.retention]
            places += [self.office] if self.office else []
        return "/".join([*places, self.dossier.alias])

    @property
    def object_id(self) -> str:
        """Return the name the dossier's OCFL object carries."""
        return f"urn:guidang:dossier:{self.dossier.alias}"

    @property
    def stone_id(self) -> str:
        """Return the name of the object that stands in the place of a destroyed dossier."""
        return f"urn:guidang:tombstone:{self.dossier.alias}"


def _parts(text: str) -> dict[str, str | None] | None:
    """Return the parts of a code by name; None where `text` has none of the shapes."""
    simple = _SIMPLE.fullmatch(text)
    if simple is not None:
        return simple.groupdict()
    printed = text.replace(_ALIAS_DOT, _DOT)
    found = _CLASSED.fullmatch(printed) or _BY_OFFICE.fullmatch(printed)
    return None if found is None else found.groupdict()
