"""What a clerk sees in a workbook is what is taken; where the two differ, the cell is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from pipeline import samples
from pipeline.intake.formats import XLSX
from pipeline.intake.order import OrderForm
from pipeline.intake.reading import Reading, read_all
from pipeline.intake.shown import Ink, Look
from pipeline.writing.forms import written

Sheets = dict[str, list[list[Any]]]
Refused = Callable[[bytes], dict[str, str]]
Book = Callable[..., bytes]


def reading_of(payload: bytes) -> Reading:
    (reading,) = read_all(payload)
    return reading


def order_of(payload: bytes) -> OrderForm:
    form = reading_of(payload).form
    assert isinstance(form, OrderForm)
    return form


def edited(payload: bytes, edit: Callable[[Any], object]) -> bytes:
    """Return the workbook as a spreadsheet would save it after `edit`."""
    book = openpyxl.load_workbook(io.BytesIO(payload))
    edit(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def beside(sheet: Any, label: str) -> Any:
    """Return the cell beside `label`."""
    return next(row[1] for row in sheet.iter_rows() if row[0].value == label)


def below(sheet: Any, heading: str) -> Any:
    """Return the first cell below `heading`."""
    return next(sheet.cell(2, cell.column) for cell in sheet[1] if cell.value == heading)


def put(sheet: Any, label: str, value: float, number_format: str) -> None:
    cell = beside(sheet, label)
    cell.value, cell.number_format = value, number_format


def patched(payload: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """Return the workbook with the bytes of some of its parts changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            for start, change in changes.items():
                if name.startswith(start):
                    assert change(content) != content
                    content = change(content)
            after.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("number_format", "word"),
    [
        ('0.00"万元"', "万"),
        ('0!.0,"万"', "万"),
        ("#,##0.00,", "万、千"),
        ('#,##0"千元"', "万、千"),
        ('0.00"K"', "万、千"),
        ("[$$-409]#,##0.00", "外币"),
        ("[$¥-411]#,##0.00", "外币"),
        ('#,##0.00" USD"', "外币"),
        ("€#,##0.00", "外币"),
        (";;;", "不显示"),
        ('""', "不显示"),
        ('0.00"00"', "夹有数字"),
        ('"1"0.00', "夹有数字"),
        ("0.00E+00", "科学记数"),
        ("#,##0", "显示为 404493"),
        ("0%", "不是数字"),
    ],
)
def test_an_amount_shown_as_another_is_refused(
    sheets: Sheets, book: Book, refused: Refused, number_format: str, word: str
) -> None:
    def edit(workbook: Any) -> None:
        put(workbook["订单"], "含税总价", 404493.48, number_format)

    (message,) = refused(edited(book(sheets), edit)).values()
    assert word in message


@pytest.mark.parametrize(
    "number_format",
    [
        "General",
        "0.00",
        "#,##0.00",
        '"¥"#,##0.00',
        "[$¥-804]#,##0.00",
        '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
        '#,##0.00"元"',
        "#,##0.00;[Red]-#,##0.00",
        "#,##0.0000",
        "@",
    ],
)
def test_the_usual_formats_of_an_amount_are_taken(
    sheets: Sheets, book: Book, number_format: str
) -> None:
    def edit(workbook: Any) -> None:
        put(workbook["订单"], "含税总价", 404493.48, number_format)

    assert order_of(edited(book(sheets), edit)).amount.total == Decimal("404493.48")


def test_a_quantity_rounded_by_its_format_is_told_with_both_figures(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    def edit(workbook: Any) -> None:
        cell = below(workbook["费用明细"], "数量")
        cell.value, cell.number_format = 1.5, "0"

    assert "显示为 2，实际存放的是 1.5" in refused(edited(book(sheets), edit))["费用明细!F2"]


@pytest.mark.parametrize("heading", ["税率", "税率（%）"])
def test_per_cent_is_taken_as_shown_under_any_heading(
    sheets: Sheets, book: Book, heading: str
) -> None:
    def edit(workbook: Any) -> None:
        cell = below(workbook["费用明细"], "税率")
        cell.value, cell.number_format = 0.06, "0%"
        for other in workbook["费用明细"][1]:
            if other.value == "税率":
                other.value = heading
        put(workbook["订单"], "质保金比例（%）", 0.05, "0%")

    order = order_of(edited(book(sheets), edit))
    assert order.items[0].tax_rate == Decimal("0.06")
    assert order.warranty.retention_pct == 5


@given(
    fen=st.integers(0, 10**12),
    number_format=st.sampled_from(["0.00", "#,##0.00", "0.0", "0", "General", "0.00%"]),
)
def test_what_is_taken_is_what_is_shown(fen: int, number_format: str) -> None:
    value, look = Decimal(fen) / 100, Look(number_format)
    shown = f"{value:.{len(number_format.partition('.')[2].rstrip('%'))}f}"
    differs = number_format in {"0.0", "0"} and Decimal(shown) != value
    assert bool(look.problem_of_number(value)) == differs


@pytest.mark.parametrize(
    ("look", "word"),
    [
        ({"font": Font(strike=True)}, "删除线"),
        ({"font": Font(color="FFFFFFFF")}, "底色相同"),
        (
            {"font": Font(color="FF112233"), "fill": PatternFill("solid", fgColor="FF112233")},
            "底色相同",
        ),
        ({"number_format": '0;-0;0;""'}, "不显示"),
    ],
)
def test_text_nobody_sees_or_struck_out_is_refused(
    sheets: Sheets, book: Book, refused: Refused, look: dict[str, Any], word: str
) -> None:
    def edit(workbook: Any) -> None:
        for trait, value in look.items():
            setattr(workbook["交付节点"]["B2"], trait, value)

    assert word in refused(edited(book(sheets), edit))["交付节点!B2"]


def test_white_on_a_dark_ground_is_read(sheets: Sheets, book: Book) -> None:
    def edit(workbook: Any) -> None:
        for cell in workbook["交付节点"][1]:
            cell.font = Font(color="FFFFFFFF")
            cell.fill = PatternFill("solid", fgColor="FF1F4E78")

    assert len(order_of(edited(book(sheets), edit)).milestones) == len(sheets["交付节点"]) - 1


def rich(sheets: Sheets, **traits: Any) -> bytes:
    """Return a workbook in which a part of one text is set in its own way."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    own = book.add_format(traits)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if name == "交付节点" and (number, column) == (1, 1):
                    sheet.write_rich_string(number, column, own, "旧节点", "新节点")
                elif value is not None:
                    sheet.write(number, column, value)
    book.close()
    return target.getvalue()


def test_a_part_of_a_text_struck_out_is_refused(sheets: Sheets, refused: Refused) -> None:
    assert "删除线" in refused(rich(sheets, font_strikeout=True))["交付节点!B2"]
    assert order_of(rich(sheets, bold=True)).milestones[0].name == "旧节点新节点"


@pytest.mark.parametrize("flag", ['fullCalcOnLoad="1"', 'calcCompleted="0"'])
def test_a_result_nobody_reckoned_is_refused(sheets: Sheets, refused: Refused, flag: str) -> None:
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value == "404493.48":
                    sheet.write_formula(number, column, "=1", None, 404493.48)
                elif value is not None:
                    sheet.write(number, column, value)
    workbook.close()
    known = b'fullCalcOnLoad="1"'
    stale = {"xl/workbook.xml": lambda content: content.replace(known, flag.encode() + b" ")}
    messages = refused(patched(target.getvalue(), stale))
    assert any("不是最新" in message for message in messages.values())
    saved = {"xl/workbook.xml": lambda content: content.replace(known, b"")}
    assert order_of(patched(target.getvalue(), saved)).amount.total == Decimal("404493.48")


def test_a_formula_that_gives_nothing_is_a_blank_cell(sheets: Sheets, book: Book) -> None:
    place = {
        "xl/workbook.xml": lambda content: content.replace(b'fullCalcOnLoad="1"', b""),
        "xl/worksheets/sheet4.xml": lambda content: content.replace(
        b"</sheetData>",
        b'<row r="40"><c r="B40" t="str"><f>IF(1,"","x")</f><v></v></c></row></sheetData>',
    )}  # fmt: skip
    assert order_of(patched(book(sheets), place)).milestones


def test_a_sheet_that_cannot_be_found_is_not_left_out(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    lost = {
        "xl/_rels/workbook.xml.rels": lambda content: content.replace(
            b"worksheets/sheet3.xml", b"worksheets/elsewhere.xml"
        )
    }
    assert "内容找不到" in refused(patched(book(sheets), lost))["文件"]


def test_a_strict_workbook_is_looked_at_as_closely(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    def strict(content: bytes) -> bytes:
        return content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )

    every = dict.fromkeys(("xl/workbook.xml", "xl/worksheets/", "xl/styles.xml"), strict)
    payload = patched(book(sheets), every)
    assert order_of(payload) == order_of(book(sheets))
    hidden = {
        "xl/worksheets/sheet4": lambda content: content.replace(
            b'<row r="2"', b'<row hidden="1" r="2"'
        )
    }
    assert any("隐藏" in message for message in refused(patched(payload, hidden)).values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="3"', b'<row r="3" ht="0" customHeight="1"'),
        (
            b"<sheetData>",
            b'<cols><col min="3" max="3" width="0" customWidth="1"/></cols><sheetData>',
        ),
    ],
)
def test_a_row_or_column_of_no_size_is_hidden(
    sheets: Sheets, book: Book, refused: Refused, old: bytes, new: bytes
) -> None:
    thin = {"xl/worksheets/sheet4.xml": lambda content: content.replace(old, new)}
    assert any("隐藏" in message for message in refused(patched(book(sheets), thin)).values())


def test_a_part_of_the_order_in_two_sheets_is_refused(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    for row in sheets["交付节点"]:
        del row[0]
    sheets["里程碑"] = [list(row) for row in sheets["交付节点"]]
    assert "都是交付节点" in refused(book(sheets))["里程碑"]


def test_a_comment_and_a_text_box_are_told_and_our_own_hints_are_not(
    sheets: Sheets, book: Book
) -> None:
    def edit(workbook: Any) -> None:
        beside(workbook["订单"], "含税总价").comment = Comment("实际按另一金额签", "某人")

    reading = reading_of(edited(book(sheets), edit))
    assert any("实际按另一金额签" in note.message for note in reading.content.notes)
    own = reading_of(written(samples.sample_order(1), XLSX))
    assert not any("批注" in note.message for note in own.content.notes)


def test_every_problem_of_a_sheet_is_told_at_once(
    sheets: Sheets, book: Book, refused: Refused
) -> None:
    def edit(workbook: Any) -> None:
        workbook["交付节点"]["B2"].font = Font(strike=True)
        workbook["付款计划"]["B3"].font = Font(strike=True)

    assert set(refused(edited(book(sheets), edit))) == {"交付节点!B2", "付款计划!B3"}


def test_a_total_with_blanks_between_its_letters_is_a_total(sheets: Sheets, book: Book) -> None:
    lines = len(sheets["费用明细"]) - 1
    sheets["费用明细"].append(["合　计", *[None] * 9, samples.sample_order(1)["amount"]["total"]])
    assert len(order_of(book(sheets)).items) == lines


def test_ink_is_judged_on_its_own_ground() -> None:
    assert not Ink(colour="FFFFFF").problem_on("1F4E78")
    assert not Ink().problem_on("")
    assert Ink(colour="FFFFFF").problem_on("")
