"""Workbooks as clerks make them: what is read, and what is refused with its sheet and cell."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from pipeline import samples
from pipeline.intake.content import leaves_in
from pipeline.intake.formats import XLSX
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import read_all
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from pipeline.writing.forms import written

Sheets = dict[str, list[list[Any]]]
Refused = Callable[[bytes], dict[str, str]]
Book = Callable[..., bytes]


def order_of(payload: bytes) -> OrderForm:
    (reading,) = read_all(payload)
    assert isinstance(reading.form, OrderForm)
    return reading.form


def set_value(sheets: Sheets, label: str, value: Any) -> str:
    """Change the value beside `label` and return its cell."""
    for number, row in enumerate(sheets["订单"], 1):
        if row[0] == label:
            row[1] = value
            return f"订单!B{number}"
    sheets["订单"].append([label, value])
    return f"订单!B{len(sheets['订单'])}"


def set_cell(sheets: Sheets, sheet: str, heading: str, row: int, value: Any) -> str:
    """Change a cell of a table and return its name."""
    column = sheets[sheet][0].index(heading)
    sheets[sheet][row][column] = value
    return f"{sheet}!{'ABCDEFGHIJKLMN'[column]}{row + 1}"


@pytest.mark.parametrize(
    ("label", "value", "word"),
    [
        ("含税总价", "1.005", "小数位"),
        ("含税总价", 1.005, "小数位"),
        ("含税总价", "59万", "万"),
        ("含税总价", "1e6", "不是数字"),
        ("含税总价", "12,34.00", "不是数字"),
        ("含税总价", "-5.00", "不带符号"),
        ("含税总价", "NaN", "不是数字"),
        ("含税总价", True, "应为数字"),
        ("含税总价", dt.date(2026, 3, 5), "应为数字"),
        ("质保金比例（%）", 0.05, "百分"),
        ("质保期（月）", "1年", "整数"),
        ("质保期（月）", 1.5, "整数"),
        ("服务开始日期", "2026-02-30", "这一天"),
        ("服务开始日期", 46086, "日期格式"),
        ("服务开始日期", "昨天", "不是日期"),
        ("服务开始日期", dt.datetime(2026, 3, 5, 9, 30), "时刻"),  # noqa: DTZ001 - as a cell has it
        ("服务开始日期", dt.date(1904, 1, 2), "年份"),
        ("报价审批时间", "2026-03-02", "没有时刻"),
        ("甲方账号", 110100000000000012, "15 位"),
        ("甲方账号", 13800000000, "开头的 0"),
        ("甲方电话", 1065000000, "开头的 0"),
        ("合同类型名称", dt.date(2026, 3, 5), "应为文字"),
        ("发票类型", "专票", "只能是"),
        ("争议解决方式", "3", "只能是"),
        ("甲方名称", "示例\u202e公司", "看不见"),
        ("甲方名称", "示例\u0007公司", "无法印出"),
        ("甲方名称", "甲" * 10_000, "过长"),
        ("订单号", "ＸＳ１", "全角"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named_by_its_cell(
    sheets: Sheets, book: Book, refused: Refused, *, label: str, value: Any, word: str
) -> None:
    if value == 110100000000000012:
        value = float(value)
    cell = set_value(sheets, label, value)
    assert word in refused(book(sheets))[cell]


@pytest.mark.parametrize(
    ("sheet", "heading", "value", "word"),
    [
        ("费用明细", "数量", 0, "大于 0"),
        ("费用明细", "含税单价", "4O", "不是数字"),
        ("费用明细", "税率", 6, "不得大于 1"),
        ("费用明细", "费用类别", "杂费", "只能是"),
        ("付款计划", "付款比例", "三成", "不是数字"),
        ("交付节点", "完成期限", "月底", "不是日期"),
        ("验收项目", "序号", "一", "整数"),
        ("审批意见", "审批时间", "上午", "不是时刻"),
    ],
)
def test_a_cell_of_a_table_is_named_by_its_cell(
    sheets: Sheets, book: Book, refused: Refused, *, sheet: str, heading: str, value: Any, word: str
) -> None:
    cell = set_cell(sheets, sheet, heading, 2, value)
    assert word in refused(book(sheets))[cell]


def test_what_is_missing_is_named_by_sheet_and_heading(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    sheets["订单"] = [row for row in sheets["订单"] if row[0] != "甲方住所"]
    set_cell(sheets, "费用明细", "单位", 2, None)
    del sheets["验收项目"]
    found = refused(book(sheets))
    assert "缺少" in found["订单（甲方住所）"]
    assert "缺少" in found["费用明细!第 3 行（单位）"]
    assert any("验收项目" in place for place in found)


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        (dt.date(2027, 3, 5), "2027-03-05"),
        ("2027-3-5", "2027-03-05"),
        ("2027/3/5", "2027-03-05"),
        ("2027.03.05", "2027-03-05"),
        ("2027年3月5日", "2027-03-05"),
        ("２０２７年３月５日", "2027-03-05"),
        ("20270305", "2027-03-05"),
    ],
)
@pytest.mark.parametrize("is_1904", [False, True])
def test_a_day_may_be_written_in_every_usual_way(
    sheets: Sheets, book: Book, written_as: Any, meant: str, *, is_1904: bool
) -> None:
    set_value(sheets, "服务结束日期", written_as)
    payload = book(sheets, date_1904=is_1904)
    assert order_of(payload).service.end.isoformat() == meant


@pytest.mark.parametrize(
    "written_as",
    [
        "¥1,234,567.80",
        "１２３４５６７．８０",
        "1234567.8元",
        1234567.8,
        "人民币 1,234,567.80",
        "1234567.80",
    ],
)
def test_an_amount_may_be_written_in_every_way_that_means_one_thing(
    sheets: Sheets, book: Book, written_as: Any
) -> None:
    set_value(sheets, "含税总价", written_as)
    assert order_of(book(sheets)).amount.total == Decimal("1234567.80")


def test_what_arithmetic_leaves_behind_the_shown_digits_is_no_third_decimal(
    sheets: Sheets, book: Book
) -> None:
    set_value(sheets, "含税总价", 0.1 + 0.2)
    assert order_of(book(sheets)).amount.total == Decimal("0.30")


def test_a_trillion_is_exact_and_more_digits_than_a_cell_holds_are_refused(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    set_value(sheets, "含税总价", 1e12)
    assert order_of(book(sheets)).amount.total == Decimal("1000000000000.00")
    cell = set_value(sheets, "含税总价", 123456789012345.67)
    assert cell in refused(book(sheets))


@pytest.mark.parametrize(
    ("heading", "value", "rate"),
    [
        ("税率", "6%", "0.06"),
        ("税率", 0.06, "0.06"),
        ("税率（%）", 6, "0.06"),
        ("税率%", "13", "0.13"),
    ],
)
def test_a_rate_is_a_fraction_unless_sign_or_heading_says_per_cent(
    sheets: Sheets, book: Book, heading: str, value: Any, rate: str
) -> None:
    cell = set_cell(sheets, "费用明细", "税率", 1, value)
    for row in sheets["费用明细"][2:]:
        row[sheets["费用明细"][0].index("税率")] = value
    sheets["费用明细"][0][sheets["费用明细"][0].index("税率")] = heading
    assert order_of(book(sheets)).items[0].tax_rate == Decimal(rate), cell


@pytest.mark.parametrize(
    ("heading", "other"),
    [
        ("含税单价", "单价（含税）"),
        ("价税合计", "含税金额"),
        ("不含税金额", "未税金额"),
        ("名称", "货物或应税劳务、服务名称"),
        ("规格", "規格型號"),
        ("数量", "＊数 量（必填）"),
        ("序号", "No."),
        ("单位", "items.unit"),
    ],
)
def test_other_names_of_a_column_are_known(
    sheets: Sheets, book: Book, heading: str, other: str
) -> None:
    same = order_of(book(sheets))
    row = sheets["费用明细"][0]
    row[row.index(heading)] = other
    assert order_of(book(sheets)) == same


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("单价", "是否含税"),
        ("金额", "是否含税"),
        ("折扣", "折后"),
        ("备注", "约定"),
        ("利润", "不认识"),
    ],
)
def test_a_column_that_could_mean_two_things_is_never_guessed(
    sheets: Sheets, book: Book, refused: Refused, name: str, word: str
) -> None:
    sheets["费用明细"][0].append(name)
    for row in sheets["费用明细"][1:]:
        row.append("1")
    assert any(
        place.startswith("费用明细!L") and word in message
        for place, message in refused(book(sheets)).items()
    )


def test_a_total_row_is_no_line_and_must_add_up(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    same = order_of(book(sheets))
    total = ["合计", *[None] * 9, float(same.amount.total)]
    sheets["费用明细"].append(total)
    assert order_of(book(sheets)) == same
    total[10] = 1.0
    assert "各行之和" in refused(book(sheets))[f"费用明细!K{len(sheets['费用明细'])}"]


def test_one_sheet_may_hold_it_all(sheets: Sheets, book: Book) -> None:
    same = order_of(book(sheets))
    rows: list[list[Any]] = [["销售订单"]]
    pairs = sheets.pop("订单")
    rows += [[*left, *right] for left, right in zip(pairs[::2], pairs[1::2], strict=False)]
    rows += pairs[len(pairs) - len(pairs) % 2 :]
    for title, table in sheets.items():
        rows += [[], [title], *table]
    assert order_of(book({"Sheet1": rows})) == same


def test_a_row_an_order_with_lines_by_number_holds_several_orders(
    as_sheets: Callable[[Any], Sheets], book: Book
) -> None:
    made = [samples.sample_order(number) for number in (1, 2, 3)]
    payload = book(several(made, as_sheets))
    readings = read_all(payload)
    alone = [order_of(book(as_sheets(order))) for order in made]
    assert [reading.form for reading in readings] == alone


def several(orders: list[dict[str, Any]], as_sheets: Callable[[Any], Sheets]) -> Sheets:
    """Return sheets with a row an order, every table with a column for the order's number."""
    each = [as_sheets(order) for order in orders]
    labels = list(dict.fromkeys(label for one in each for label, _ in one["订单"]))
    together: Sheets = {"订单": [labels]}
    for order, one in zip(orders, each, strict=True):
        values = dict(one.pop("订单"))
        together["订单"].append([values.get(label) for label in labels])
        for name, rows in one.items():
            table = together.setdefault(name, [["订单号", *rows[0]]])
            table += [[order["order_no"], *row] for row in rows[1:]]
    return together


def test_a_line_of_no_known_order_is_refused(
    as_sheets: Callable[[Any], Sheets], book: Book, refused: Refused
) -> None:
    sheets = several([samples.sample_order(1), samples.sample_order(2)], as_sheets)
    sheets["费用明细"][1][0] = "别的订单"
    sheets["付款计划"][1][0] = None
    sheets["订单"].append(sheets["订单"][1])
    found = refused(book(sheets))
    assert "没有订单号" in found["费用明细!第 2 行"]
    assert "看不出" in found["付款计划!第 2 行"]
    assert "两次" in found["订单!第 4 行"]


def test_an_export_repeats_the_order_on_each_line(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    same = order_of(book(sheets))
    items = sheets.pop("费用明细")
    labels = [label for label, _ in sheets["订单"]]
    values = [value for _, value in sheets["订单"]]
    rows = [[*labels, *items[0]], *([*values, *row] for row in items[1:])]
    del sheets["订单"]
    assert order_of(book({"Sheet1": rows, **sheets})) == same
    rows[2][labels.index("项目名称")] = "另一个项目"
    found = refused(book({"Sheet1": rows, **sheets}))
    assert any("不同" in message for message in found.values())


def test_a_formula_counts_by_its_result_and_one_without_is_refused(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    cell = set_value(sheets, "含税总价", 1)
    book_ = openpyxl.load_workbook(io.BytesIO(book(sheets)))
    book_["订单"][cell.partition("!")[2]] = "=1+1"
    target = io.BytesIO()
    book_.save(target)
    assert "公式没有计算结果" in refused(target.getvalue())[cell]


def changed(payload: bytes, part: str, old: str, new: str) -> bytes:
    """Return the workbook with one of its parts changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            after.writestr(name, content)
    return target.getvalue()


SECOND = "xl/worksheets/sheet2.xml"


@pytest.mark.parametrize(
    ("part", "old", "new", "word"),
    [
        (SECOND, '<row r="3"', '<row r="3" hidden="1"', "隐藏"),
        (
            SECOND,
            "<sheetData>",
            '<cols><col min="3" max="3" hidden="1"/></cols><sheetData>',
            "隐藏",
        ),
        (
            SECOND,
            "</sheetData>",
            '</sheetData><mergeCells><mergeCell ref="B2:B3"/></mergeCells>',
            "合并",
        ),
        (
            "xl/workbook.xml",
            '<sheet name="费用明细"',
            '<sheet name="费用明细" state="hidden"',
            "隐藏",
        ),
        ("[Content_Types].xml", "sheet.main+xml", "sheet.macroEnabled.main+xml", "宏"),
        (SECOND, "<sheetData>", '<!DOCTYPE x [<!ENTITY a "b">]><sheetData>', "DOCTYPE"),
        (SECOND, '<row r="2"', '<row r="1048576"', "行"),
        (SECOND, '<c r="A2"', '<c r="XFD2"', "列"),
    ],
)
def test_what_a_reader_of_values_would_not_see_is_refused(
    sheets: Sheets, book: Book, refused: Refused, *, part: str, old: str, new: str, word: str
) -> None:
    assert any(word in text for text in refused(changed(book(sheets), part, old, new)).values())


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("xl/externalLinks/externalLink1.xml", "链接"),
        ("xl/vbaProject.bin", "宏"),
        ("xl/embeddings/oleObject1.bin", "嵌入"),
    ],
)
def test_links_macros_and_embedded_files_are_refused(
    sheets: Sheets, book: Book, refused: Refused, name: str, word: str
) -> None:
    target = io.BytesIO(book(sheets))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(name, b"x")
    assert word in refused(target.getvalue())["文件"]


def test_a_bomb_of_zeros_and_a_foreign_archive_are_refused(refused: Refused) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(9):
            package.writestr(f"xl/worksheets/sheet{number}.xml", b"\0" * (8 << 20))
    assert len(target.getvalue()) < 1 << 20
    assert refused(target.getvalue())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", b"<x/>")
    assert "不是 Excel" in refused(target.getvalue())["文件"]


def test_a_locked_or_old_workbook_is_told_what_to_do(refused: Refused) -> None:
    assert "密码" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)["文件"]


@pytest.mark.parametrize("name", ["订单", "[Content_Types].xml"])
def test_damage_anywhere_in_a_workbook_is_a_refusal(name: str) -> None:
    payload = bytearray(written(samples.sample_order(1), XLSX))
    for start in range(60, len(payload), 997):
        broken = bytearray(payload)
        broken[start : start + 8] = b"\xff" * 8
        try:
            read = order_of(bytes(broken))
        except (OrderRefused, Unfinished):
            continue
        assert read.order_no == samples.sample_order(1)["order_no"], name


def test_the_shipped_example_has_a_place_for_every_value() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(samples.sample_order(1), XLSX)))
    assert book.sheetnames == [
        "订单",
        "审批意见",
        "费用明细",
        "付款计划",
        "交付节点",
        "验收项目",
        "填写说明",
    ]
    lists = book["订单"].data_validations.dataValidation
    assert any("增值税专用发票" in each.formula1 for each in lists)
    assert book["费用明细"].data_validations.dataValidation[0].sqref
    (reading,) = read_all(written(samples.sample_order(1), XLSX))
    placed = {path for path, _ in leaves_in(reading.content.tree) if path != "schema"}
    assert all("!" in reading.content.places.of(path) for path in placed if "risks" not in path)
    assert json.dumps(reading.content.tree, ensure_ascii=False)
