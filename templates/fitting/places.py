"""Places: every paragraph of a Word file, and where somebody who has it open in Word finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from templates.fitting.markup import FALLBACK, attribute, name_of
from templates.wordfile import Wordfile

_BLOCK_WRAPPERS = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"}
_NOT_TEXT = {"pPr", "rPr", "del", "moveFrom", "instrText", "delText", "sdtPr"}
_PLAIN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_MARGINS = {"header": "页眉", "footer": "页脚"}
_NOTES = {"footnotes": "脚注", "endnotes": "尾注"}
_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of one `w:t`, from `start` on in its paragraph."""

    element: etree._Element
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One paragraph: its whole text, however many runs Word has split it over.

    `row` and `table` are the innermost ones it stands in; `in_box` says a text box holds it.
    """

    text: str
    where: str
    kind: str
    element: etree._Element
    pieces: tuple[Piece, ...]
    row: etree._Element | None = None
    table: etree._Element | None = None
    in_box: bool = False

    def at(self, start: int = 0, end: int | None = None) -> str:
        """Return the place in words, with the text around the characters from start to end."""
        stop = min(len(self.text), start + _SHOWN if end is None else end)
        left = max(0, start - _SHOWN)
        right = min(len(self.text), stop + _SHOWN)
        shown = self.text[left:right].replace("\n", " ").replace("\t", " ").strip()
        before, after = "…" if left else "", "…" if right < len(self.text) else ""
        return f"{self.where}“{before}{shown}{after}”" if shown else self.where


def lines_of(wordfile: Wordfile) -> tuple[Line, ...]:
    """Return the paragraphs of the body, then of headers, footers and notes.

    The body's paragraphs are counted without the empty ones and without those in tables; rows
    and columns are counted as they are seen, from 1.
    """
    body = next((each for each in wordfile.tree(wordfile.main) if name_of(each) == "body"), None)
    walk = _Walk("body")
    if body is not None:
        walk.blocks(body, _Scope(""))
    return (*walk.lines, *_margins(wordfile), *_notes(wordfile))


def _margins(wordfile: Wordfile) -> Iterator[Line]:
    targets = {r.target: r.kind for r in wordfile.relations(wordfile.main) if r.kind in _MARGINS}
    for kind, word in _MARGINS.items():
        parts = [target for target, is_kind in targets.items() if is_kind == kind]
        for number, part in enumerate(parts, 1):
            walk = _Walk(kind)
            walk.blocks(
                wordfile.tree(part), _Scope(word if len(parts) == 1 else f"{word} {number}")
            )
            yield from walk.lines


def _notes(wordfile: Wordfile) -> Iterator[Line]:
    for relation in wordfile.relations(wordfile.main):
        if relation.kind in _NOTES:
            number = 0
            for note in wordfile.tree(relation.target):
                if attribute(note, "type") not in (None, "normal"):
                    continue
                number += 1
                walk = _Walk(relation.kind)
                walk.blocks(note, _Scope(f"{_NOTES[relation.kind]} {number}"))
                yield from walk.lines


@dataclass(slots=True)
class _Scope:
    """Where the walk stands, and how many paragraphs and tables it has met there."""

    where: str
    row: etree._Element | None = None
    table: etree._Element | None = None
    in_box: bool = False
    paragraphs: int = 0
    tables: int = 0


@dataclass(slots=True)
class _Walk:
    kind: str
    lines: list[Line] = field(default_factory=list)

    def blocks(self, parent: etree._Element, scope: _Scope) -> None:
        """Take in the paragraphs and tables below `parent`."""
        for element in parent:
            name = name_of(element)
            if name == "p":
                self._paragraph(element, scope)
            elif name == "tbl":
                scope.tables += 1
                self._table(element, scope, f"{scope.where}第 {scope.tables} 个表格")
            elif name in _BLOCK_WRAPPERS or (not name and element.tag != FALLBACK):
                self.blocks(element, scope)

    def _table(self, table: etree._Element, scope: _Scope, where: str) -> None:
        for number, row in enumerate(_inside(table, "tr"), 1):
            for column, cell in enumerate(_inside(row, "tc"), 1):
                place = f"{where}第 {number} 行第 {column} 列"
                self.blocks(cell, _Scope(place, row, table, scope.in_box))

    def _paragraph(self, element: etree._Element, scope: _Scope) -> None:
        read = _Reading()
        read.take(element)
        text = "".join(read.said)
        scope.paragraphs += bool(text.strip())
        where = scope.where
        if not where:
            where = f"第 {scope.paragraphs if text.strip() else scope.paragraphs + 1} 段"
        self.lines.append(
            Line(
                text,
                where,
                self.kind,
                element,
                tuple(read.pieces),
                scope.row,
                scope.table,
                scope.in_box,
            )
        )
        for box in read.boxes:
            self.blocks(box, _Scope(f"{where}的文本框", in_box=True))


def _inside(parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Yield the rows or cells of `parent`, those in content controls included."""
    for element in parent:
        name = name_of(element)
        if name == wanted:
            yield element
        elif name in _BLOCK_WRAPPERS:
            yield from _inside(element, wanted)


@dataclass(slots=True)
class _Reading:
    """What a paragraph says, and where; its text boxes are read after it."""

    said: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    length: int = 0

    def take(self, element: etree._Element) -> None:
        """Take in what stands below `element`."""
        for each in element:
            name = name_of(each)
            if name in _NOT_TEXT or each.tag == FALLBACK:
                continue
            if name == "txbxContent":
                self.boxes.append(each)
            elif name == "t":
                text = each.text or ""
                self.pieces.append(Piece(each, self.length, self.length + len(text)))
                self._say(text)
            elif name == "br" and (attribute(each, "type") or "textWrapping") != "textWrapping":
                continue
            elif name in _PLAIN:
                self._say(_PLAIN[name])
            else:
                self.take(each)

    def _say(self, text: str) -> None:
        self.said.append(text)
        self.length += len(text)
