"""Signing page: page numbers, the document's number, and the end of the text (K19)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from templates.checks.remarks import block
from templates.errors import Finding
from templates.fitting.findings import WHOLE
from templates.fitting.layout import instructions_of
from templates.fitting.places import Line

_NUMBER: Final = re.compile(r"\{\{\s*\w+\.no\s*\}\}")
_NOTHING_HERE: Final = re.compile("[此本]页无正文")
_END: Final = "以下无正文"


def check_pages(lines: Sequence[Line], kind: str) -> Iterator[Finding]:
    """Yield what would let a page be taken out or put in: page x of N, number, end of text."""
    margins = [line for line in lines if line.kind in {"header", "footer"}]
    instructions = " ".join(map(instructions_of, margins))
    if not re.search(r"\bPAGE\b", instructions) or "NUMPAGES" not in instructions:
        yield block("K19", WHOLE, "页眉页脚没有“第 x 页 共 N 页”；请插入页码和总页数域")
    if not any(_NUMBER.search(line.text) for line in margins):
        yield block("K19", WHOLE, "页眉页脚没有编号，散页无法归位；请插入编号字段")
    if kind != "contract":
        return
    body = [line for line in lines if line.kind == "body"]
    if not any(_END in line.text for line in body):
        yield block("K19", WHOLE, "正文末尾没有“（以下无正文）”，签署处之前可被加写；请补写")
    for line in body:
        if _NOTHING_HERE.search(line.text) and not _NUMBER.search(line.text):
            message = f"“此页无正文”没有写明属于哪份合同：{line.at()}；请加上编号字段"
            yield block("K19", WHOLE, message)
