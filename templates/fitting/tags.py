"""Tags: what stands between braces in a paragraph, whole or broken (标签)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_OPENERS = re.compile(r"\{\{|\{%|\{#")
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_NAME = re.compile(r"\s*([A-Za-z_]\w*(?:\.\w+)*)\s*")
_CHINESE = re.compile(r"\s*([\w·.、（）()]*[\u4e00-\u9fff][\w·.、（）()]*)\s*")
_LOOP = re.compile(r"(tr|p) +for\s+(\w+)\s+in\s+(\w+(?:\.\w+)*)\s*")
_END = re.compile(r"(tr|p) +endfor\s*")
_BARE = re.compile(r"-?\s*(tr\b|p\b)?\s*(for|endfor)\b")
_UNIT = re.compile(r"(tr|p|tc|r)\s")
_STRAY = re.compile(r"\}\}|%\}|#\}")
_LOOKALIKE = re.compile(
    r"[｛{][｛{]|[｛{][%％]|\{ +[{%]|[｝}][｝}]|\$\{[^}]*\}|\{[A-Za-z_]\w*(?:\.\w+)+\}|«[^»]*»"
    r"|<<[^<>]+>>|《《[^》]+》》"
)


class Tagged(StrEnum):
    """What a tag does; BROKEN ones do nothing a template may do, `fault` says what is wrong."""

    FIELD = "field"
    LOOP = "loop"
    END = "end"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag at `start` to `end` of its paragraph.

    `name` is the field, or what a loop calls its row; `rows` the list a loop goes through;
    `unit` is tr for table rows, p for paragraphs.
    """

    does: Tagged
    start: int
    end: int
    name: str = ""
    rows: str = ""
    unit: str = ""
    fault: str = ""


def tags_of(text: str) -> tuple[Tag, ...]:
    """Return every tag of a paragraph in order, and everything that was meant to be one."""
    return tuple(_tags(text))


def _tags(text: str) -> Iterator[Tag]:
    at = 0
    while found := _OPENERS.search(text, at):
        yield from _strays(text, at, found.start())
        close = text.find(_CLOSERS[found[0]], found.end())
        following = _OPENERS.search(text, found.end())
        if close < 0 or (following and following.start() < close):
            at = following.start() if following else len(text)
            yield Tag(Tagged.BROKEN, found.start(), at, fault=_unclosed(text, found, at))
            continue
        at = close + 2
        yield _tag(found[0], text[found.end() : close], found.start(), at)
    yield from _strays(text, at, len(text))


def _unclosed(text: str, opener: re.Match[str], stop: int) -> str:
    closer = _CLOSERS[opener[0]]
    half = "，只写了一个 }" if closer[1] in text[opener.end() : stop] else ""
    return (
        f"标签以 {opener[0]} 开始，却没有以 {closer} 结束{half}；"
        f"请补上 {closer}，整个标签须写在同一段落、同一单元格内"
    )


def _strays(text: str, start: int, stop: int) -> Iterator[Tag]:
    plain = text[start:stop]
    for found in _STRAY.finditer(plain):
        fault = f"有 {found[0]} 却没有与它成对的开头；请补全或删去"
        yield Tag(Tagged.BROKEN, start + found.start(), start + found.end(), fault=fault)
    for found in _LOOKALIKE.finditer(plain):
        if _STRAY.fullmatch(found[0]):
            continue
        fault = (
            f"“{found[0]}”不是可填写的标签；请改用半角写成 {{{{ 字段名 }}}}，两个括号之间不留空格"
        )
        yield Tag(Tagged.BROKEN, start + found.start(), start + found.end(), fault=fault)


def _tag(opener: str, inner: str, start: int, end: int) -> Tag:
    if opener == "{#":
        return Tag(Tagged.BROKEN, start, end, fault="模板中不能有 {# … #} 注释；请删去")
    if opener == "{{":
        if named := _NAME.fullmatch(inner) or _CHINESE.fullmatch(inner):
            return Tag(Tagged.FIELD, start, end, name=named[1])
        return Tag(Tagged.BROKEN, start, end, fault=_fault_of_field(inner))
    if loop := _LOOP.fullmatch(inner):
        return Tag(Tagged.LOOP, start, end, name=loop[2], rows=loop[3], unit=loop[1])
    if ending := _END.fullmatch(inner):
        return Tag(Tagged.END, start, end, unit=ending[1])
    return Tag(Tagged.BROKEN, start, end, fault=_fault_of_statement(inner))


def _fault_of_field(inner: str) -> str:
    shown = inner.strip()
    if not shown:
        return "标签中没有字段名；请写成 {{ 字段名 }}"
    if _UNIT.match(inner):
        first = shown.split()[0]
        return f"“{shown}”的写法不支持；请去掉开头的 {first}，只写 {{{{ 字段名 }}}}"
    for sign, what in (("|", "过滤器（|）"), ("(", "函数调用"), ("（", "括号"), ("[", "方括号")):
        if sign in shown:
            return (
                f"“{shown}”中带有{what}；模板只原样填写字段，不作计算或改写，"
                "请只写 {{ 字段名 }}，格式由系统统一给出"
            )
    return (
        f"“{shown}”不是字段名；请改用半角英文字母、数字、下划线和半角句点，"
        "如 {{ party_a.name }}，不能有运算、引号、空格或全角符号"
    )


def _fault_of_statement(inner: str) -> str:
    shown = inner.strip()
    if _BARE.match(inner):
        return (
            f"循环标签“{{%{inner}%}}”的写法不对；重复表格行请写 {{%tr for 行名 in 列表 %}} 和 "
            "{%tr endfor %}（{% 与 tr 之间没有空格，tr 之后有一个空格），各占表格中单独的一行；"
            "重复段落则把 tr 换成 p，各占单独的一段"
        )
    if re.match(r"-?\s*(?:\w+\s+)?(if|elif|else|endif)\b", inner):
        return f"“{shown}”是条件；模板不作判断，文字须固定。不同的约定请做成不同的模板"
    return f"“{shown}”不是可用的标签；模板只能填写字段和重复表格行或段落"
