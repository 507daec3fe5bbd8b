"""CSV text: one flat file as one grid, its blocks below each other under their titles."""

from __future__ import annotations

import csv
import io

from pipeline.intake.content import WHOLE_FILE
from pipeline.intake.grids import Cell, Grid, Row
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from templates.errors import Finding, Level

MOST_LINES = 5000
MOST_COLUMNS = 200
DELIMITERS = (",", ";", "\t")


def lines_in(payload: bytes) -> tuple[Grid, ...]:
    """Return the file as one grid; raises OrderRefused, and Unfinished where its end is missing.

    The last line must end with a line break: without it nobody can tell a whole file from
    one whose copying broke off.
    """
    text = text_of(payload)
    if not text.endswith(("\n", "\r")):
        raise Unfinished("最后一行没有换行，文件可能不完整")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    rows = []
    last = 0
    try:
        for fields in reader:
            number, last = last + 1, reader.line_num
            if last > MOST_LINES or len(fields) > MOST_COLUMNS:
                raise _refused(
                    f"第 {number} 行", f"超过 {MOST_LINES} 行或 {MOST_COLUMNS} 列，不是订单"
                )
            cells = {
                column: Cell(field, f"第 {number} 行第 {column + 1} 列")
                for column, field in enumerate(fields)
                if field.strip()
            }
            if cells:
                rows.append(Row(f"第 {number} 行", cells))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Unfinished("文件内容不完整（引号没有结束）") from error
        place = f"第 {last + 1} 行"
        raise _refused(place, "不是合法的 CSV；请检查引号，或重新导出") from error
    return (Grid("", WHOLE_FILE, tuple(rows)),)


def text_of(payload: bytes) -> str:
    """Return the text, UTF-8 or else GB 18030, as spreadsheets here write it."""
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise Unfinished("文件内容不完整（结尾缺失）") from error
    try:
        return payload.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.reason == "incomplete multibyte sequence":
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        message = "文字编码既不是 UTF-8 也不是 GB 18030；请另存为“CSV UTF-8”后重新投放"
        raise _refused(WHOLE_FILE, message) from error


def delimiter_of(text: str) -> str:
    """Return what separates the fields: the mark that stands oftenest outside quotes."""
    plain = "".join(text[:65536].split('"')[::2])
    return max(DELIMITERS, key=plain.count)


def _refused(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])
