"""Numbering: numbers Word counts itself, which stand in no text (T14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from templates.errors import Finding
from templates.fitting.findings import blocks
from templates.fitting.markup import attribute, child, every, is_on
from templates.fitting.places import Line
from templates.fitting.styles import Styles
from templates.wordfile import Wordfile

_SHOWN = 3
_HOW = (
    "在 Word 中选中这些段落，复制后在原处以“只保留文本”粘贴，编号即成为普通文字；"
    "或关闭自动编号，手工输入“第一条”“1.1”"
)


def counted_numbers(wordfile: Wordfile, lines: Sequence[Line], styles: Styles) -> Iterator[Finding]:
    """Yield the paragraphs that Word numbers, and legal-style levels (`isLgl`) among them."""
    levels = _levels(wordfile)
    numbered = [
        (line, level)
        for line in lines
        if line.text.strip()
        if (level := levels.get(_numbering(line, styles))) is not None and _is_seen(level)
    ]
    if numbered:
        places = "、".join(line.at() for line, _ in numbered[:_SHOWN])
        more = f"等 {len(numbered)} 段" if len(numbered) > _SHOWN else ""
        message = f"使用了自动编号，编号不在文字之中，无法核对和检索；{_HOW}"
        yield blocks("T14", places + more, message)
    for line, level in numbered:
        if is_on(child(level, "isLgl")):
            message = f"编号设了“正规形式编号”，打印时“1.1”会变成“一.1”；{_HOW}"
            yield blocks("T14", line.at(), message)
            return


def _levels(wordfile: Wordfile) -> dict[tuple[str, str], etree._Element]:
    kinds = {r.kind: r.target for r in wordfile.relations(wordfile.main)}
    if kinds.get("numbering") not in wordfile.parts:
        return {}
    root = wordfile.tree(kinds["numbering"])
    lists = {attribute(each, "abstractNumId"): each for each in every(root, "abstractNum")}
    found = {}
    for number in every(root, "num"):
        chosen = lists.get(attribute(child(number, "abstractNumId"), "val"))
        overrides = [child(each, "lvl") for each in every(number, "lvlOverride")]
        own = list(every(chosen, "lvl")) if chosen is not None else []
        for level in [*own, *(each for each in overrides if each is not None)]:
            place = (attribute(number, "numId") or "", attribute(level, "ilvl") or "0")
            found[place] = level
    return found


def _numbering(line: Line, styles: Styles) -> tuple[str, str]:
    holders = [line.element, *styles.of_paragraph(line.element)]
    given = [found for each in holders if (found := child(each, "pPr", "numPr")) is not None]
    number = next((n for each in given if (n := attribute(child(each, "numId"), "val"))), "0")
    level = next((n for each in given if (n := attribute(child(each, "ilvl"), "val"))), "0")
    return number, level


def _is_seen(level: etree._Element) -> bool:
    return bool((attribute(child(level, "lvlText"), "val") or "").strip())
