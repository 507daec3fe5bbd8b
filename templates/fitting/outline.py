"""Outline: the articles, clauses and annexes of a text, and what refers to them (K12)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from templates.checks.places import Said
from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.fitting.findings import WHOLE

_NUMERALS = "〇零一二三四五六七八九十百"
_HEADING = re.compile(rf"第([{_NUMERALS}]+)条(?=[\s　])")
_CLAUSE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})(?=[^0-9.])")
_ANNEX_HEADING = re.compile(rf"附件([{_NUMERALS}]+)[\s　]+[^。，；]{{1,40}}")
_ANNEX = re.compile(rf"附件([{_NUMERALS}]+)")
_ARTICLE_REFERENCE = re.compile(rf"第([{_NUMERALS}]+)条")
_CLAUSE_REFERENCE = re.compile(
    r"(?<![0-9.])([0-9]{1,2}\.[0-9]{1,2})(?= ?(?:条|款|项|所列|所述|约定|规定))"
)
# 《民法典》第五百零六条 is an article of a law, not of this text.
_OF_A_LAW = re.compile(r"(?:》|法|法典|条例|规定|办法|规则|解释)[^，。；]*$")


@dataclass(frozen=True, slots=True)
class Outline:
    """The numbers of a text's articles and clauses in order, and its annexes by numeral."""

    lines: tuple[str, ...]
    articles: tuple[int, ...]
    clauses: tuple[tuple[int, int], ...]
    annexes: tuple[str, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Outline:
        """Return the outline of a text, one paragraph each."""
        lines = tuple(text.strip() for text in texts if text.strip())
        heads = [found for line in lines if (found := _HEADING.match(line))]
        clauses = [found for line in lines if (found := _CLAUSE.match(line))]
        annexes = [found for line in lines if (found := _ANNEX_HEADING.fullmatch(line))]
        return cls(
            lines=lines,
            articles=tuple(number_of(found[1]) for found in heads),
            clauses=tuple((int(found[1]), int(found[2])) for found in clauses),
            annexes=tuple(found[1] for found in annexes),
        )


def check_outline(outline: Outline) -> Iterator[Finding]:
    """Yield numbers that do not follow each other, and references that lead nowhere."""
    if outline.articles and outline.articles != tuple(range(1, len(outline.articles) + 1)):
        listed = "、".join(map(str, outline.articles))
        yield block("K12", WHOLE, f"条的序号不连续（{listed}）；请重新编号并核对引用")
    if outline.articles:
        yield from _clause_numbers(outline)
    for line in outline.lines:
        for problem in _dangling(line, outline):
            yield block("K12", WHOLE, f"{problem}：“{line[:40]}”；请核对引用")
    whole = "\n".join(line for line in outline.lines if not _ANNEX_HEADING.fullmatch(line))
    for annex in outline.annexes:
        if f"附件{annex}" not in whole:
            yield block("K12", WHOLE, f"附件{annex}在正文中没有列明；请补入附件清单")


def check_references(
    outline: Outline, said: Iterable[Said], further: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield where texts of an order refer to what the text of the template does not have.

    `further` are annexes the order itself adds, by numeral.
    """
    known = Outline(outline.lines, outline.articles, outline.clauses, (*outline.annexes, *further))
    for each in said:
        for problem in _dangling(each.text, known):
            # A text without articles or annexes of its own may number them otherwise.
            is_sure = bool(outline.annexes if "附件" in problem else outline.articles)
            say = block if is_sure else warn
            yield say("K12", each.place, f"{problem}；请按所用模板改正引用")


def annexes_named(text: str) -> tuple[str, ...]:
    """Return the annexes `text` names, by numeral."""
    return tuple(_ANNEX.findall(text))


def number_of(numeral: str) -> int:
    """Return the number a Chinese numeral below 1,000 writes: 第一百零二条 is 102."""
    total = digit = 0
    for char in numeral:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        elif char not in "〇零":
            digit = "一二三四五六七八九".index(char) + 1
    return total + digit


def _clause_numbers(outline: Outline) -> Iterator[Finding]:
    for (article, before), (next_article, number) in pairwise(((0, 0), *outline.clauses)):
        expected = before + 1 if next_article == article else 1
        if number != expected:
            problem = f"{next_article}.{number} 之前缺少 {next_article}.{expected}，或序号重复"
            yield block("K12", WHOLE, f"{problem}；请重新编号并核对引用")


def _dangling(text: str, outline: Outline) -> Iterator[str]:
    for found in _ARTICLE_REFERENCE.finditer(text):
        is_heading = found.start() == 0 and _HEADING.match(text)
        if is_heading or _OF_A_LAW.search(text[: found.start()]):
            continue
        if outline.articles and number_of(found[1]) not in outline.articles:
            yield f"所引的第{found[1]}条不存在"
    for found in _CLAUSE_REFERENCE.finditer(text):
        article, _, number = found[1].partition(".")
        if outline.clauses and (int(article), int(number)) not in outline.clauses:
            yield f"所引的 {found[1]} 不存在"
    for annex in _ANNEX.findall(text):
        if annex not in outline.annexes:
            yield f"所引的附件{annex}不存在"
