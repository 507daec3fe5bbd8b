"""Exporting: a whole result as one file for a spreadsheet, written hit by hit (导出)."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from archive.days import formed_word
from index.labels import label_of
from index.library import Hit, Library, Question
from pipeline.asking import all_hits
from pipeline.keeping import sync_folder

_TRIES: Final = 5
_MOST_ROWS: Final = 1_048_575
"""Rows of a worksheet below its heading."""
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠\t\r\n]")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


class ExportRefused(Exception):
    """A result that cannot be written as it was asked for; the message says why (Chinese)."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int
    value: Callable[[Hit], str | Decimal | date | None]


_COLUMNS: Final = (
    _Column("档号", 30, lambda hit: hit.reference_code),
    _Column("编号", 24, lambda hit: hit.number),
    _Column("合同编号", 24, lambda hit: hit.contract_number),
    _Column("订单号", 20, lambda hit: hit.order_no),
    _Column("文种", 14, lambda hit: label_of("kind", hit.kind)),
    _Column("类型", 8, lambda hit: label_of("type", hit.type_code)),
    _Column("题名", 50, lambda hit: hit.title),
    _Column("状态", 10, lambda hit: hit.status),
    _Column("甲方", 30, lambda hit: hit.party_a),
    _Column("乙方", 30, lambda hit: hit.party_b),
    _Column("项目", 30, lambda hit: hit.project),
    _Column("金额（元）", 16, lambda hit: hit.amount),
    _Column("变更后金额（元）", 16, lambda hit: hit.amount_now),
    _Column("变更文件", 24, lambda hit: "、".join(hit.changed_by)),
    _Column("形成日期", 12, lambda hit: hit.formed_on or formed_word(None, hit.formed_in)),
    _Column("归档日期", 12, lambda hit: hit.filed_on),
    _Column("密级", 14, lambda hit: hit.secrecy),
    _Column("保管期限", 10, lambda hit: label_of("retention", hit.retention)),
    _Column("部门", 16, lambda hit: hit.department),
    _Column("经办人", 10, lambda hit: hit.handler),
    _Column("命中页", 12, lambda hit: "、".join(map(str, hit.pages))),
    _Column("摘录", 80, lambda hit: hit.excerpt),
)


def export(library: Library, question: Question, target: Path, *, archive: Path) -> int:
    """Write every hit of a question to `target`, .xlsx or .csv, and return how many there are.

    The file appears whole or not at all, never over another and never in `archive`; while the
    index changes the writing is begun again, so that it is the result of one moment. Raises
    ExportRefused.
    """
    write = {".xlsx": _xlsx, ".csv": _csv}.get(target.suffix.lower())
    if write is None:
        raise ExportRefused(f"导出文件名应以 .xlsx 或 .csv 结尾：{target.name}")
    if target.resolve().is_relative_to(archive.resolve()):
        raise ExportRefused("导出文件不得写入档案库，请另选位置")
    if write is _xlsx and library.search(question).total > _MOST_ROWS:
        raise ExportRefused(f"超过 {_MOST_ROWS} 行，工作表放不下；请导出为 .csv")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with ExitStack() as undo:
        _reserve(target)
        undo.callback(target.unlink)
        undo.callback(draft.unlink, missing_ok=True)
        count = _of_one_moment(library, lambda: write(all_hits(library, question), draft))
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(target)
        undo.pop_all()
    sync_folder(target.parent)
    return count


def _reserve(target: Path) -> None:
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644))
    except FileExistsError as error:
        raise ExportRefused(f"{target} 已存在，不覆盖；请另取文件名") from error


def _of_one_moment(library: Library, write: Callable[[], int]) -> int:
    for _ in range(_TRIES):
        before = library.status().applied
        count = write()
        if library.status().applied == before:
            return count
    raise ExportRefused("索引正在更新，结果还在变化；请稍后再导出")


def harmless(text: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula; figures stay figures."""
    is_formula = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def _csv(hits: Iterable[Hit], target: Path) -> int:
    count = 0
    with target.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.title for column in _COLUMNS)
        for count, hit in enumerate(hits, start=1):  # noqa: B007 it is returned
            writer.writerow(harmless(_plain(column.value(hit))) for column in _COLUMNS)
    return count


def _xlsx(hits: Iterable[Hit], target: Path) -> int:
    count = 0
    with _sheet(target) as (sheet, money, day):
        for count, hit in enumerate(hits, start=1):
            for place, column in enumerate(_COLUMNS):
                value = column.value(hit)
                if isinstance(value, Decimal):
                    sheet.write_number(count, place, float(value), money)
                elif isinstance(value, date):
                    sheet.write_datetime(count, place, value, day)
                elif value:
                    sheet.write_string(count, place, value)
    return count


@contextmanager
def _sheet(target: Path) -> Iterator[tuple[Any, Any, Any]]:
    """Give a worksheet that is written row by row to disk, and its formats of money and days."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet("检索结果")
        head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        sheet.freeze_panes(1, 2)
        for place, column in enumerate(_COLUMNS):
            sheet.set_column(place, place, column.width)
        for place, column in enumerate(_COLUMNS):
            sheet.write_string(0, place, column.title, head)
        yield (
            sheet,
            book.add_format({"num_format": "#,##0.00"}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )


def _plain(value: str | Decimal | date | None) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
