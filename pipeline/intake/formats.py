"""Formats: the forms an order file may have, told apart by what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.intake.content import WHOLE_FILE
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from templates.errors import Finding, Level

ACCEPTED = "JSON（.json）、YAML（.yaml、.yml）、Excel（.xlsx）、CSV（.csv）、UBL（.xml）"


@dataclass(frozen=True, slots=True)
class Format:
    """One form of file: what people call it, what it ends in, its media type."""

    name: str
    suffixes: tuple[str, ...]
    media_type: str

    @property
    def suffix(self) -> str:
        """Return what a file of this form is kept under."""
        return self.suffixes[0]


JSON = Format("JSON", (".json",), "application/json")
YAML = Format("YAML", (".yaml", ".yml"), "application/yaml")
XLSX = Format(
    "XLSX", (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
CSV = Format("CSV", (".csv", ".tsv", ".txt"), "text/csv")
UBL = Format("UBL", (".xml",), "application/xml")
FORMATS = (JSON, YAML, XLSX, CSV, UBL)
SUFFIXES = tuple(suffix for each in FORMATS for suffix in each.suffixes)

_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "这是旧版 .xls 或加密的 Office 文件；请去掉密码并另存为 .xlsx"),
    (b"%PDF", "这是 PDF 文件，不是订单数据"),
    (b"{\\rtf", "这是 RTF 文件，不是订单数据"),
    (b"\x1f\x8b", "这是压缩文件；请解压后投放其中的订单文件"),
    (b"Rar!", "这是压缩文件；请解压后投放其中的订单文件"),
    (b"7z\xbc\xaf", "这是压缩文件；请解压后投放其中的订单文件"),
)
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_YAML_LINE = re.compile(
    r"\s*(?:[A-Za-z_][\w.\-]*|\"[^\"]*\"|'[^']*')\s*:(?:\s|$)|---(?:\s|$)|%YAML"
)
_LOOKED_AT = 65536


def format_of(payload: bytes) -> Format:
    """Return the form of the file by its content; raises OrderRefused, and Unfinished when cut."""
    for start, message in _FOREIGN:
        if payload.startswith(start):
            raise _refused(f"{message}；可受理：{ACCEPTED}")
    if payload.startswith(b"PK"):
        return XLSX
    head = payload[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    if payload.startswith(_WIDE):
        if b"<" in payload[2:4]:
            return UBL
        raise _refused("文字编码是 UTF-16；请另存为 UTF-8 编码后重新投放")
    if head.startswith(b"<"):
        return UBL
    if head.startswith((b"{", b"[")) or (head.startswith(b'"') and b"\n" not in head):
        return JSON
    return _text_form(head, is_whole=payload.endswith((b"\n", b"\r")))


def _text_form(head: bytes, *, is_whole: bool) -> Format:
    text = head.decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if lines and _YAML_LINE.match(lines[0]):
        return YAML
    if any(mark in line for line in lines[:50] for mark in ",;\t"):
        return CSV
    message = f"看不出是哪种订单文件；可受理：{ACCEPTED}"
    if not is_whole:
        raise Unfinished(f"{message}；最后一行没有换行，也可能不完整")
    raise _refused(message)


def by_suffix(suffix: str) -> Format | None:
    """Return the form a file of this suffix claims to have."""
    return next((each for each in FORMATS if suffix.lower() in each.suffixes), None)


def _refused(message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, WHOLE_FILE, message)])
