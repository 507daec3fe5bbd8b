"""CSV text: one flat file as one grid, its blocks below each other under their titles."""

from __future__ import annotations

import csv
import io
import re

from pipeline.intake.content import WHOLE_FILE
from pipeline.intake.grids import Cell, Grid, Row
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from templates.errors import Finding, Level

MOST_LINES = 5000
MOST_COLUMNS = 200
_KEPT_TEXT = re.compile(r"""="((?:[^"]|"")*)"|'([0-9A-Za-z-]+)""")
_HIGH = re.compile(rb"[\x80-\xff]+")
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
                column: Cell(_plain(field, place), place)
                for column, field in enumerate(fields)
                if field.strip() and (place := f"第 {number} 行第 {column + 1} 列")
            }
            if cells:
                rows.append(Row(f"第 {number} 行", cells))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Unfinished("文件内容不完整（引号没有结束）") from error
        place = f"第 {last + 1} 行"
        raise _refused(place, "不是合法的 CSV；请检查引号，或重新导出") from error
    return (Grid("", WHOLE_FILE, tuple(rows)),)


def _plain(field: str, place: str) -> str:
    """Return what a field says: spreadsheets write ="0012" and '0012 to keep a text a text."""
    text = field.strip()
    kept = _KEPT_TEXT.fullmatch(text)
    if kept is not None:
        return (kept[1] or kept[2] or "").replace('""', '"')
    if text.startswith("="):
        raise _refused(place, "是公式，不是内容；请在表格软件中转为数值或文字后重新导出")
    return field


def text_of(payload: bytes) -> str:
    """Return the text, UTF-8 or else GB 18030, as spreadsheets here write it."""
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise Unfinished("文件内容不完整（结尾缺失）") from error
    try:
        return _of_one_encoding(payload).decode("gb18030")
    except UnicodeDecodeError as error:
        if error.reason == "incomplete multibyte sequence":
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        message = "文字编码既不是 UTF-8 也不是 GB 18030；请另存为“CSV UTF-8”后重新投放"
        raise _refused(WHOLE_FILE, message) from error


def _of_one_encoding(payload: bytes) -> bytes:
    """Return bytes that are not UTF-8 as a whole; refuses them where a part of them is.

    Read as GB 18030 such a part would be other characters, and nobody would be told.
    """
    for number, line in enumerate(payload.splitlines(), 1):
        if any(_in_utf8(run) for run in _HIGH.findall(line)):
            message = "文字编码前后不一（部分是 UTF-8，部分不是）；请另存为“CSV UTF-8”后重新投放"
            raise _refused(f"第 {number} 行", message)
    return payload


def _in_utf8(run: bytes) -> bool:
    """Return whether letters beyond ASCII are two or more Chinese characters in UTF-8."""
    try:
        text = run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(text) > 1 and all("\u3000" <= char <= "\u9fff" or char > "\uff00" for char in text)


def delimiter_of(text: str) -> str:
    """Return what separates the fields: the mark that stands oftenest outside quotes."""
    plain = "".join(text[:65536].split('"')[::2])
    return max(DELIMITERS, key=plain.count)


def _refused(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])
