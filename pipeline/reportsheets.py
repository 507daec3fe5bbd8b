"""Report sheets: a report as data, written as a page, a Word file, a PDF or a workbook (报告)."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Final

import xlsxwriter

from pipeline.exporting import harmless
from pipeline.keeping import sync_folder
from templates.typesetting.markup import read_text
from templates.typesetting.wordfile import word_file

_WIDTHS_MM: Final = {True: 247.0, False: 155.0}
"""What the columns of a table add up to: on landscape, on portrait paper."""
_NO_ROWS: Final = "（无记录）"
_STYLE: Final = """
@page { size: A4 ORIENTATION; margin: 15mm 12mm 15mm 25mm }
body { font: 10.5pt/1.5 SimSun, "Noto Serif CJK SC", serif; color: #000; margin: 1.5em }
h1 { font-size: 18pt; text-align: center; letter-spacing: .2em; margin: 0 0 .4em }
h2 { font-size: 12pt; margin: 1.2em 0 .3em; break-after: avoid } p { margin: .2em 0 }
table { border-collapse: collapse; width: 100%; margin: .4em 0; table-layout: fixed }
th, td { border: 1px solid #000; padding: 2px 4px; text-align: left; vertical-align: top;
  overflow-wrap: anywhere } thead { display: table-header-group } tr { break-inside: avoid }
.signed { display: flex; flex-wrap: wrap; gap: 1.2em 3em; margin-top: 2em }
.signed span { min-width: 14em; border-bottom: 1px solid #000 }
"""


class ReportRefused(Exception):
    """A report that cannot be written as it was asked for; the message says why (Chinese)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a heading; `widths` are shares of the paper's width."""

    heading: str
    columns: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Report:
    """A report: title, what is said above, paragraphs, tables, and who signs."""

    title: str
    number: str
    on: date
    said: Mapping[str, str]
    tables: Sequence[Table]
    signed: Sequence[str]
    paragraphs: Sequence[str] = ()
    is_landscape: bool = True


def as_page(report: Report) -> bytes:
    """Return the report as one page that loads nothing and prints on A4."""
    style = _STYLE.replace("ORIENTATION", "landscape" if report.is_landscape else "portrait")
    said = "".join(f"<p>{escape(n)}：{escape(v)}</p>" for n, v in report.said.items())
    said += "".join(f"<p>{escape(each)}</p>" for each in report.paragraphs)
    tables = "".join(_page_table(table) for table in report.tables)
    signed = "".join(f"<span>{escape(name)}：</span>" for name in report.signed)
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(report.title)}</title><style>{style}</style></head><body>"
        f"<h1>{escape(report.title)}</h1>{said}{tables}"
        f'<div class="signed">{signed}</div></body></html>'
    ).encode()


def _page_table(table: Table) -> str:
    if not table.rows:
        return f"<h2>{escape(table.heading)}</h2><p>{_NO_ROWS}</p>"
    total = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * w / total:.1f}%">' for w in table.widths)
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return (
        f"<h2>{escape(table.heading)}</h2><table><colgroup>{columns}</colgroup>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def as_word(report: Report) -> bytes:
    """Return the report as a Word file."""
    text = read_text("\n".join(_lines(report)) + "\n")
    text = replace(text, sheets=tuple(sheet for sheet in text.sheets if sheet.blocks))
    return word_file(text, title=report.title, dated=report.on)


def _lines(report: Report) -> Iterator[str]:
    yield f"@header {_line(report.title)}　　编号：{_line(report.number)}"
    yield f"@footer 编号：{_line(report.number)}　　　　第 ‹page› 页　共 ‹pages› 页"
    yield ""
    if report.is_landscape:
        yield "@sheet landscape"
    yield f"# {_line(report.title)}"
    yield ""
    for name, value in report.said.items():
        yield f"> {_line(name)}：{_line(value)}"
    yield from (_line(each) for each in report.paragraphs)
    for table in report.tables:
        yield ""
        yield f"## {_line(table.heading)}"
        if not table.rows:
            yield _NO_ROWS
            continue
        share = _WIDTHS_MM[report.is_landscape] / sum(table.widths)
        widths = ",".join(f"{width * share:.1f}" for width in table.widths)
        yield f"@table columns={widths} head=1 align={'l' * len(table.columns)} size=small"
        yield f"| {' | '.join(map(_cell, table.columns))} |"
        yield from (f"| {' | '.join(map(_cell, row))} |" for row in table.rows)
    yield ""
    yield "　　".join(f"{_line(name)}：____________" for name in report.signed)


def _cell(text: str) -> str:
    """Return a cell's text; one that begins as a span over columns would be taken for one."""
    said = _line(text)
    return f"‌{said}" if said[:1].isdigit() and ":" in said[:4] else said


def _line(text: str) -> str:
    """Return `text` so that no sign of it is markup."""
    said = "；".join(part for part in text.splitlines() if part.strip()) or "—"
    for sign, other in (
        ("|", "｜"),
        ("**", "＊＊"),
        ("[[", "［［"),
        ("‹", "〈"),
        ("{", "｛"),
        ("}", "｝"),
    ):
        said = said.replace(sign, other)
    return said


def as_workbook(report: Report) -> bytes:
    """Return the report as a workbook, a sheet for what is said and one a table."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        first = book.add_worksheet("报告")
        first.set_column(0, 0, 20)
        first.set_column(1, 1, 100)
        rows = [("题名", report.title), ("编号", report.number), *report.said.items()]
        rows += [("", each) for each in report.paragraphs]
        rows += [(name, "") for name in report.signed]
        for place, row in enumerate(rows):
            for column, text in enumerate(row):
                first.write_string(place, column, harmless(text), cell)
        for number, table in enumerate(report.tables, 1):
            sheet = book.add_worksheet(f"{number}")
            sheet.freeze_panes(1, 0)
            total = sum(table.widths)
            for column, name in enumerate(table.columns):
                sheet.set_column(column, column, 150 * table.widths[column] / total)
                sheet.write_string(0, column, name, head)
            for place, texts in enumerate(table.rows, 1):
                for column, text in enumerate(texts):
                    sheet.write_string(place, column, harmless(text), cell)
    return target.getvalue()


def write_report(report: Report, target: Path, render: Callable[[bytes], bytes]) -> None:
    """Write the report in the form its name ends in; whole or not at all, over no other file.

    Raises ReportRefused for another ending or where something stands there.
    """
    forms: Mapping[str, Callable[[], bytes]] = {
        ".html": lambda: as_page(report),
        ".docx": lambda: as_word(report),
        ".xlsx": lambda: as_workbook(report),
        ".pdf": lambda: render(as_word(report)),
    }
    form = forms.get(target.suffix.lower())
    if form is None:
        raise ReportRefused(f"报告文件名应以 {'、'.join(forms)} 结尾：{target.name}")
    if os.path.lexists(target):
        raise ReportRefused(f"{target} 已存在，不覆盖；请另取文件名")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(form())
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.link(draft, target)
    except FileExistsError as error:
        raise ReportRefused(f"{target} 已存在，不覆盖；请另取文件名") from error
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
