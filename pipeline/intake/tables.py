"""Tables: the orders that sheets and CSV files hold, found by their headings.

A sheet, or a block of a CSV file, is either a list of names with their values or a table
under a row of headings; both may follow each other in one sheet. Lines that belong to an
order stand in tables of their own, or beside the order's own fields, repeated on each line.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from pipeline.intake.content import WHOLE_FILE
from pipeline.intake.grids import Cell, Grid, Row
from pipeline.intake.headings import IGNORED, ORDER, Heading, heading_of, section_of, sheet_of
from pipeline.intake.leaves import lists_of
from pipeline.intake.meanings import is_refused, meanings_of, score, score_only
from pipeline.intake.order import OrderForm
from templates.errors import Finding, Level

_LEAST_HEADINGS = {True: 2, False: 3}
"""How many names make a row of headings: where the sheet's name says what it holds, or not."""

_MOST_UNKNOWN = 0.4
_MOST_PAIRS = 4
_LABEL_HEADS = ({"项目", "字段", "填写项目"}, {"内容", "值", "填写内容"})
_REMARK = re.compile(r"[（(]?(?:注|说明|填表|填写)")
_TWICE = "都是"
_PLAIN_NAMES = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """A row of headings: what each column means; `section` order with lines is flat."""

    section: str
    columns: Mapping[int, Heading]
    titles: Mapping[int, Cell]

    @property
    def is_flat(self) -> bool:
        """Whether the order's own fields are repeated on each line."""
        own = [each.path for each in self.columns.values() if each.path != "order_no"]
        lines = [path for path in own if path.startswith(f"{self.section}.")]
        return self.section != ORDER and len(lines) < len([path for path in own if path])


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and its value."""

    heading: Heading
    title: Cell
    value: Cell


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row under a header."""

    header: Header
    row: Row
    table: str


class Walk:
    """What stands in the grids: pairs, rows, and what cannot be understood."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self.rows: list[TableRow] = []
        self.problems: list[Finding] = []
        self.remarks: list[tuple[str, str]] = []
        self.tables: dict[str, tuple[str, int]] = {}

    def refuse(self, place: str, message: str) -> None:
        """Note what cannot be understood."""
        self.problems.append(Finding("K00", Level.BLOCK, place, message))

    def read(self, grid: Grid) -> None:
        """Read one grid."""
        named = section_of(grid.name) if grid.name else None
        if named == IGNORED:
            return
        if named is None and grid.name and not _PLAIN_NAMES.fullmatch(grid.name.strip()):
            if grid.rows:
                self.refuse(grid.place, _unknown_sheet(grid.name))
            return
        for place, message in grid.problems:
            self.refuse(place, message)
        self.remarks += grid.remarks
        _GridWalk(self, grid, named or ORDER).run()

    def add(self, row: TableRow, block: int) -> None:
        """Take a row; a part of the order in two tables may be there twice: it is refused."""
        section = row.header.section
        own = (row.table, block)
        if section == ORDER or row.header.is_flat or self.tables.setdefault(section, own) == own:
            self.rows.append(row)
        elif not any(each.place == row.table and _TWICE in each.message for each in self.problems):
            other = self.tables[section][0]
            where = f"与工作表“{other}”" if other != row.table else "同一张表里有两处"
            self.refuse(
                row.table, f"{where}{_TWICE}{sheet_of(section)}；请合并为一张表，只保留现行的"
            )


class _GridWalk:
    """The way down one grid."""

    def __init__(self, walk: Walk, grid: Grid, section: str) -> None:
        self._walk = walk
        self._grid = grid
        self._section = section
        self._header: Header | None = None
        self._label_columns: tuple[int, ...] | None = None
        self._block = 0

    def run(self) -> None:
        for position, row in enumerate(self._grid.rows):
            if row.problem:
                self._walk.refuse(row.place, row.problem)
                continue
            cells = [row.cells[column] for column in sorted(row.cells)]
            if len(cells) == 1 and self._alone(cells[0], is_first=position == 0):
                continue
            header = self._header_in(row)
            if header is not None:
                self._header = header
            elif self._header is not None and not self._is_foot(cells):
                self._unnamed(row, self._header.titles)
                self._walk.add(TableRow(self._header, row, self._grid.place), self._block)
            elif self._section == ORDER:
                self._labels(row, cells)
            else:
                message = (
                    "不是表头；第一行请写列名，可用 guidang orders example --format xlsx 的样表"
                )
                self._walk.refuse(row.place, message)

    def _alone(self, cell: Cell, *, is_first: bool) -> bool:
        """Return whether a cell alone in its row is a title or a remark, and take it as such."""
        named = section_of(cell.text)
        if named is not None and named != IGNORED:
            self._block += self._header is not None
            self._section, self._header, self._label_columns = named, None, None
            return True
        is_label = heading_of(cell.text, ORDER) is not None
        is_title = is_first and not is_label
        return is_title or (not is_label and bool(_REMARK.match(cell.text)))

    def _header_in(self, row: Row) -> Header | None:
        """Return the headings in `row`; None where it is no row of headings."""
        if not all(isinstance(cell.value, str) for cell in row.cells.values()):
            return None
        is_named = self._section != ORDER
        sections = (self._section,) if is_named else (*lists_of(OrderForm), ORDER)
        section = max(sections, key=lambda each: score(row, each))
        known_here = score(row, section)
        if not is_named and score_only(row, "items") > 1:
            section, known_here = "items", score(row, "items", ORDER)
        if known_here < _LEAST_HEADINGS[is_named]:
            return None
        known = known_here + sum(is_refused(cell, section) for cell in row.cells.values())
        if known < (1 - _MOST_UNKNOWN) * len(row.cells):
            return None
        return self._header_of(row, section)

    def _header_of(self, row: Row, section: str) -> Header:
        """Return what each column means; a name with two meanings has the one still free."""
        columns: dict[int, Heading] = {}
        taken: set[str] = set()
        meanings = [(*meanings_of(cell, section), column) for column, cell in row.cells.items()]
        for inner, outer, column in sorted(meanings, key=lambda each: bool(each[0] and each[1])):
            cell = row.cells[column]
            heading = inner if inner is not None and inner.path not in taken else outer or inner
            if heading is None:
                self._walk.refuse(cell.place, _unknown_name(cell.text))
            elif heading.path in taken:
                self._walk.refuse(cell.place, f"列“{cell.text}”重复；请只保留一列")
            else:
                columns[column] = heading
                taken |= {heading.path} - {""}
        return Header(section, columns, dict(row.cells))

    def _is_foot(self, cells: Sequence[Cell]) -> bool:
        """Return whether a row below a table in an order's own sheet is names with values."""
        first = cells[0]
        return (
            self._section == ORDER
            and len(cells) <= _MOST_PAIRS
            and isinstance(first.value, str)
            and heading_of(first.text, ORDER) is not None
        )

    def _labels(self, row: Row, cells: Sequence[Cell]) -> None:
        heads = [cell.text for cell in cells[:2]]
        if len(heads) > 1 and heads[0] in _LABEL_HEADS[0] and heads[1] in _LABEL_HEADS[1]:
            self._label_columns = tuple(sorted(row.cells))
        elif self._label_columns is not None:
            self._unnamed(row, self._label_columns)
            self._in_columns(row, *self._label_columns[:2])
        else:
            self._side_by_side(cells)

    def _unnamed(self, row: Row, named: Container[int]) -> None:
        """Refuse what stands below no heading: an amount torn apart at its commas, a stray note."""
        for column, cell in row.cells.items():
            if column not in named:
                message = "此列没有列名；请补写列名或删去内容（CSV 中带逗号的内容须加引号）"
                self._walk.refuse(cell.place, message)

    def _in_columns(self, row: Row, name: int, content: int) -> None:
        title, value = row.cells.get(name), row.cells.get(content)
        if title is None:
            if value is not None:
                self._walk.refuse(value.place, "左侧没有项目名；请补填项目名或删去内容")
            return
        heading = heading_of(title.text, ORDER)
        if heading is None:
            self._walk.refuse(title.place, _unknown_name(title.text))
        elif value is not None:
            self._walk.pairs.append(Pair(heading, title, value))

    def _side_by_side(self, cells: Sequence[Cell]) -> None:
        position = 0
        while position < len(cells):
            title = cells[position]
            heading = heading_of(title.text, ORDER) if isinstance(title.value, str) else None
            if heading is None:
                self._walk.refuse(title.place, _unknown_name(title.text))
                return
            following = cells[position + 1] if position + 1 < len(cells) else None
            position += 1
            if following is None or _names_a_field(following):
                continue
            self._walk.pairs.append(Pair(heading, title, following))
            position += 1


def _names_a_field(cell: Cell) -> bool:
    """Return whether a cell is the next name and not a value: 电话 may be either, 甲方电话 not."""
    heading = heading_of(cell.text, ORDER) if isinstance(cell.value, str) else None
    return heading is not None and bool(heading.path)


def _unknown_name(text: str) -> str:
    return (
        f"不认识的项目名“{text[:40]}”；请核对，或参照 guidang orders example --format xlsx 的样表；"
        "自有内容请以“扩展：名称”为名"
    )


def _unknown_sheet(name: str) -> str:
    return (
        f"不认识的工作表“{name[:40]}”；请改为订单、费用明细、付款计划、交付节点、验收项目、"
        "审批意见之一，或移出本工作簿；文字说明可放在名为“填写说明”的工作表"
    )


def walk(grids: Sequence[Grid]) -> Walk:
    """Return what stands in `grids`."""
    found = Walk()
    for grid in grids:
        found.read(grid)
    if not (found.pairs or found.rows or found.problems):
        found.refuse(WHOLE_FILE, "没有找到任何订单内容；请参照 guidang orders example 的样表填写")
    return found
