"""Seal book file: the book of uses, wide for the screen and narrow for paper (用印登记簿)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archive.days import BUSINESS_ZONE
from pipeline.bookfile import Column, Page
from pipeline.sealuses import UseLine

_TITLE = "用印登记簿"
_WIDE = (
    (Column("用印编号", 29), "number"),
    (Column("用印时间", 36), "at"),
    (Column("印章编号", 20), "seal"),
    (Column("文件名称", 79), "title"),
    (Column("合同编号", 40), "document_number"),
    (Column("相对方", 50, may_be_blank=True), "counterparty"),
    (Column("页数", 11), "pages"),
    (Column("份数", 11), "copies"),
    (Column("加盖位置（每份）", 33, may_be_blank=True), "place"),
    (Column("申请人", 18), "requested_by"),
    (Column("批准人", 18), "approved_by"),
    (Column("用印人", 18), "keeper"),
    (Column("用印申请", 25, may_be_blank=True), "request"),
    (Column("盖前文件摘要（SHA-256）", 122), "file_sha256"),
    (Column("盖后文件摘要（SHA-256）", 122), "sealed_sha256"),
    (Column("审批内容摘要", 122, may_be_blank=True), "terms_digest"),
)
_NARROW = (
    Column("用印编号、时间", 27.0),
    Column("印章", 15.0, "c"),
    Column("文件名称、编号、相对方", 58.0),
    Column("页数、份数", 12.0, "c"),
    Column("加盖位置（每份）", 19.0, "c", may_be_blank=True),
    Column("申请人", 15.0, "c"),
    Column("批准人", 15.0, "c"),
    Column("用印人", 15.0, "c"),
    Column("盖前文件摘要（SHA-256）", 36.0),
    Column("盖后文件摘要（SHA-256）", 36.0),
)
_NOTE = "注：登记由系统在用印的同时写入，写入后不能更改或删除；印章为打印套章或电子签名。"


def wide_page(lines: Sequence[UseLine], *, scope: str, company: str, at: datetime) -> Page:
    """Return everything the book says, a column each, for a workbook."""
    return Page(
        title=_TITLE,
        name=_TITLE,
        columns=tuple(column for column, _ in _WIDE),
        rows=tuple(tuple(getattr(line, name) for _, name in _WIDE) for line in lines),
        said=(_said(lines, scope=scope, company=company, at=at),),
        is_landscape=True,
    )


def narrow_page(lines: Sequence[UseLine], *, scope: str, company: str, at: datetime) -> Page:
    """Return the book as it fits on landscape paper."""
    return Page(
        title=_TITLE,
        name=_TITLE,
        columns=_NARROW,
        rows=tuple(_narrow(line) for line in lines),
        said=(_said(lines, scope=scope, company=company, at=at),),
        note=_NOTE,
        is_landscape=True,
        is_small=True,
    )


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
