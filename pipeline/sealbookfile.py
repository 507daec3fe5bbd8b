"""Seal book file: the book of uses as a workbook, as a Word document or as a PDF/A (用印登记簿)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from archive.days import BUSINESS_ZONE, business_day
from pipeline.sealuses import UseLine
from templates.typesetting.blocks import (
    Cell,
    PageFigure,
    Paragraph,
    Sheet,
    StandardText,
    Style,
    Table,
    Words,
)
from templates.typesetting.wordfile import word_file

_TITLE = "用印登记簿"
_WIDE = (
    ("用印编号", 16, "number"),
    ("用印时间", 20, "at"),
    ("印章编号", 11, "seal"),
    ("文件名称", 44, "title"),
    ("合同编号", 22, "document_number"),
    ("相对方", 28, "counterparty"),
    ("页数", 6, "pages"),
    ("份数", 6, "copies"),
    ("加盖位置（每份）", 18, "place"),
    ("申请人", 10, "requested_by"),
    ("批准人", 10, "approved_by"),
    ("用印人", 10, "keeper"),
    ("用印申请", 14, "request"),
    ("盖前文件摘要（SHA-256）", 68, "file_sha256"),
    ("盖后文件摘要（SHA-256）", 68, "sealed_sha256"),
    ("审批内容摘要", 68, "terms_digest"),
)
_NARROW = (
    ("用印编号、时间", 27.0),
    ("印章", 15.0),
    ("文件名称、编号、相对方", 58.0),
    ("页数、份数", 12.0),
    ("加盖位置（每份）", 19.0),
    ("申请人", 15.0),
    ("批准人", 15.0),
    ("用印人", 15.0),
    ("盖前文件摘要（SHA-256）", 36.0),
    ("盖后文件摘要（SHA-256）", 36.0),
)


def as_workbook(lines: Sequence[UseLine], *, scope: str, company: str, at: datetime) -> bytes:
    """Return the book as XLSX: every text a text, so that nothing runs and no digit is lost."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    made = at.astimezone(BUSINESS_ZONE).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": _TITLE, "company": company, "created": made})
    plain = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True, "border": 1}
    text = book.add_format(plain | {"num_format": "@"})
    head = book.add_format(plain | {"bold": True, "bg_color": "#E7E6E6", "align": "center"})
    moment = book.add_format(plain | {"num_format": "yyyy-mm-dd hh:mm:ss"})
    figure = book.add_format(plain | {"num_format": "0"})
    big = book.add_format({"font_name": "宋体", "font_size": 16, "bold": True})
    small = book.add_format({"font_name": "宋体", "font_size": 10})
    sheet = book.add_worksheet(_TITLE)
    sheet.write_string(0, 0, _TITLE, big)
    sheet.write_string(1, 0, _said(lines, scope=scope, company=company, at=at), small)
    for column, (word, width, _) in enumerate(_WIDE):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, word, head)
    for row, line in enumerate(lines, 3):
        for column, (_, _, name) in enumerate(_WIDE):
            _write(sheet, row, column, getattr(line, name), (text, moment, figure))
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页　共 &N 页")
    if lines:
        sheet.autofilter(2, 0, 2 + len(lines), len(_WIDE) - 1)
    book.close()
    return target.getvalue()


def as_document(lines: Sequence[UseLine], *, scope: str, company: str, at: datetime) -> bytes:
    """Return the book as a Word document on landscape paper, its head on every page."""
    said = _said(lines, scope=scope, company=company, at=at)
    head = tuple(_cell(word) for word, _ in _NARROW)
    table = Table(
        columns=tuple(width for _, width in _NARROW),
        rows=(head, *(tuple(map(_cell, _narrow(line))) for line in lines)),
        align="lclcccccll",
        head=1,
        is_small=True,
    )
    blocks: tuple[Paragraph | Table, ...] = (
        Paragraph(Style.TITLE, (Words(_TITLE),)),
        Paragraph(Style.FLUSH, (Words(said),), keeps_next=True),
        table,
        Paragraph(
            Style.NOTE,
            (
                Words(
                    "注：登记由系统在用印的同时写入，写入后不能更改或删除；印章为打印套章或电子签名。"
                ),
            ),
        ),
    )
    text = StandardText(
        sheets=(Sheet(is_landscape=True, blocks=blocks),),
        header=(Words(f"{company}　{_TITLE}"),),
        footer=(
            Words("第 "),
            PageFigure("PAGE"),
            Words(" 页　共 "),
            PageFigure("NUMPAGES"),
            Words(" 页"),
        ),
    )
    return word_file(text, title=_TITLE, dated=business_day(at))


def _write(sheet: Any, row: int, column: int, value: object, formats: tuple[Any, Any, Any]) -> None:
    text, moment, figure = formats
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None, microsecond=0), moment)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, figure)
    else:
        sheet.write_string(row, column, str(value), text)


def _said(lines: Sequence[UseLine], *, scope: str, company: str, at: datetime) -> str:
    printed = f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
    return f"{company}　{scope}　共 {len(lines)} 条　{printed} 打印"


def _narrow(line: UseLine) -> tuple[str, ...]:
    return (
        f"{line.number}　{line.at:%Y-%m-%d %H:%M}",
        line.seal,
        f"{line.title}　{line.document_number}　{line.counterparty}",
        f"{line.pages} 页　{line.copies} 份",
        line.place,
        line.requested_by,
        line.approved_by,
        line.keeper,
        line.file_sha256,
        line.sealed_sha256,
    )


def _cell(text: str) -> Cell:
    return Cell((Words(text),))
