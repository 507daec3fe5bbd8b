"""Lines: the paragraphs of a Word file, each with its clause, its cell and its form (段落)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from templates.deviating.ooxml import is_on, local, runs_of, value, w
from templates.reading import body_of, margins_of
from templates.wordfile import Wordfile

FRONT: Final = "首部"
SIGNATURES: Final = "签署页"
MARGINS: Final = "页眉页脚"

_CLAUSE: Final = re.compile(r"\s*(第[零〇一二三四五六七八九十百]+条)[\s\u3000、．.]*(.{0,40})")
_ANNEX: Final = re.compile(r"\s*(附件[一二三四五六七八九十]+)[\s\u3000：:]+(.{0,40})")
_ITEM: Final = re.compile(
    r"\s*([0-9]{1,2}(?:\.[0-9]{1,2}){1,3}|[（(][0-9一二三四五六七八九十]{1,3}[）)])"
)
_LONGEST_HEADING: Final = 40
_END: Final = "以下无正文"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph; `clause` is the heading it stands under, `item` its own number.

    In a table `table` counts from 1, with `row` and `column`; 0 outside. `form` is how it is
    set: two lines of equal text and another form differ in formatting alone.
    """

    text: str
    clause: str = FRONT
    item: str = ""
    table: int = 0
    row: int = 0
    column: int = 0
    form: tuple[object, ...] = ()

    @property
    def place(self) -> str:
        """Return the words a person finds it by."""
        if self.table:
            return f"{self.clause} 表 {self.table} 第 {self.row} 行第 {self.column} 列"
        return f"{self.clause} {self.item}".rstrip()


def lines_of(docx: bytes) -> tuple[Line, ...]:
    """Return the paragraphs of the text in order; raises DocumentUnreadable."""
    file = Wordfile.open(docx)
    document = file.tree(file.main)
    names = _style_names(file)
    paragraphs = list(document.iter(w("p")))
    texts = [paragraph.text for paragraph in body_of(file)][: len(paragraphs)]
    cells = dict(_cells(document))
    return tuple(_placed(paragraphs, texts, cells, names))


def margin_lines_of(docx: bytes) -> tuple[Line, ...]:
    """Return the paragraphs of headers and footers that print, blank ones left out."""
    found = margins_of(Wordfile.open(docx))
    return tuple(Line(each.text, clause=MARGINS) for each in found if each.text.strip())


def clauses_of(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield for each text the clause it stands under and its own number."""
    clause = FRONT
    for text in texts:
        heading = _CLAUSE.match(text) or _ANNEX.match(text)
        if heading is not None and len(text.strip()) <= _LONGEST_HEADING:
            clause = f"{heading[1]}　{heading[2].strip()}".strip("　")
        elif _END in text:
            clause = SIGNATURES
        item = _ITEM.match(text)
        yield clause, item[1] if item else ""


def _placed(
    paragraphs: Sequence[etree._Element],
    texts: Sequence[str],
    cells: dict[etree._Element, tuple[int, int, int]],
    names: dict[str, str],
) -> Iterator[Line]:
    # Words in a table begin no clause: a price list may say 第一条 of something else.
    outside = [
        "" if paragraph in cells else text
        for paragraph, text in zip(paragraphs, texts, strict=True)
    ]
    for paragraph, text, (clause, item) in zip(paragraphs, texts, clauses_of(outside), strict=True):
        table, row, column = cells.get(paragraph, (0, 0, 0))
        yield Line(text, clause, item, table, row, column, _form(paragraph, names))


def _cells(document: etree._Element) -> Iterator[tuple[etree._Element, tuple[int, int, int]]]:
    """Yield the paragraphs in tables with table, row and column, an inner table's own."""
    for table_number, table in enumerate(document.iter(w("tbl")), 1):
        for row_number, row in enumerate(table.iterchildren(w("tr")), 1):
            for column_number, cell in enumerate(row.iterchildren(w("tc")), 1):
                for paragraph in cell.iter(w("p")):
                    yield paragraph, (table_number, row_number, column_number)


def _style_names(file: Wordfile) -> dict[str, str]:
    """Return the names of styles by id: Word gives a style another id when it saves a file."""
    for relation in file.relations(file.main):
        if relation.kind == "styles":
            return {
                value(style, "styleId"): value(name).lower()
                for style in file.tree(relation.target).iter(w("style"))
                for name in style.iterchildren(w("name"))
            }
    return {}


def _form(paragraph: etree._Element, names: dict[str, str]) -> tuple[object, ...]:
    properties = paragraph.find(w("pPr"))
    style, aligned = "normal", ""
    if properties is not None:
        for each in properties:
            if local(each) == "pStyle":
                style = names.get(value(each), value(each))
            elif local(each) == "jc":
                aligned = value(each)
    return (style, aligned, *_faces(paragraph))


def _faces(paragraph: etree._Element) -> Iterator[tuple[object, ...]]:
    """Yield stretches of letters set alike: how many, and how; where runs split is no matter."""
    held: list[tuple[int, tuple[str, ...]]] = []
    for run in runs_of(paragraph):
        length = sum(len(each.text or "") for each in run.iter(w("t")))
        face = _face(run)
        if held and held[-1][1] == face:
            held[-1] = (held[-1][0] + length, face)
        elif length:
            held.append((length, face))
    if all(not face for _, face in held):
        return
    yield from held


def _face(run: etree._Element) -> tuple[str, ...]:
    properties = run.find(w("rPr"))
    if properties is None:
        return ()
    told = []
    for each in properties:
        name = local(each)
        if (name in {"b", "i"} and is_on(each)) or name in {
            "u", "sz", "color", "highlight", "shd", "vertAlign", "w", "spacing", "position",
        }:  # fmt: skip
            told.append(f"{name}={value(each)}")
    return tuple(sorted(each for each in told if each not in {"color=auto", "u=none"}))
