"""Book file: registers and forms of the archive as a workbook or as a Word document (簿册)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from archive.days import BUSINESS_ZONE, business_day
from templates.typesetting.blocks import (
    Cell,
    PageFigure,
    Paragraph,
    Sheet,
    StandardText,
    Style,
    Table,
    Words,
)
from templates.typesetting.wordfile import word_file

Value = str | int | datetime
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31


class PrintRefused(Exception):
    """A form that cannot be printed as asked; the message says what is wrong (Chinese)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in millimetres, its alignment (l, c or r)."""

    word: str
    width: float
    align: str = "l"
    may_be_blank: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One form: lines said above, named facts, a table whose head repeats, lines below.

    `name` is what its worksheet is called. `row_mm` is the least height of a row.
    """

    title: str
    name: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()
    said: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    below: tuple[str, ...] = ()
    note: str = ""
    is_landscape: bool = False
    is_small: bool = False
    fact_mm: float = 0
    row_mm: float = 0
    label_mm: float = 36

    def check(self) -> None:
        """Raise PrintRefused naming the first cell that must be filled and is not."""
        for word, said in self.facts:
            if not said.strip():
                name = word.replace("　", "").replace(" ", "")
                raise PrintRefused(f"{self.title}（{self.name}）的“{name}”为空，不能打印")
        for number, row in enumerate(self.rows, 1):
            for column, value in zip(self.columns, row, strict=True):
                if not column.may_be_blank and not str(value).strip():
                    raise PrintRefused(
                        f"{self.title}（{self.name}）第 {number} 行的“{column.word}”为空，不能打印"
                    )


@dataclass(frozen=True, slots=True)
class Made:
    """For whom and when a book is printed."""

    company: str
    at: datetime


def as_workbook(pages: Sequence[Page], made: Made) -> bytes:
    """Return the pages as XLSX: every text a text, so that nothing runs and no digit is lost.

    Raises PrintRefused.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    created = made.at.astimezone(BUSINESS_ZONE).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": pages[0].title, "company": made.company, "created": created})
    formats = _formats(book)
    for name, page in zip(_names(pages), pages, strict=True):
        page.check()
        _worksheet(book.add_worksheet(name), page, formats)
    book.close()
    return target.getvalue()


def as_document(pages: Sequence[Page], made: Made) -> bytes:
    """Return the pages as a Word document, each form on paper of its own.

    Raises PrintRefused.
    """
    for page in pages:
        page.check()
    title = pages[0].title
    text = StandardText(
        sheets=tuple(
            Sheet(is_landscape=page.is_landscape, blocks=tuple(_blocks(page))) for page in pages
        ),
        header=(Words(f"{made.company}　{title}"),),
        footer=(
            Words("第 "),
            PageFigure("PAGE"),
            Words(" 页　共 "),
            PageFigure("NUMPAGES"),
            Words(" 页"),
        ),
    )
    return word_file(text, title=title, dated=business_day(made.at))


def _formats(book: Any) -> dict[str, Any]:
    plain = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True, "border": 1}
    return {
        "text": book.add_format(plain | {"num_format": "@"}),
        "head": book.add_format(plain | {"bold": True, "bg_color": "#E7E6E6", "align": "center"}),
        "moment": book.add_format(plain | {"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "figure": book.add_format(plain | {"num_format": "0"}),
        "big": book.add_format({"font_name": "宋体", "font_size": 16, "bold": True}),
        "small": book.add_format({"font_name": "宋体", "font_size": 10}),
    }


def _names(pages: Sequence[Page]) -> Iterator[str]:
    """Yield a name for each worksheet: as a spreadsheet allows it, no two alike."""
    given: set[str] = set()
    for page in pages:
        name = _SHEET_NAME.sub("_", page.name)[-_LONGEST_NAME:]
        again = 1
        while name.casefold() in given:
            again += 1
            name = f"{name[: _LONGEST_NAME - 5]}({again})"
        given.add(name.casefold())
        yield name


def _worksheet(sheet: Any, page: Page, formats: dict[str, Any]) -> None:
    sheet.write_string(0, 0, page.title, formats["big"])
    row = 1
    for line in page.said:
        sheet.write_string(row, 0, line, formats["small"])
        row += 1
    for word, value in page.facts:
        sheet.write_string(row, 0, word, formats["head"])
        sheet.write_string(row, 1, value, formats["text"])
        row += 1
    if page.facts:
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 60)
    if page.columns:
        row = _grid(sheet, page, formats, row)
    for line in filter(None, (*page.below, page.note)):
        sheet.write_string(row, 0, line, formats["small"])
        row += 1
    if page.is_landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页　共 &N 页")


def _grid(sheet: Any, page: Page, formats: dict[str, Any], head: int) -> int:
    for column, each in enumerate(page.columns):
        sheet.set_column(column, column, max(6.0, each.width / 1.8))
        sheet.write_string(head, column, each.word, formats["head"])
    for row, values in enumerate(page.rows, head + 1):
        for column, value in enumerate(values):
            _write(sheet, row, column, value, formats)
    sheet.freeze_panes(head + 1, 1)
    sheet.repeat_rows(head)
    if page.rows:
        sheet.autofilter(head, 0, head + len(page.rows), len(page.columns) - 1)
    return head + 1 + len(page.rows)


def _write(sheet: Any, row: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(
            row, column, value.replace(tzinfo=None, microsecond=0), formats["moment"]
        )
    elif isinstance(value, int):
        sheet.write_number(row, column, value, formats["figure"])
    else:
        sheet.write_string(row, column, value, formats["text"])


def _blocks(page: Page) -> Iterator[Paragraph | Table]:
    yield Paragraph(Style.TITLE, (Words(page.title),))
    for line in page.said:
        yield Paragraph(Style.FLUSH, (Words(line),), keeps_next=True)
    if page.facts:
        yield Table(
            columns=(page.label_mm, (247.0 if page.is_landscape else 155.0) - page.label_mm),
            rows=tuple((_cell(word), _cell(value)) for word, value in page.facts),
            align="ll",
            labels=frozenset({1}),
            row_height_mm=page.fact_mm,
        )
    if page.facts and page.columns:
        yield Paragraph(Style.NOTE, (Words(""),))
    if page.columns:
        head = tuple(_cell(each.word) for each in page.columns)
        yield Table(
            columns=tuple(each.width for each in page.columns),
            rows=(head, *(tuple(_cell(_shown(value)) for value in row) for row in page.rows)),
            align="".join(each.align for each in page.columns),
            head=1,
            is_small=page.is_small,
            row_height_mm=page.row_mm,
        )
    for place, line in enumerate(page.below, 1):
        yield Paragraph(Style.FLUSH, (Words(line),), keeps_next=place < len(page.below))
    if page.note:
        yield Paragraph(Style.NOTE, (Words(page.note),))


def _shown(value: Value) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _cell(text: str) -> Cell:
    return Cell((Words(text),))
