"""Seals: the bookmarks that say where each party's seal goes (T10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from templates.catalogue import FORMS
from templates.errors import Finding
from templates.fitting.findings import WHOLE, blocks
from templates.fitting.markup import attribute, every, name_of
from templates.fitting.places import Line
from templates.fitting.tags import Tagged, tags_of

SEALS = {"sealA": "甲方", "sealB": "乙方"}
"""The bookmark of each party's seal."""

_ONE_SIDED = {"authority": {"sealB": "委托人"}}

_OTHER = re.compile(r"[\W_]")


def seals_of(kind: str) -> Mapping[str, str]:
    """Return the bookmark of each seal that a paper of `kind` bears, and whose it is."""
    return {} if kind in FORMS else _ONE_SIDED.get(kind, SEALS)


def missing_seals(lines: Sequence[Line], kind: str) -> Iterator[Finding]:
    """Yield every seal place that is missing, doubled, or where no seal can find it."""
    marks = [(name, line) for line in lines for name in bookmarks_of(line)]
    for name, party in seals_of(kind).items():
        found = [line for mark, line in marks if mark == name]
        if not found:
            yield blocks("T10", WHOLE, f"缺少{party}盖章位置 {name}；{_how(name, party, marks)}")
        if len(found) > 1:
            places = "、".join(line.where for line in found)
            yield blocks(
                "T10", places, f"书签 {name} 有 {len(found)} 处，盖章位置不唯一；请只留一处"
            )
        for line in found:
            if problem := _unusable(line, lines):
                yield blocks("T10", line.at(), f"书签 {name} {problem}；请移到正文的签署栏")


def bookmarks_of(line: Line) -> tuple[str, ...]:
    """Return the names of the bookmarks that begin in a paragraph, or just before it."""
    names = [attribute(mark, "name") for mark in every(line.element, "bookmarkStart")
             if _paragraph_of(mark) is line.element]  # fmt: skip
    before = line.element.getprevious()
    while before is not None and name_of(before) in {"bookmarkStart", "bookmarkEnd"}:
        if name_of(before) == "bookmarkStart":
            names.append(attribute(before, "name"))
        before = before.getprevious()
    return tuple(name for name in names if name)


def _paragraph_of(mark: etree._Element) -> etree._Element | None:
    return next((a for a in mark.iterancestors() if name_of(a) == "p"), None)


def _how(name: str, party: str, marks: Sequence[tuple[str, Line]]) -> str:
    for other, line in marks:
        if _OTHER.sub("", other).casefold() == name.casefold():
            return f"{line.where}有书签 {other}，请改名为 {name}（区分大小写）"
    return (
        f"在 Word 中把光标放在签署栏“{party}（盖章）”处，选“插入”→“书签”，"
        f"书签名填 {name}（区分大小写），点“添加”"
    )


def _unusable(line: Line, lines: Sequence[Line]) -> str:
    if line.kind in ("header", "footer"):
        return "在页眉或页脚中，每页都有一处"
    if line.kind != "body":
        return "在脚注或尾注中"
    if line.in_box:
        return "在文本框中，制成 PDF 后位置会丢失"
    if _is_repeated(line, lines):
        return "在循环的标签或重复行中，填写后会丢失或重复"
    return ""


def _is_repeated(line: Line, lines: Sequence[Line]) -> bool:
    depth = 0
    for each in lines:
        does = [tag.does for tag in tags_of(each.text)]
        is_edge = Tagged.LOOP in does or Tagged.END in does
        depth += does.count(Tagged.LOOP)
        if (each is line or (each.row is not None and each.row is line.row and is_edge)) and (
            depth > 0 or is_edge
        ):
            return True
        depth -= min(depth, does.count(Tagged.END))
    return False
