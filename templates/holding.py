"""Holding: the rows of a filled table that go over to the next page whole (表格行不跨页断开).

A template cannot say it: a row that may not split and is higher than a page is cut off by
LibreOffice in silence. Once filled, the height of a row can be told, and only a row that is
surely much lower than a page is held together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CELL, _WIDTH, _PARAGRAPH = f"{_W}tc", f"{_W}tcW", f"{_W}p"
_STYLE, _SIZE, _TEXT = f"{_W}pStyle", f"{_W}sz", f"{_W}t"
_MEASURED = (_CELL, _WIDTH, _PARAGRAPH, _STYLE, _SIZE, _TEXT, f"{_W}br", f"{_W}cr")
_HIGHEST = 2_800
"""The highest row that is held, in twips: 49 mm, a third of a landscape page's text."""

_USUAL_SIZE = 21
"""10.5 pt, where a file says nothing, in half points."""

_LEADING = 1.6
_PADDING = 230
"""What a cell keeps from its width at both sides, and from its height, in twips."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The size of each paragraph style of a file in half points, and the usual one."""

    by_style: Mapping[str, int]
    usual: int

    @classmethod
    def of(cls, styles: bytes | None) -> Sizes:
        """Read the styles part; a file may have none."""
        if styles is None:
            return cls({}, _USUAL_SIZE)
        root = etree.fromstring(styles, etree.XMLParser(resolve_entities=False, no_network=True))
        usual = _size_in(root.find(f"{_W}docDefaults")) or _USUAL_SIZE
        named = {str(each.get(f"{_W}styleId")): each for each in root.iter(f"{_W}style")}
        found = {name: _size_of_style(name, named) or usual for name in named}
        return cls(found, usual)


def hold_rows(document: etree._Element, sizes: Sizes) -> None:
    """Forbid every low row of `document` to split, unless it says itself whether it may.

    Rows that repeat as a table's head are let be: LibreOffice 7.4 loses a table whose head
    may not split where it falls on the foot of a page.
    """
    for row in document.iter(f"{_W}tr"):
        if _may_be_held(row) and _height(row, sizes) <= _HIGHEST:
            traits = row.find(f"{_W}trPr")
            if traits is None:
                traits = etree.Element(f"{_W}trPr")
                before = row.find(f"{_W}tblPrEx")
                row.insert(0 if before is None else 1, traits)
            traits.insert(0, etree.Element(f"{_W}cantSplit"))


def _may_be_held(row: etree._Element) -> bool:
    traits = row.find(f"{_W}trPr")
    is_told = traits is not None and any(
        traits.find(f"{_W}{name}") is not None for name in ("cantSplit", "tblHeader")
    )
    is_plain = next(row.iter(f"{_W}tbl", f"{_W}vMerge", f"{_W}drawing", f"{_W}pict"), None) is None
    is_outermost = next(row.iterancestors(f"{_W}tc"), None) is None
    return is_plain and is_outermost and not is_told


def _height(row: etree._Element, sizes: Sizes) -> float:
    """Return at least the height of `row`, in one walk: it is asked of every row there is."""
    highest = 0.0
    cell = _Cell(0)
    for each in row.iter(*_MEASURED):
        tag = each.tag
        if tag == _TEXT:
            cell.letters += len(each.text or "")
        elif tag == _PARAGRAPH:
            cell.close_paragraph()
            cell.size = sizes.usual
        elif tag == _STYLE:
            cell.size = sizes.by_style.get(str(each.get(f"{_W}val")), sizes.usual)
        elif tag == _SIZE:
            said = str(each.get(f"{_W}val"))
            cell.size = max(cell.size, int(said) if said.isdecimal() else 0)
        elif tag == _WIDTH:
            if each.get(f"{_W}type") != "dxa":
                return float("inf")
            cell.room = max(int(each.get(f"{_W}w") or 0) - _PADDING, 1)
        elif tag == _CELL:
            highest = max(highest, cell.height())
            cell = _Cell(0)
        else:
            cell.breaks += 1
    return max(highest, cell.height())


@dataclass(slots=True)
class _Cell:
    """A cell while it is measured: what of it is closed, and its open paragraph."""

    room: int
    closed: float = 0
    size: int = 0
    letters: int = 0
    breaks: int = 0

    def close_paragraph(self) -> None:
        """Add the height of the open paragraph to what is closed."""
        if self.size:
            size = self.size * 10
            # One more than fits: words and amounts go over whole, and leave their line short.
            lines = max(1, ceil(self.letters / max(self.room // size, 1) * 1.2)) + self.breaks
            self.closed += lines * size * _LEADING
        self.size = self.letters = self.breaks = 0

    def height(self) -> float:
        """Return the height; without a known width there is no telling."""
        self.close_paragraph()
        if not self.closed:
            return 0
        return self.closed + _PADDING if self.room else float("inf")


def _size_of_style(name: str, named: Mapping[str, etree._Element]) -> int | None:
    for style in _chain(name, named):
        if size := _size_in(style):
            return size
    return None


def _chain(name: str, named: Mapping[str, etree._Element]) -> Iterator[etree._Element]:
    seen: set[str] = set()
    while name in named and name not in seen:
        seen.add(name)
        yield named[name]
        base = named[name].find(f"{_W}basedOn")
        name = "" if base is None else str(base.get(f"{_W}val"))


def _size_in(holder: etree._Element | None) -> int | None:
    found = None if holder is None else next(holder.iter(f"{_W}sz"), None)
    said = "" if found is None else str(found.get(f"{_W}val"))
    return int(said) if said.isdecimal() else None
