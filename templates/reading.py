"""Reading: what a DOCX and a PDF say, read by other libraries than wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from templates.wordfile import Wordfile

PAGE_NUMBER = "\ufffc"
"""Stands for a figure the program that shows the page computes (PAGE, NUMPAGES)."""

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_RELATIONSHIPS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXTUAL = {"p", "tbl", "tr", "tc", "t", "tab", "br", "cr", "sym", "noBreakHyphen"}
_TABULAR = {"tbl", "tr", "tc"}
_FIELDS = {"instrText", "fldChar", "fldSimple"}
_NOT_TEXT = {"del", "moveFrom", "pPr", "rPr", "trPr", "tcPr", "tblPr", "tblGrid", "sectPr"}
_W = {f"{{{s}}}{name}": name for s in _NAMESPACES for name in _TEXTUAL | _FIELDS | _NOT_TEXT}
_W["{http://schemas.openxmlformats.org/officeDocument/2006/math}t"] = "t"
_PLAIN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
_SYMBOL = re.compile(r"[0-9A-Fa-f]{4}")
_OFF = {"0", "false", "off"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, its runs joined; `row` tells table rows apart, `repeats` on every page.

    `cell` is where it stands in a table: table of its part, row, cell, each from 1.
    """

    text: str
    row: int | None = None
    repeats: bool = False
    cell: tuple[int, int, int] | None = None


def paragraphs_of(docx: bytes) -> tuple[str, ...]:
    """Return the text of every paragraph in document order, those of cells and notes included.

    Deleted text (tracked changes) is left out, inserted text is in.
    """
    return tuple(_without_marks(p.text) for p in body_of(Wordfile.open(docx)))


def headers_and_footers_of(docx: bytes) -> tuple[str, ...]:
    """Return the paragraphs of the headers and footers in force, without page numbers."""
    return tuple(_without_marks(p.text) for p in margins_of(Wordfile.open(docx)))


def text_of(docx: bytes) -> str:
    """Return the whole text, one paragraph a line, headers and footers left out."""
    return "\n".join(paragraphs_of(docx))


def body_of(wordfile: Wordfile) -> tuple[Paragraph, ...]:
    """Return the paragraphs of the text, then those of footnotes and endnotes."""
    found = list(_walk(wordfile.tree(wordfile.main)))
    for relation in wordfile.relations(wordfile.main):
        if relation.kind in {"footnotes", "endnotes"}:
            found += [note for note in _walk(wordfile.tree(relation.target)) if note.text.strip()]
    return tuple(found)


def margins_of(wordfile: Wordfile) -> tuple[Paragraph, ...]:
    """Return the paragraphs of headers and footers that print, each part once.

    A first-page header prints where titlePg asks for it, an even one where the settings do.
    """
    targets = {r.id: r.target for r in wordfile.relations(wordfile.main)}
    even = any(_is_on(wordfile.tree(r.target), "evenAndOddHeaders")
               for r in wordfile.relations(wordfile.main) if r.kind == "settings")  # fmt: skip
    parts: dict[str, None] = {}
    for space, relations in zip(_NAMESPACES, _RELATIONSHIPS, strict=True):
        for section in wordfile.tree(wordfile.main).iter(f"{{{space}}}sectPr"):
            printed = {"default": True, "first": _is_on(section, "titlePg"), "even": even}
            for reference in section:
                if etree.QName(reference).localname not in {"headerReference", "footerReference"}:
                    continue
                target = targets.get(reference.get(f"{{{relations}}}id", ""))
                if target and printed.get(reference.get(f"{{{space}}}type", "default"), True):
                    parts[target] = None
    return tuple(p for part in parts for p in _walk(wordfile.tree(part)))


def part_paragraphs(wordfile: Wordfile, part: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of one part, a header say."""
    return tuple(_walk(wordfile.tree(part)))


def _without_marks(text: str) -> str:
    return text.replace(PAGE_NUMBER, "")


def _attribute(element: etree._Element, name: str) -> str | None:
    """Return the attribute `name` of the element's own namespace."""
    return element.get(f"{{{etree.QName(element).namespace}}}{name}")


def _is_on(element: etree._Element, name: str) -> bool:
    """Return whether the on/off property `name` stands below `element` and is not off."""
    found = [e for space in _NAMESPACES for e in element.iter(f"{{{space}}}{name}")]
    return any((_attribute(each, "val") or "1").lower() not in _OFF for each in found)


def _walk(root: etree._Element) -> Iterator[Paragraph]:
    """Yield the paragraphs of a part in the order they begin."""
    story = _Story()
    story.read(root)
    yield from story.paragraphs()


class _Story:
    """The paragraphs, tables and fields open at one point of a part."""

    def __init__(self) -> None:
        self._texts: list[list[str]] = []
        self._places: list[tuple[int | None, bool, tuple[int, int, int] | None]] = []
        self._open: list[int] = []
        self._rows: list[tuple[int, bool]] = []
        self._row_count = 0
        self._tables: list[list[int]] = []
        self._table_count = 0
        self._fields: list[list[str]] = []

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield what was gathered."""
        for runs, place in zip(self._texts, self._places, strict=True):
            yield Paragraph("".join(runs), *place)

    def read(self, element: etree._Element) -> None:
        """Take in what stands below `element`; the parser lets no part nest deeper than 256."""
        for child in element:
            name = _W.get(child.tag)
            if name is None:
                if child.tag != _FALLBACK:
                    self.read(child)
            elif name == "p":
                self._open.append(len(self._texts))
                self._texts.append([])
                self._places.append(self._place())
                self.read(child)
                self._open.pop()
            elif name == "t":
                self._say(child.text or "")
            elif name in _TABULAR:
                self._read_table(name, child)
            elif name == "fldSimple" and _is_page_field(_attribute(child, "instr") or ""):
                self._say(PAGE_NUMBER)
            elif name not in _NOT_TEXT:
                self._run(name, child)
                self.read(child)

    def _place(self) -> tuple[int | None, bool, tuple[int, int, int] | None]:
        if not self._rows:
            return (None, False, None)
        table, row, cell = self._tables[-1] if self._tables else (0, 0, 0)
        return (*self._rows[-1], (table, row, cell))

    def _read_table(self, name: str, element: etree._Element) -> None:
        if name == "tbl":
            self._table_count += 1
            self._tables.append([self._table_count, 0, 0])
            self.read(element)
            self._tables.pop()
        elif name == "tc":
            if self._tables:
                self._tables[-1][2] += 1
            self.read(element)
        else:
            self._row_count += 1
            traits = next((e for e in element if _W.get(e.tag) == "trPr"), None)
            is_header = traits is not None and _is_on(traits, "tblHeader")
            self._rows.append((self._row_count, is_header))
            if self._tables:
                self._tables[-1][1] += 1
                self._tables[-1][2] = 0
            self.read(element)
            self._rows.pop()

    def _run(self, name: str, element: etree._Element) -> None:
        if name == "fldChar":
            self._field_turn(_attribute(element, "fldCharType") or "")
        elif name == "instrText" and self._fields:
            self._fields[-1].append(element.text or "")
        elif name == "sym":
            code = _attribute(element, "char") or ""
            self._say(chr(int(code, 16)) if _SYMBOL.fullmatch(code) else "\ufffd")
        elif name == "br" and (_attribute(element, "type") or "textWrapping") != "textWrapping":
            return
        elif name in _PLAIN:
            self._say(_PLAIN[name])

    def _field_turn(self, turn: str) -> None:
        if turn == "begin":
            self._fields.append([])
        elif turn == "end" and self._fields:
            instruction = "".join(self._fields.pop())
            if _is_page_field(instruction):
                self._say(PAGE_NUMBER)

    def _say(self, text: str) -> None:
        if not self._open:
            return
        if not any(_is_page_field("".join(field)) for field in self._fields):
            self._texts[self._open[-1]].append(text)


def _is_page_field(instruction: str) -> bool:
    words = instruction.split()
    return bool(words) and words[0].upper() in _PAGE_FIELDS
