"""True content: whether the text, the decisions and the seals are of one paper (真实性: 内容)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pipeline.fourfold.exhibit import SEALED, Exhibit, Row
from pipeline.fourfold.means import Means
from pipeline.fourfold.toldby import approvals_untold, requests_untold, uses_untold
from pipeline.fourfold.verdicts import Verdict, judged, not_applicable

_PARTIES: Final = (("party_a", "甲方"), ("party_b", "乙方"))
_TOTAL: Final[Mapping[str, str]] = {"contract": "amount.total", "change": "amend.after_total"}
"""Where a paper of a kind prints the price its metadata says."""
_DAYS: Final = (("start", "服务开始日"), ("end", "服务结束日"))
_NOTHING: Final = "卷内没有用印的文书"


def says_so(exhibit: Exhibit, means: Means) -> Verdict:
    """ZS11: number, parties, amount and dates stand in the text of the sealed PDF."""
    compared: list[str] = []

    def problems() -> Iterator[str]:
        for item in exhibit.sealed_items():
            text, source = _text_of(exhibit, means, item)
            for name, wanted in _wanted(exhibit, item):
                if _folded(wanted) not in text:
                    yield f"{item['number']}：{source}中没有{name} {wanted}"
                else:
                    compared.append(f"{item['number']} {name} {wanted}")

    found = list(problems())
    return judged(found, *compared) if found or compared else not_applicable(_NOTHING)


def _text_of(exhibit: Exhibit, means: Means, item: Row) -> tuple[str, str]:
    file = exhibit.file(item, SEALED)
    if file is not None and file["path"] in exhibit.files:
        facts = means.facts(exhibit.content(file["path"]))
        if facts is not None:
            return _folded("".join(facts["text"])), "PDF 文字"
    text = exhibit.file(item, "text")
    content = exhibit.content(text["path"]) if text and text["path"] in exhibit.files else b""
    return _folded(content.decode(errors="replace")), "正文"


def _wanted(exhibit: Exhibit, item: Row) -> Iterator[tuple[str, str]]:
    """Yield what the metadata says of values the template prints, as its proof names them."""
    described, printed = item["description"], _printed(exhibit, item)
    yield "编号", item["number"]
    for key, word in _PARTIES:
        name = _in(described, key, "name")
        if name and f"{key}.name" in printed:
            yield word, name
    total = _in(described, "amount", "total")
    if total and _TOTAL.get(item["kind"]) in printed:
        yield "金额", _money(total)
    for key, word in _DAYS:
        day = _in(described, "service", key)
        if day and item["kind"] == "contract" and f"service.{key}_cn" in printed:
            yield word, _day(day)


def _printed(exhibit: Exhibit, item: Row) -> frozenset[str]:
    """Return the fields the paper was proved to print; none where there is no proof."""
    file = exhibit.file(item, "proof")
    if file is None or file["path"] not in exhibit.files:
        return frozenset()
    proof = json.loads(exhibit.content(file["path"]))
    return frozenset(field["path"] for field in proof.get("fields", ()))


def _in(described: Mapping[str, Any], group: str, key: str) -> str:
    found = described.get(group)
    return str(found.get(key) or "") if isinstance(found, Mapping) else ""


def _money(text: str) -> str:
    try:
        return f"{Decimal(text):,.2f}"
    except InvalidOperation:
        return text


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def decided(exhibit: Exhibit, _means: Means) -> Verdict:
    """ZS12: the decisions in force name exactly these terms, and are those the history tells."""
    compared: list[str] = []

    def problems() -> Iterator[str]:
        for item in exhibit.sealed_items():
            digest = item["description"].get("terms_digest")
            if exhibit.paper(item).get("terms_digest") != digest:
                yield f"{item['number']}：文书登记的文本摘要与元数据不一致"
            yield from approvals_untold(exhibit, item)
            given = [row for row in exhibit.rows("approvals", item) if not row["voided_at"]]
            named = [row for row in given if row["terms_digest"] == digest]
            if not named:
                yield f"{item['number']}：{len(given)} 个审批意见都不针对文本 {digest}"
            else:
                people = "、".join(row["person"] for row in named)
                compared.append(f"{item['number']}：{people} 的意见针对文本 {digest}")

    found = list(problems())
    return judged(found, *compared) if found or compared else not_applicable(_NOTHING)


def stamped(exhibit: Exhibit, _means: Means) -> Verdict:
    """ZS13: the book of seals has a use for exactly this file, as the history tells it."""
    compared: list[str] = []

    def problems() -> Iterator[str]:
        for item in exhibit.sealed_items():
            uses = exhibit.rows("seal_uses", item)
            kept = {file["sha256"] for file in item["files"]}
            if not uses:
                yield f"{item['number']}：用印登记中没有记录"
            yield from requests_untold(exhibit, item)
            yield from uses_untold(exhibit, item)
            for use in uses:
                if use["sealed_sha256"] not in kept:
                    yield f"{use['number']}：所盖文件 {use['sealed_sha256']} 不是本件的文件"
                elif use["pages"] != item["pages"]:
                    yield f"{use['number']}：用印 {use['pages']} 页，本件 {item['pages']} 页"
                else:
                    compared.append(f"{use['number']}（{use['seal_code']}）盖于本件")

    found = list(problems())
    return judged(found, *compared) if found or compared else not_applicable(_NOTHING)
