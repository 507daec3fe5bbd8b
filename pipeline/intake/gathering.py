"""Gathering: the names, values and rows of sheets put together into whole orders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from pipeline.intake.cells import CellRefused, plain_value
from pipeline.intake.content import WHOLE_FILE, Content, Places
from pipeline.intake.grids import Cell, Grid
from pipeline.intake.headings import ORDER, Heading, label_of
from pipeline.intake.leaves import Kind, Leaf, leaves_of
from pipeline.intake.order import ORDER_SCHEMA, OrderForm
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.tables import TableRow, Walk, walk

MOST_ORDERS = 200
"""More orders than this in one file are not taken: nobody checks them in one look."""

_TOTAL = re.compile(r"(?:本页)?(?:合计|小计|总计)(?:金额)?(?:[（(]元[)）])?[:：]?")
_SEQUENCES = {"items": "line_no"}
_SEQUENCE = "seq"
_FREE = Leaf("extensions", Kind.TEXT)


def orders_in(grids: Sequence[Grid]) -> tuple[Content, ...]:
    """Return the orders in `grids`, at least one; raises OrderRefused for what is no order."""
    found = walk(grids)
    gathering = _Gathering(found)
    orders = gathering.orders()
    problems = found.problems + [
        problem for each in orders if found.problems for problem in each.problems.values()
    ]
    if problems:
        raise OrderRefused(problems)
    for each in orders:
        for place, words in found.remarks:
            each.remark(place, words)
    return orders


class _Gathering:
    """The orders of one file, by their number where rows carry one."""

    def __init__(self, found: Walk) -> None:
        self._found = found
        self._orders: dict[str, Content] = {}
        self._counts: Counter[tuple[int, str]] = Counter()
        self._sums: dict[tuple[str, str], Decimal] = {}

    def orders(self) -> tuple[Content, ...]:
        heads = [row for row in self._found.rows if _is_head(row)]
        if self._found.pairs:
            self._from_pairs(has_rows=bool(heads))
        for row in heads:
            self._head(row)
        for row in self._found.rows:
            if row.header.section != ORDER:
                self._line(row)
        if len(self._orders) > MOST_ORDERS:
            self._found.refuse(
                WHOLE_FILE,
                f"一份文件最多 {MOST_ORDERS} 份订单，现有 {len(self._orders)} 份；请拆分",
            )
        return tuple(self._orders.values())

    def _from_pairs(self, *, has_rows: bool) -> None:
        first = self._found.pairs[0]
        if has_rows:
            self._found.refuse(
                first.title.place, "既有逐项填写的订单，又有逐行填写的订单；请分开投放"
            )
            return
        content = self._new("", first.title.place.rpartition("!")[0] or WHOLE_FILE)
        for pair in self._found.pairs:
            _put(content, pair.heading, pair.value, pair.heading.path)

    def _head(self, row: TableRow) -> None:
        """Take the order's own fields from a row; on further lines they may be left blank."""
        key = self._key_of(row)
        if key is None:
            if row.header.is_flat and self._orders and not _own_cells(row):
                return
            self._found.refuse(row.row.place, "没有订单号；请填写，同一订单的各行订单号相同")
            return
        content = self._orders.get(key) or self._new(key, row.row.place)
        if row.header.section == ORDER and content.tree.get("order_no") is not None:
            self._found.refuse(row.row.place, f"订单号 {key} 出现两次；请只保留一行")
            return
        for heading, cell in _own_cells(row):
            _put(content, heading, cell, heading.path)

    def _line(self, row: TableRow) -> None:
        section = row.header.section
        if self._is_total(row):
            return
        content = self._order_of(row)
        if content is None:
            return
        position = self._counts[id(content), section]
        self._counts[id(content), section] += 1
        at = f"{section}[{position}]"
        content.places.note(section, row.table or row.row.place)
        content.places.note(at, row.row.place)
        for column, heading in row.header.columns.items():
            cell = row.row.cells.get(column)
            if cell is not None and heading.refused:
                content.refuse(f"{at}.?{column}", cell.place, _refused(row, column, heading))
            elif cell is not None and heading.path.startswith(f"{section}."):
                path = f"{at}.{heading.path.removeprefix(f'{section}.')}"
                _put(content, heading, cell, path)
                self._add(row, column, content.get(path))
        self._number(content, at, section, position, row)

    def _number(
        self, content: Content, at: str, section: str, position: int, row: TableRow
    ) -> None:
        """Give a row its number where the table has no column for it."""
        name = _SEQUENCES.get(section, _SEQUENCE)
        if section == "approvals":
            return
        if f"{section}.{name}" not in {each.path for each in row.header.columns.values()}:
            content.put(f"{at}.{name}", position + 1, row.row.place)

    def _order_of(self, row: TableRow) -> Content | None:
        key = self._key_of(row)
        if key is not None and key in self._orders:
            return self._orders[key]
        if len(self._orders) == 1 and (key is None or "" in self._orders):
            (only,) = self._orders.values()
            if key is None or key == only.get("order_no"):
                return only
        if not self._orders:
            if not self._found.problems:
                self._found.refuse(row.row.place, "这一行不属于任何订单；请先填写订单表")
        elif key is None:
            message = "有多份订单，看不出这一行属于哪一份；请增加“订单号”一列"
            self._found.refuse(row.row.place, message)
        else:
            self._found.refuse(row.row.place, f"订单表中没有订单号 {key}；请核对")
        return None

    def _new(self, key: str, place: str) -> Content:
        content = Content(places=Places(lambda path, parent: _expected(path, parent, place)))
        content.tree["schema"] = ORDER_SCHEMA
        for path, leaf in leaves_of(OrderForm).items():
            if leaf.required and "." in path and path.partition(".")[0] not in _LISTS:
                part = content.tree
                for step in path.split(".")[:-1]:
                    part = part.setdefault(step, {})
        self._orders[key] = content
        return content

    def _key_of(self, row: TableRow) -> str | None:
        for column, heading in row.header.columns.items():
            if heading.path == "order_no" and column in row.row.cells:
                return row.row.cells[column].text
        return None

    def _is_total(self, row: TableRow) -> bool:
        """Return whether the row adds up the table; what it adds up must be right."""
        first = min(row.row.cells)
        words = [cell for cell in row.row.cells.values() if isinstance(cell.value, str)]
        if not words or not _TOTAL.fullmatch(re.sub(r"\s", "", row.row.cells[first].text)):
            return False
        for column, heading in row.header.columns.items():
            cell, added = row.row.cells.get(column), self._sums.get((row.table, heading.path))
            if cell is None or added is None:
                continue
            try:
                stated = Decimal(str(plain_value(cell.value, leaves_of(OrderForm)[heading.path])))
            except (CellRefused, ArithmeticError):
                self._found.refuse(cell.place, "合计行的金额不是数字；请核对")
                continue
            if stated != added:
                self._found.refuse(cell.place, f"合计 {stated} 不等于各行之和 {added}；请核对")
        return True

    def _add(self, row: TableRow, column: int, value: object) -> None:
        path = row.header.columns[column].path
        if leaves_of(OrderForm)[path].kind is Kind.MONEY and not path.endswith(
            "unit_price_tax_incl"
        ):
            before = self._sums.get((row.table, path), Decimal(0))
            if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", str(value)):
                self._sums[row.table, path] = before + Decimal(str(value))


_LISTS = {"items", "payments", "milestones", "acceptance_items", "approvals", "retention"}


def _is_head(row: TableRow) -> bool:
    return row.header.section == ORDER or row.header.is_flat


def _own_cells(row: TableRow) -> list[tuple[Heading, Cell]]:
    """Return the cells of the order's own fields."""
    start = f"{row.header.section}."
    return [
        (heading, row.row.cells[column])
        for column, heading in row.header.columns.items()
        if column in row.row.cells
        and (row.header.section == ORDER or not heading.refused)
        and not heading.path.startswith(start)
    ]


def _refused(row: TableRow, column: int, heading: Heading) -> str:
    return f"列“{row.header.titles[column].text}”：{heading.refused}"


def _put(content: Content, heading: Heading, cell: Cell, path: str) -> None:
    """Write one cell; the same field twice must say the same."""
    if heading.refused:
        content.refuse(f"?{cell.place}", cell.place, heading.refused)
        return
    leaf = leaves_of(OrderForm).get(re.sub(r"\[\d+\]", "", path), _FREE)
    before = content.get(path)
    try:
        value = plain_value(cell.value, leaf, per_cent=heading.per_cent)
    except CellRefused as error:
        content.refuse(path, cell.place, str(error))
        return
    if leaf.kind is Kind.TEXTS and isinstance(value, list) and isinstance(before, list):
        value = before + [text for text in value if text not in before]
    elif before is not None and before != value:
        other = content.places.of(path)
        content.refuse(
            f"?{cell.place}", cell.place, f"与 {other} 的同一项内容不同；请核对后只留一种"
        )
        return
    content.put(path, value, cell.place)


def _expected(path: str, parent: str, order: str) -> str:
    """Return where a field that is missing belongs: its row or its order, and its name."""
    return f"{parent or order}（{label_of(path)}）"
