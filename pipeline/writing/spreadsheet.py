"""Spreadsheet: an order as a workbook a clerk can start from, with notes and drop-down lists."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from pipeline.intake.asides import OWN_AUTHOR
from pipeline.intake.leaves import Kind, Leaf
from pipeline.writing.blocks import Table, items_of, order_title, tables_of

_NOTES = {
    Kind.MONEY: "元，最多两位小数",
    Kind.SHARE: "百分比，如 6%",
    Kind.PERCENT: "百分数，5 即 5%",
    Kind.DAY: "日期，如 2026-03-15",
    Kind.MOMENT: "日期和时刻，如 2026-03-15 09:30（北京时间）",
    Kind.COUNT: "整数",
    Kind.KEY: "编号，不含空格",
    Kind.TEXTS: "一行一条，可以重复本行",
}
_FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.QUANTITY: "General",
    Kind.SHARE: "0.####%",
    Kind.PERCENT: "General",
    Kind.COUNT: "0",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm:ss",
}
_HELP = (
    "一个工作簿一份订单：“订单”表逐项填写，其余各表一行一条。",
    "也可以把“订单”表写成一行一份订单（首行为列名），这时其余各表须有“订单号”一列。",
    "一个工作簿有几份订单时，每份各成一份合同，全部无误才一并受理。",
    "样例的内容全是虚构的，每一项都要改成实际的；乙方填本公司，与营业执照一致。",
    "带 * 的必须填写；确无内容的文字填“无”。",
    "价税合计＝数量×含税单价；不含税金额＝ROUND(价税合计/(1+税率),2)；税额＝价税合计－不含税金额。",
    "各合计、各期金额须与明细相符；可以用公式，但须在 Excel 中保存过。“大写金额”可以空着。",
    "“审批意见”可以空着：订单先受理、等待；审批办完，填上再投放一次。",
    "账号、电话、信用代码等号码的单元格是文本格式，请勿改成数字格式。",
    "金额以元为单位，不写“万元”；比例和税率可以写成 6% 或 0.06。",
    "工作表名、项目名、列名不能随意改动；常见的同义写法可以识别。",
    "不要使用宏、指向其他工作簿的链接、跨行合并的单元格和隐藏的行列。",
    "自有内容以“扩展：名称”为项目名，只随订单存查，不进入合同。",
    "填好后可用 guidang orders check 文件名 检查，再放入 inbox 文件夹。",
)
_DIGITS = 15
_SPARE_ROWS = 300
_WIDTHS = {Kind.MONEY: 14, Kind.QUANTITY: 9, Kind.SHARE: 9, Kind.COUNT: 8, Kind.DAY: 12}
_TEXT_WIDTH = 24


class _Book:
    """A workbook being written."""

    def __init__(self, target: io.BytesIO) -> None:
        self.book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
        fixed = datetime(2026, 1, 1)  # noqa: DTZ001 - the library takes it as it stands
        self.book.set_properties({"title": "订单", "created": fixed})
        plain = {"font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True}
        self.head = self.book.add_format(
            plain | {"bold": True, "bg_color": "#DDE6F0", "border": 1, "num_format": "@"}
        )
        self.note = self.book.add_format(plain | {"font_color": "#666666"})
        self._formats = {
            kind: self.book.add_format(plain | {"border": 1, "num_format": _FORMATS.get(kind, "@")})
            for kind in Kind
        }

    def format_of(self, leaf: Leaf) -> Any:
        """Return the cell format of a leaf."""
        return self._formats[Kind.COUNT if leaf.is_whole else leaf.kind]

    def write(self, sheet: Any, row: int, column: int, leaf: Leaf, value: object) -> None:
        """Write one value so that reading it gives it back exactly."""
        style = self.format_of(leaf)
        if value is None:
            sheet.write_blank(row, column, None, style)
        elif leaf.kind is Kind.DAY:
            sheet.write_datetime(row, column, date.fromisoformat(str(value)), style)
        elif leaf.kind is Kind.MOMENT and (moment := _local(str(value))) is not None:
            sheet.write_datetime(row, column, moment, style)
        elif _is_number(leaf, value):
            sheet.write_number(row, column, float(str(value)), style)
        else:
            sheet.write_string(row, column, str(value), style)

    def choose(self, sheet: Any, leaf: Leaf, rows: tuple[int, int], column: int) -> None:
        """Offer the words a leaf may be, if they are closed."""
        if leaf.choices:
            words = [str(each) for each in leaf.choices]
            about = {
                "validate": "list",
                "source": words,
                "error_title": "不在可选范围",
                "error_message": f"只能是：{'、'.join(words)}",
            }
            sheet.data_validation(rows[0], column, rows[1], column, about)


def xlsx_of(order: Mapping[str, Any]) -> bytes:
    """Return `order` as a workbook."""
    target = io.BytesIO()
    made = _Book(target)
    _order_sheet(made, order)
    for table in tables_of(order):
        _table_sheet(made, table)
    _help_sheet(made, _HELP)
    made.book.close()
    return target.getvalue()


def _order_sheet(made: _Book, order: Mapping[str, Any]) -> None:
    sheet = made.book.add_worksheet(order_title())
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 48)
    sheet.set_column(2, 2, 44)
    sheet.freeze_panes(1, 1)
    for column, title in enumerate(("项目", "内容", "说明")):
        sheet.write_string(0, column, title, made.head)
    for row, item in enumerate(items_of(order), 1):
        mark = "*" if item.leaf.required else ""
        sheet.write_string(row, 0, item.label + mark, made.head)
        made.write(sheet, row, 1, item.leaf, item.value)
        made.choose(sheet, item.leaf, (row, row), 1)
        sheet.write_string(row, 2, _note(item.leaf), made.note)


def _table_sheet(made: _Book, table: Table) -> None:
    sheet = made.book.add_worksheet(table.title)
    sheet.freeze_panes(1, 0)
    for column, (leaf, heading) in enumerate(zip(table.leaves, table.headings, strict=True)):
        width = _WIDTHS.get(leaf.kind, _TEXT_WIDTH)
        sheet.set_column(column, column, max(width, 2 * len(heading) + 3), made.format_of(leaf))
        sheet.write_string(0, column, heading, made.head)
        if note := _note(leaf):
            sheet.write_comment(0, column, note, {"author": OWN_AUTHOR})
        made.choose(sheet, leaf, (1, _SPARE_ROWS), column)
    for row, values in enumerate(table.rows, 1):
        for column, (leaf, value) in enumerate(zip(table.leaves, values, strict=True)):
            made.write(sheet, row, column, leaf, value)


def _help_sheet(made: _Book, lines: Sequence[str]) -> None:
    sheet = made.book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 100)
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, f"{row + 1}. {line}", made.note)


def _note(leaf: Leaf) -> str:
    if leaf.path == "contract.dispute.option":
        return "1 仲裁（填仲裁机构），2 诉讼（填法院所在地）"
    if leaf.choices:
        return f"只能是：{'、'.join(str(each) for each in leaf.choices)}"
    return _NOTES.get(leaf.kind, "")


def _is_number(leaf: Leaf, value: object) -> bool:
    """Return whether a spreadsheet keeps the value exactly as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return True
    if leaf.kind not in {Kind.MONEY, Kind.QUANTITY, Kind.SHARE, Kind.PERCENT}:
        return False
    number = Decimal(str(value))
    is_doubtful = leaf.kind is Kind.PERCENT and 0 < number < 1
    return len(number.normalize().as_tuple().digits) <= _DIGITS and not is_doubtful


def _local(text: str) -> datetime | None:
    """Return a moment of Beijing time in whole seconds as a spreadsheet has it, without zone."""
    moment = datetime.fromisoformat(text)
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds() != 8 * 3600 or moment.microsecond:
        return None
    return moment.replace(tzinfo=None)
