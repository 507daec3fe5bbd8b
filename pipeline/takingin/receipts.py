"""Receipts: what the archive confirms it took in, as Word file, workbook, text (接收凭据)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from archive.days import business_day
from pipeline.dossierforms import runs_of
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

_TITLE: Final = "档案接收凭据"
_MOST_LISTED: Final = 200
"""Files not taken in that a receipt names one by one; the workbook names all."""
_COLUMNS: Final = (
    ("序号", 6),
    ("档号", 32),
    ("题名", 46),
    ("原档号", 20),
    ("合同编号", 22),
    ("文件", 44),
    ("格式", 8),
    ("页数", 7),
    ("字节数", 12),
    ("SHA-256", 68),
    ("文字识别", 14),
    ("不详", 26),
    ("说明", 40),
)
_WORDS: Final = {
    "pending": "未做文字识别",
    "done": "已识别",
    "none": "不需要",
    "failed": "识别未成",
}


def receipt_document(said: Mapping[str, Any]) -> bytes:
    """Return the receipt of an accession as a Word file to print and sign."""
    facts = tuple((_cell(name), _cell(value)) for name, value in _facts(said))
    blocks: list[Paragraph | Table] = [
        Paragraph(Style.TITLE, (Words(_TITLE),)),
        Table(columns=(38.0, 122.0), rows=facts, align="cl", head=0),
    ]
    for name, rows in (
        ("未接收的文件和目录行", "rejected"),
        ("重复、未再接收的文件", "duplicates"),
    ):
        if said[rows]:
            blocks.append(Paragraph(Style.FLUSH, (Words(f"{name}："),), keeps_next=True))
            blocks.append(_refusals(said[rows]))
    more = max(len(said[rows]) for rows in ("rejected", "duplicates")) - _MOST_LISTED
    if more > 0:
        words = f"各表只列前 {_MOST_LISTED} 项，其余见接收清单（同案卷的 Excel 文件）。"
        blocks.append(Paragraph(Style.NOTE, (Words(words),)))
    blocks.append(
        Paragraph(
            Style.NOTE,
            (
                Words(
                    "注：接收的每个文件按原样保存，逐件记录 SHA-256 摘要；"
                    "目录没有写明的事项按不详著录，未作推断。逐件清单随本凭据归入同一案卷。"
                ),
            ),
        )
    )
    signed = tuple(_cell(word) for word in ("移交人（签字）：", "接收人（签字）：", "日期："))
    blocks.append(Table(columns=(55.0, 55.0, 50.0), rows=(signed,), align="lll", head=0))
    text = StandardText(
        sheets=(Sheet(is_landscape=False, blocks=tuple(blocks)),),
        header=(Words(f"{said['company']}　{_TITLE}　{said['number']}"),),
        footer=(
            Words("第 "),
            PageFigure("PAGE"),
            Words(" 页　共 "),
            PageFigure("NUMPAGES"),
            Words(" 页"),
        ),
    )
    closed = datetime.fromisoformat(said["closed_at"])
    return word_file(text, title=f"{_TITLE} {said['number']}", dated=business_day(closed))


def register_workbook(said: Mapping[str, Any]) -> bytes:
    """Return every file of an accession as XLSX: every text a text, so that nothing runs."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    made = datetime.fromisoformat(said["closed_at"]).replace(tzinfo=None)
    book.set_properties({"title": f"接收清单 {said['number']}", "created": made})
    plain = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True, "border": 1}
    text = book.add_format(plain | {"num_format": "@"})
    head = book.add_format(plain | {"bold": True, "bg_color": "#E7E6E6"})
    figure = book.add_format(plain | {"num_format": "0"})
    sheet = book.add_worksheet("接收清单")
    for column, (word, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, word, head)
    for row, values in enumerate(_lines(said), 1):
        for column, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(row, column, value, figure)
            else:
                sheet.write_string(row, column, value, text)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    _refused_sheet(book, said, text, head)
    book.close()
    return target.getvalue()


def receipt_text(said: Mapping[str, Any]) -> str:
    """Return the receipt as lines of text, for full-text search."""
    lines = [_TITLE, *(f"{name}：{value}" for name, value in _facts(said))]
    for rows in ("rejected", "duplicates"):
        lines += [f"未接收：{one['file']}　{one['reason']}" for one in said[rows][:_MOST_LISTED]]
    return "\n".join(lines) + "\n"


def _facts(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    counts = said["counts"]
    formats = "、".join(f"{word} {number} 件" for word, number in sorted(counts["formats"].items()))
    yield "接收号", said["number"]
    yield "移交方", said["source"]
    yield "接收单位", said["company"]
    yield "接收经办人", said["received_by"]
    yield "接收时间", said["closed_at"].replace("T", " ")
    yield "移交目录", said["catalogue"] or "无目录，按文件名著录"
    yield "原件存放处", said["originals_at"] or "不详"
    yield "接收数量", f"{counts['dossiers']} 卷　{counts['files']} 件　{counts['pages']} 页"
    yield "格式", formats
    yield "起止档号", "；".join(_spans(row["reference_code"] for row in said["accepted"]))
    yield "未做文字识别", f"{counts['unread']} 件"
    yield "未接收", f"{counts['rejected']} 项　重复 {counts['duplicates']} 件"


def _spans(codes: Iterable[str]) -> Iterator[str]:
    """Yield the volumes of each series, those that follow each other from first to last."""
    volumes: dict[str, set[int]] = {}
    for code in codes:
        series, volume, _item = code.rsplit("-", 2)
        volumes.setdefault(series, set()).add(int(volume))
    yield from (f"{series}-{runs_of(numbers)}" for series, numbers in volumes.items())


def _refusals(rows: list[Mapping[str, str]]) -> Table:
    head = (_cell("文件或目录行"), _cell("原因"))
    listed = tuple((_cell(one["file"]), _cell(one["reason"])) for one in rows[:_MOST_LISTED])
    return Table(columns=(70.0, 90.0), rows=(head, *listed), align="ll", head=1, is_small=True)


def _lines(said: Mapping[str, Any]) -> Iterator[tuple[str | int, ...]]:
    for number, row in enumerate(said["accepted"], 1):
        yield (
            number,
            row["reference_code"],
            row["title"],
            row["former_code"],
            row["contract_number"],
            row["file"],
            row["format"],
            row["pages"],
            row["bytes"],
            row["sha256"],
            _WORDS[row["recognition"]],
            "、".join(row["unknown"]),
            "；".join(row["remarks"]),
        )


def _refused_sheet(book: Any, said: Mapping[str, Any], text: Any, head: Any) -> None:
    sheet = book.add_worksheet("未接收和重复")
    for column, (word, width) in enumerate((("文件或目录行", 60), ("结果", 10), ("原因", 80))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, word, head)
    rows = [(one["file"], "未接收", one["reason"]) for one in said["rejected"]]
    rows += [(one["file"], "重复", one["reason"]) for one in said["duplicates"]]
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            sheet.write_string(row, column, value, text)


def _cell(text: str) -> Cell:
    return Cell((Words(text),))
