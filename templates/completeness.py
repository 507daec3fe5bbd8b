"""Completeness: the clauses a standard text must have (regulation P-302, 民法典第四百七十条)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from templates.catalogue import Template
from templates.folding import fold
from templates.reading import paragraphs_of

CONTRACT_TOPICS = {
    "业务范围（标的）": "业务范围|服务范围|标的|货物|租赁物|委托事项|承揽|工程范围|技术内容",
    "服务标准（质量）": "服务标准|质量|验收标准|技术指标",
    "交付时间（履行期限）": "期限|期间|交付时间|工期",
    "费用支付方式（价款、报酬）": "付款|支付方式|支付期限|结算方式",
    "违约责任": "违约责任",
    "价款或者报酬": "价款|报酬|租金|费用|酬金",
    "数量": "数量|份额|面积",
    "履行地点和方式": "地点|场所",
    "解决争议的方法": "争议",
    "当事人的姓名或者名称和住所": "住所|地址",
}
"""What a contract of whatever type speaks of, and the words for it that suit one type or other.

The first five are the regulation's own (P-302), the others what the Civil Code adds (470).
"""

# What stands before the words of a heading: 第一条, 一、, 1.2, （1）.
_NUMBERING = re.compile(
    r"(?:第[〇零一二三四五六七八九十百]+[条章节]|[一二三四五六七八九十]+、"
    r"|[0-9]+(?:\.[0-9]+)*[.、]?|[（(][0-9一二三四五六七八九十]+[）)])"
)


def missing_clauses(template: Template) -> tuple[str, ...]:
    """Return what the text of `template` lacks, in the order asked for; empty where complete.

    A required clause stands where a paragraph or a cell begins with it, numbering and blanks
    aside: a mention in the middle of another clause does not make it one. A contract must speak
    of every item of the regulation and the Civil Code as well. Raises DocumentUnreadable.
    """
    return clauses_missing_in(
        paragraphs_of(template.path.read_bytes()), template.kind, template.required_clauses
    )


def clauses_missing_in(
    texts: Iterable[str], kind: str, required: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what a text of `kind` lacks of the `required` clauses and of the law's items."""
    lines = [fold(text) for text in texts]
    return (*_absent(required, lines), *_silent(kind, lines))


def _absent(clauses: tuple[str, ...], lines: list[str]) -> Iterator[str]:
    begun = [(line, _NUMBERING.sub("", line, count=1)) for line in lines]
    for clause in clauses:
        wanted = fold(clause)
        if not any(bare.startswith(wanted) or line.startswith(wanted) for line, bare in begun):
            yield clause


def _silent(kind: str, lines: list[str]) -> Iterator[str]:
    if kind != "contract":
        return
    whole = "\n".join(lines)
    for topic, names in CONTRACT_TOPICS.items():
        if not re.search(names, whole):
            yield topic
