"""Blocks: what a standard text is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Style(StrEnum):
    """The paragraph styles of a document, by the names Word knows them under."""

    TITLE = "Title"
    CLAUSE = "Clause"
    ANNEX = "Annex"
    BODY = "Body"
    FLUSH = "Flush"
    CENTRED = "Centred"
    NOTE = "Note"
    CELL = "Cell"
    CELL_CENTRED = "CellCentred"
    CELL_RIGHT = "CellRight"
    CELL_HEAD = "CellHead"
    SMALL = "Small"
    SMALL_CENTRED = "SmallCentred"
    SMALL_RIGHT = "SmallRight"
    SMALL_HEAD = "SmallHead"
    SIGNATURE = "Signature"
    HEADER = "Header"
    FOOTER = "Footer"


@dataclass(frozen=True, slots=True)
class Words:
    """Text of one face; `{{ … }}` in it is filled later."""

    text: str
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class SealMark:
    """The place of a seal, printing nothing."""

    name: str


@dataclass(frozen=True, slots=True)
class PageFigure:
    """PAGE or NUMPAGES, counted by whatever shows the document."""

    field: str


Inline = Words | SealMark | PageFigure


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `keeps_next` holds it on the page of what follows."""

    style: Style
    content: tuple[Inline, ...]
    keeps_next: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell over `span` columns."""

    content: tuple[Inline, ...]
    span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `columns` in millimetres, `head` rows repeated on every page.

    With `each` ("item in items") the first row after the head is repeated for every item.
    `align` has a letter a column: l, c or r. `together` keeps all rows on one page.
    """

    columns: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: str
    head: int = 0
    each: str = ""
    labels: frozenset[int] = frozenset()
    is_small: bool = False
    is_ruled: bool = True
    together: bool = False
    row_height_mm: float = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paragraphs and tables on paper of one orientation."""

    is_landscape: bool
    blocks: tuple[Paragraph | Table, ...]


@dataclass(frozen=True, slots=True)
class StandardText:
    """A whole text, with what stands at the head and foot of every page."""

    sheets: tuple[Sheet, ...]
    header: tuple[Inline, ...] = field(default=())
    footer: tuple[Inline, ...] = field(default=())
