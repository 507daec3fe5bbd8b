"""Spreadsheet: an XLSX workbook opened without trust, as grids of cells (电子表格)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from pipeline.intake.asides import part_at, remarks_beside
from pipeline.intake.cells import Value, number_of
from pipeline.intake.content import WHOLE_FILE
from pipeline.intake.grids import Cell, Grid, Row
from pipeline.intake.headings import section_of
from pipeline.intake.parts import PartRefused, parts_of
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.sheetfacts import Facts, facts_of
from pipeline.intake.shown import Look
from pipeline.intake.xmltext import XmlRefused, tree_of
from templates.errors import Finding, Level

MOST_SHEETS = 40

_AGAIN = "请用 Excel 或 WPS 打开后另存为 .xlsx 重新投放"
_SHEET_PROBLEMS = {
    "externalLinks": "含有指向其他工作簿的链接，数值可能已过时；请断开链接（数据—编辑链接）后保存",
    "vbaProject": "含有宏；请另存为不带宏的 .xlsx",
    "activeX": "含有控件；请另存为普通的 .xlsx",
    "embeddings": "含有嵌入的文件；请删去后保存",
    "macrosheets": "含有宏表；请删去后保存",
    "dialogsheets": "含有对话框表；请删去后保存",
}


def sheets_in(payload: bytes) -> tuple[Grid, ...]:
    """Return the visible sheets of the workbook in `payload`; raises OrderRefused, Unfinished."""
    try:
        parts = parts_of(payload)
        _refuse_dangers(parts)
        names = _sheet_names(parts)
        facts = facts_of(parts, names.values())
        book = load_workbook(io.BytesIO(_rewritten(parts)))
        with book:
            grids = []
            for about in book.sheets_metadata:
                part = names.get(about.name, "")
                if about.visible is not SheetVisibleEnum.Visible:
                    _refuse_hidden(about.name)
                elif about.typ is SheetTypeEnum.WorkSheet:
                    remarks = remarks_beside(parts, part, about.name)
                    grids.append(_grid(book.get_sheet_by_name(about.name), facts[part], remarks))
    except (PartRefused, XmlRefused) as error:
        raise _refused(str(error)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _refused(f"工作簿无法打开；{_AGAIN}") from error
    return tuple(grids)


def _refuse_dangers(parts: dict[str, bytes]) -> None:
    for name in parts:
        for mark, problem in _SHEET_PROBLEMS.items():
            if mark.lower() in name.lower():
                raise PartRefused(problem)
    if b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        raise PartRefused(_SHEET_PROBLEMS["vbaProject"])
    if "xl/workbook.xml" not in parts:
        raise PartRefused("不是 Excel 工作簿；请另存为 .xlsx")


def _refuse_hidden(name: str) -> None:
    """Refuse a hidden sheet that would be part of the order; other hidden sheets are not read."""
    if section_of(name) not in {None, "ignored"}:
        place = f"{name}"
        message = "工作表被隐藏，内容看不见；请取消隐藏并核对，或删去该表"
        raise OrderRefused([Finding("K00", Level.BLOCK, place, message)])


def _rewritten(parts: dict[str, bytes]) -> bytes:
    """Return the workbook packed anew from what was measured, so that nothing else is read."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def _sheet_names(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the part each sheet is kept in, by the sheet's name."""
    targets = {
        each.get("Id"): part_at("xl/workbook.xml", each.get("Target") or "")
        for each in tree_of(parts.get("xl/_rels/workbook.xml.rels", b"<x/>"))
    }
    sheets = tree_of(parts["xl/workbook.xml"]).iter("{*}sheet")
    named = {each.get("name") or "": targets.get(_relation_of(each), "") for each in sheets}
    lost = [name for name, part in named.items() if part not in parts]
    if lost:
        raise PartRefused(f"工作表“{lost[0][:40]}”的内容找不到；{_AGAIN}")
    if len(named) > MOST_SHEETS:
        raise PartRefused(f"工作表过多（超过 {MOST_SHEETS} 张）")
    return named


def _relation_of(sheet: etree._Element) -> str | None:
    """Return the relation a sheet is found by; strict workbooks name it in another namespace."""
    ids = (value for key, value in sheet.items() if str(key).endswith("}id"))
    return next(map(str, ids), None)


def _grid(sheet: CalamineSheet, facts: Facts, remarks: Sequence[tuple[str, str]]) -> Grid:
    rows = []
    problems: dict[str, str] = {}
    for number, values in enumerate(sheet.to_python(skip_empty_area=False)):
        cells = {}
        for column, raw in enumerate(values):
            value = _value(raw)
            at, place = (number, column), f"{sheet.name}!{_name(column)}{number + 1}"
            problem = facts.cells.get(at, "")
            if value is not None:
                look = facts.looks.get(at, Look())
                problem = problem or _problem_of(value, look)
                shown = look.shown(value) if isinstance(value, Decimal) else value
                cells[column] = Cell(shown, place)
                if column in facts.columns:
                    place, problem = f"{sheet.name}!{_name(column)} 列", facts.columns[column]
            if problem:
                problems.setdefault(place, problem)
        if cells:
            place = f"{sheet.name}!第 {number + 1} 行"
            rows.append(Row(place, cells, facts.rows.get(number, "")))
    merged = tuple(_with_merged(rows, sheet.name, facts))
    return Grid(sheet.name, sheet.name, merged, tuple(problems.items()), tuple(remarks))


def _problem_of(value: Value, look: Look) -> str:
    """Return why a value shown so cannot be taken; empty where it can."""
    if isinstance(value, Decimal):
        return look.problem_of_number(value)
    return look.problem_of_text() if isinstance(value, str) else look.ink.problem_on(look.ground)


def _with_merged(rows: Sequence[Row], name: str, facts: Facts) -> Iterator[Row]:
    """Yield `rows`; one that shares a cell with the row above it cannot be read alone."""
    for row in rows:
        number = int(row.place.rpartition("第 ")[2].removesuffix(" 行")) - 1
        merged = next(
            (
                f"{_name(left)}{top + 1}:{_name(right)}{bottom + 1}"
                for top, left, bottom, right in facts.merged
                if top < bottom and top <= number <= bottom
            ),
            None,
        )
        if merged is None or row.problem:
            yield row
        else:
            message = f"{merged} 是跨行合并的单元格；请取消合并，逐行填写"
            yield Row(f"{name}!{merged}", row.cells, message)


def _value(value: object) -> Value | None:
    """Return a cell's value, None where it is blank."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return number_of(float(value))
    return value if isinstance(value, Value) else str(value)


def _name(column: int) -> str:
    """Return the letters of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _refused(message: str, place: str = WHOLE_FILE) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])
