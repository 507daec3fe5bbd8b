"""Spreadsheet: an XLSX workbook opened without trust, as grids of cells (电子表格)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree
from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from pipeline.intake.cells import Value, number_of
from pipeline.intake.content import WHOLE_FILE
from pipeline.intake.grids import Cell, Grid, Row
from pipeline.intake.headings import section_of
from pipeline.intake.parts import PartRefused, parts_of
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.xmltext import XmlRefused, tree_of
from templates.errors import Finding, Level

MOST_ROWS = 5000
MOST_COLUMNS = 200
MOST_SHEETS = 40

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHEET_PROBLEMS = {
    "externalLinks": "含有指向其他工作簿的链接，数值可能已过时；请断开链接（数据—编辑链接）后保存",
    "vbaProject": "含有宏；请另存为不带宏的 .xlsx",
    "activeX": "含有控件；请另存为普通的 .xlsx",
    "embeddings": "含有嵌入的文件；请删去后保存",
    "macrosheets": "含有宏表；请删去后保存",
    "dialogsheets": "含有对话框表；请删去后保存",
}


@dataclass(slots=True)
class _Facts:
    """What a sheet's XML says that its values do not: by row or cell, why it cannot be read."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def sheets_in(payload: bytes) -> tuple[Grid, ...]:
    """Return the visible sheets of the workbook in `payload`; raises OrderRefused, Unfinished."""
    try:
        parts = parts_of(payload)
        _refuse_dangers(parts)
        facts = _facts_of(parts)
        names = _sheet_names(parts)
        book = load_workbook(io.BytesIO(_rewritten(parts)))
        with book:
            grids = []
            for about in book.sheets_metadata:
                part = names.get(about.name)
                if about.visible is not SheetVisibleEnum.Visible:
                    _refuse_hidden(about.name)
                elif part is not None and part in facts:
                    grids.append(_grid(book.get_sheet_by_name(about.name), facts[part]))
    except (PartRefused, XmlRefused) as error:
        raise _refused(str(error)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _refused("工作簿无法打开；请用 Excel 或 WPS 打开后另存为 .xlsx 重新投放") from error
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
        each.get("Id"): f"xl/{(each.get('Target') or '').removeprefix('/xl/')}"
        for each in tree_of(parts.get("xl/_rels/workbook.xml.rels", b"<x/>"))
    }
    sheets = tree_of(parts["xl/workbook.xml"]).iter(f"{_MAIN}sheet")
    named = {each.get("name") or "": targets.get(each.get(_LINKS), "") for each in sheets}
    if len(named) > MOST_SHEETS:
        raise PartRefused(f"工作表过多（超过 {MOST_SHEETS} 张）")
    return named


def _facts_of(parts: dict[str, bytes]) -> dict[str, _Facts]:
    return {
        name: _facts(tree_of(content))
        for name, content in parts.items()
        if name.startswith("xl/worksheets/") and name.endswith(".xml")
    }


def _facts(sheet: etree._Element) -> _Facts:
    """Collect what cannot be read, with its place; refuses a sheet beyond all measure."""
    facts = _Facts()
    for column in sheet.iter(f"{_MAIN}col"):
        if column.get("hidden") in {"1", "true"}:
            first, last = int(column.get("min", "1")), int(column.get("max", "1"))
            for each in range(first - 1, min(last, MOST_COLUMNS)):
                facts.columns[each] = "此列被隐藏；请取消隐藏并核对，或删去该列"
    for position, row in enumerate(sheet.iter(f"{_MAIN}row")):
        number = int(row.get("r", str(position + 1))) - 1
        if len(row) and not 0 <= number < MOST_ROWS:
            raise PartRefused(f"工作表超过 {MOST_ROWS} 行；请删去多余的行（含空白格式行）")
        if row.get("hidden") in {"1", "true"}:
            facts.rows[number] = "此行被隐藏（可能因筛选）；请取消隐藏并核对，或删去该行"
        for cell in row:
            _cell_facts(facts, cell)
    for merged in sheet.iter(f"{_MAIN}mergeCell"):
        start, _, end = (merged.get("ref") or "A1").partition(":")
        facts.merged.append((*_position(start), *_position(end or start)))
    return facts


def _cell_facts(facts: _Facts, cell: etree._Element) -> None:
    at = _position(cell.get("r") or "A1")
    if at[1] >= MOST_COLUMNS:
        raise PartRefused(f"工作表超过 {MOST_COLUMNS} 列；请删去多余的列")
    value = cell.findtext(f"{_MAIN}v")
    if cell.get("t") == "e":
        facts.cells[at] = f"公式出错（{(value or '')[:12]}）；请改正公式或直接填写数值"
    elif cell.find(f"{_MAIN}f") is not None and not value:
        facts.cells[at] = "公式没有计算结果；请用 Excel 打开保存一次，或直接填写数值"


def _grid(sheet: CalamineSheet, facts: _Facts) -> Grid:
    rows = []
    for number, values in enumerate(sheet.to_python(skip_empty_area=False)):
        cells = {}
        problem = facts.rows.get(number, "")
        for column, value in enumerate(values):
            cell = _value(value)
            place = f"{sheet.name}!{_name(column)}{number + 1}"
            if (number, column) in facts.cells:
                raise _refused(facts.cells[number, column], place)
            if cell is None:
                continue
            if column in facts.columns:
                raise _refused(facts.columns[column], f"{sheet.name}!{_name(column)} 列")
            cells[column] = Cell(cell, place)
        if cells:
            rows.append(Row(f"{sheet.name}!第 {number + 1} 行", cells, problem))
    return Grid(sheet.name, sheet.name, tuple(_with_merged(rows, sheet.name, facts)))


def _with_merged(rows: Sequence[Row], name: str, facts: _Facts) -> Iterator[Row]:
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


def _position(name: str) -> tuple[int, int]:
    """Return row and column from 0 of ``F7``."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters[:4]:
        column = column * 26 + ord(letter.upper()) - 64
    return int(name[len(letters) :] or "1") - 1, column - 1


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
