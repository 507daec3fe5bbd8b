"""Markup: the light writing of standard texts.

# title                    ## clause heading        ### annex heading
> not indented             ^ centred                ! small note
anything else              a paragraph of the body, two characters indented
~ before any of these      keeps the paragraph on the page of what follows
**bold**                   terms one party wrote that bind the other (格式条款)
[[sealA]]                  the place of a seal
‹page› ‹pages›             page number, number of pages
@header … @footer …        what stands on every page
@sheet landscape|portrait  turns the paper from here on
@table columns=12,40 …     a table (attributes: see Table); its rows follow as | a | b |
| 2: over two columns | c  a cell over several columns
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from templates.typesetting.blocks import (
    Cell,
    Inline,
    PageFigure,
    Paragraph,
    SealMark,
    Sheet,
    StandardText,
    Style,
    Table,
    Words,
)

_PREFIXES = (
    ("### ", Style.ANNEX),
    ("## ", Style.CLAUSE),
    ("# ", Style.TITLE),
    ("> ", Style.FLUSH),
    ("^ ", Style.CENTRED),
    ("! ", Style.NOTE),
)
_HEADINGS = (Style.TITLE, Style.CLAUSE, Style.ANNEX)
_INLINE = re.compile(r"(\*\*|\[\[\w+\]\]|‹pages?›)")
_SPAN = re.compile(r"(\d+):\s*(.*)")
_FIGURES = {"‹page›": "PAGE", "‹pages›": "NUMPAGES"}
_ATTRIBUTES = {
    "columns", "head", "align", "each", "labels", "size", "ruled", "together", "height",
}  # fmt: skip


class Misspelt(ValueError):
    """The text has a line the typesetter does not understand; `line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line


def read_text(source: str) -> StandardText:
    """Return the standard text that `source` writes; raises Misspelt."""
    lines = list(enumerate(source.splitlines(), start=1))
    header: tuple[Inline, ...] = ()
    footer: tuple[Inline, ...] = ()
    sheets: list[tuple[bool, list[Paragraph | Table]]] = [(False, [])]
    while lines:
        number, line = lines.pop(0)
        word, _, rest = line.partition(" ")
        if not line.strip():
            continue
        if word == "@header":
            header = tuple(_inlines(rest.strip()))
        elif word == "@footer":
            footer = tuple(_inlines(rest.strip()))
        elif word == "@sheet":
            sheets.append((_is_landscape(number, rest.strip()), []))
        elif word == "@table":
            rows = []
            while lines and lines[0][1].startswith("|"):
                rows.append(_row(lines.pop(0)[1]))
            sheets[-1][1].append(_table(number, rest, rows))
        elif line[0] in "@|":
            raise Misspelt(number, f"unknown or misplaced: {line[:20]}")
        else:
            sheets[-1][1].append(_paragraph(line))
    return StandardText(
        tuple(Sheet(is_landscape, tuple(blocks)) for is_landscape, blocks in sheets),
        header,
        footer,
    )


def _is_landscape(number: int, word: str) -> bool:
    if word not in ("landscape", "portrait"):
        raise Misspelt(number, f"a sheet is landscape or portrait, not {word!r}")
    return word == "landscape"


def _paragraph(line: str) -> Paragraph:
    text = line.removeprefix("~")
    keeps_next = text != line
    for prefix, style in _PREFIXES:
        if text.startswith(prefix):
            content = tuple(_inlines(text.removeprefix(prefix).strip()))
            return Paragraph(style, content, keeps_next or style in _HEADINGS)
    return Paragraph(Style.BODY, tuple(_inlines(text.strip())), keeps_next)


def _inlines(text: str) -> Iterator[Inline]:
    is_bold = False
    for piece in _INLINE.split(text):
        if piece == "**":
            is_bold = not is_bold
        elif piece in _FIGURES:
            yield PageFigure(_FIGURES[piece])
        elif piece.startswith("[["):
            yield SealMark(piece.strip("[]"))
        elif piece:
            yield Words(piece, is_bold)


def _row(line: str) -> tuple[Cell, ...]:
    return tuple(_cell(text.strip()) for text in line.strip().strip("|").split("|"))


def _cell(text: str) -> Cell:
    spanning = _SPAN.fullmatch(text)
    if spanning:
        return Cell(tuple(_inlines(spanning[2])), int(spanning[1]))
    return Cell(tuple(_inlines(text)))


def _table(number: int, attributes: str, rows: list[tuple[Cell, ...]]) -> Table:
    given = dict(pair.partition("=")[::2] for pair in shlex.split(attributes))
    unknown = set(given) - _ATTRIBUTES
    if unknown or "columns" not in given:
        raise Misspelt(number, f"a table needs columns, and knows no {sorted(unknown)}")
    columns = tuple(float(width) for width in given["columns"].split(","))
    table = Table(
        columns=columns,
        rows=tuple(rows),
        align=given.get("align", "l" * len(columns)),
        head=int(given.get("head", "0")),
        each=given.get("each", ""),
        labels=frozenset(int(place) for place in given.get("labels", "").split(",") if place),
        is_small=given.get("size") == "small",
        is_ruled=given.get("ruled", "yes") == "yes",
        together=given.get("together") == "yes",
        row_height_mm=float(given.get("height", "0")),
    )
    if len(table.align) != len(columns) or len(rows) <= table.head:
        raise Misspelt(number, "a table needs a letter of align a column, and rows below its head")
    if any(sum(cell.span for cell in row) != len(columns) for row in rows):
        raise Misspelt(number, f"every row needs cells for {len(columns)} columns")
    return table
