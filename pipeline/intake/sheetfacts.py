"""Sheet facts: what the XML of a sheet says that its values do not (工作表)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.intake.parts import PartRefused
from pipeline.intake.shown import Look, Looks, looks_of
from pipeline.intake.xmltext import tree_of

MOST_ROWS = 5000
MOST_COLUMNS = 200

_LEAST_HEIGHT = 2.0
_LEAST_WIDTH = 0.3
_ON = {"1", "true"}
_ROW_HIDDEN = "此行被隐藏（可能因筛选或行高过小）；请取消隐藏并核对，或删去该行"
_COLUMN_HIDDEN = "此列被隐藏或过窄；请取消隐藏并核对，或删去该列"
_STALE = "公式结果可能不是最新的（文件未经重新计算）；请用 Excel 打开保存一次，或直接填写数值"


@dataclass(slots=True)
class Facts:
    """By row, column or cell from 0: why it cannot be read, and how it is shown."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def facts_of(parts: Mapping[str, bytes], sheets: Iterable[str]) -> dict[str, Facts]:
    """Return the facts of `sheets` by part; raises PartRefused, XmlRefused."""
    looks, is_stale = looks_of(parts), _is_stale(tree_of(parts["xl/workbook.xml"]))
    return {
        part: _facts(tree_of(parts[part]), looks, is_stale=is_stale)
        for part in sheets
        if part in parts
    }


def _is_stale(book: etree._Element) -> bool:
    """Return whether the results of formulas are not those of the values beside them."""
    for reckoning in book.iter("{*}calcPr"):
        by_hand = reckoning.get("calcMode") == "manual"
        if (
            reckoning.get("fullCalcOnLoad") in _ON
            or reckoning.get("calcCompleted", "1") not in _ON
            or (by_hand and reckoning.get("calcOnSave", "1") not in _ON)
        ):
            return True
    return False


def _facts(sheet: etree._Element, looks: Looks, *, is_stale: bool) -> Facts:
    """Collect what is told of each cell; refuses a sheet beyond all measure."""
    facts = Facts()
    for column in sheet.iter("{*}col"):
        if column.get("hidden") in _ON or _is_under(column.get("width"), _LEAST_WIDTH):
            first, last = int(column.get("min", "1")), int(column.get("max", "1"))
            for each in range(first - 1, min(last, MOST_COLUMNS)):
                facts.columns[each] = _COLUMN_HIDDEN
    for position, row in enumerate(sheet.iter("{*}row")):
        number = int(row.get("r", str(position + 1))) - 1
        if len(row) and not 0 <= number < MOST_ROWS:
            raise PartRefused(f"工作表超过 {MOST_ROWS} 行；请删去多余的行（含空白格式行）")
        if row.get("hidden") in _ON or _is_under(row.get("ht"), _LEAST_HEIGHT):
            facts.rows[number] = _ROW_HIDDEN
        for cell in row:
            _cell_facts(facts, cell, looks, is_stale=is_stale)
    for merged in sheet.iter("{*}mergeCell"):
        start, _, end = (merged.get("ref") or "A1").partition(":")
        facts.merged.append((*position_of(start), *position_of(end or start)))
    return facts


def _cell_facts(facts: Facts, cell: etree._Element, looks: Looks, *, is_stale: bool) -> None:
    at = position_of(cell.get("r") or "A1")
    if at[1] >= MOST_COLUMNS:
        raise PartRefused(f"工作表超过 {MOST_COLUMNS} 列；请删去多余的列")
    facts.looks[at] = looks.of(cell)
    value = cell.findtext("{*}v")
    is_blank_text = cell.get("t") == "str" and value == ""
    if cell.get("t") == "e":
        facts.cells[at] = f"公式出错（{(value or '')[:12]}）；请改正公式或直接填写数值"
    elif cell.find("{*}f") is not None and not value and not is_blank_text:
        facts.cells[at] = "公式没有计算结果；请用 Excel 打开保存一次，或直接填写数值"
    elif cell.find("{*}f") is not None and is_stale:
        facts.cells[at] = _STALE
    elif problem := looks.problem_within(cell):
        facts.cells[at] = problem


def _is_under(size: str | None, least: float) -> bool:
    try:
        return size is not None and float(size) < least
    except ValueError:
        return False


def position_of(name: str) -> tuple[int, int]:
    """Return row and column from 0 of ``F7``."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters[:4]:
        column = column * 26 + ord(letter.upper()) - 64
    return int(name[len(letters) :] or "1") - 1, column - 1
