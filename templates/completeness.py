"""Completeness: the clauses a standard text must have (regulation P-302, 民法典第四百七十条)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from templates.catalogue import Template
from templates.folding import fold
from templates.reading import paragraphs_of

# A contract of whatever type speaks of these, under the name that suits its type. The first
# five are the regulation's own, the others what the Civil Code adds to them.
_CONTRACT_TOPICS = {
    "业务范围（标的）": r"业务范围|服务范围|标的|货物|租赁物|委托事项|承揽|工程范围|技术内容",
    "服务标准（质量）": r"服务标准|质量|验收标准|技术指标",
    "交付时间（履行期限）": r"期限|期间|交付时间|工期",
    "费用支付方式（价款、报酬）": r"付款|支付(?:方式|期限)|结算方式",
    "违约责任": r"违约责任",
    "价款或者报酬": r"价款|报酬|租金|费用|酬金",
    "数量": r"数量|份额|面积",
    "履行地点和方式": r"地点|场所",
    "解决争议的方法": r"争议",
    "当事人的姓名或者名称和住所": r"住所|地址",
}
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
    lines = [fold(text) for text in paragraphs_of(template.path.read_bytes())]
    return (*_absent(template.required_clauses, lines), *_silent(template.kind, lines))


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
    for topic, names in _CONTRACT_TOPICS.items():
        if not re.search(names, whole):
            yield topic
