"""YAML text: the plain part of YAML that says one thing only, every scalar kept as written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from pipeline.intake.content import WHOLE_FILE, Content, Step
from pipeline.intake.refusal import OrderRefused, path_of
from pipeline.intake.unfinished import Unfinished
from templates.errors import Finding, Level

MOST_DEPTH = 32

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass(slots=True)
class _Part:
    """A mapping or list being read; `key` is the key whose value comes next."""

    content: dict[str, Any] | list[Any]
    steps: tuple[Step, ...]
    key: str | None = None


def content_of(payload: bytes) -> Content:
    """Return what the YAML file says; raises OrderRefused, and Unfinished where it is cut.

    Numbers, days and codes stay the text they were written as, so that nothing is lost: the
    order's form decides what each of them is. Aliases, anchors and tags are refused. The last
    line must end with a line break.
    """
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        raise _refused("文字编码不是 UTF-8；请另存为 UTF-8 编码后重新投放") from error
    if not text.endswith("\n"):
        raise Unfinished("最后一行没有换行，文件可能不完整")
    try:
        return _Reading(text.splitlines()).of(yaml.parse(text, Loader=_LOADER))
    except yaml.reader.ReaderError as error:
        raise _refused("含有 YAML 不允许的控制字符；请删除后重新投放") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is not None and mark.line >= text.rstrip().count("\n") + 1:
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        where = f"第 {mark.line + 1} 行" if mark is not None else WHOLE_FILE
        raise _refused("附近不是合法的 YAML；请检查缩进、冒号和引号", where) from error


class _Reading:
    """Puts events together into a tree, and notes the line of every value."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._content = Content()
        self._stack: list[_Part] = []
        self._root: Any = None
        self._documents = 0

    def of(self, events: Iterator[yaml.Event]) -> Content:
        for event in events:
            self._take(event)
        if not isinstance(self._root, dict):
            raise _refused("不是一份订单：最外层应为一组“字段: 内容”")
        self._content.tree = self._root
        return self._content

    def _take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        place = f"第 {mark.line + 1} 行" if mark is not None else WHOLE_FILE
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _refused("一份文件只能有一份订单（出现了第二个 ---）；请分开投放", place)
        elif isinstance(event, yaml.AliasEvent):
            raise _refused("不支持引用（*）；请将内容写全", place)
        elif isinstance(event, yaml.NodeEvent):
            if event.anchor is not None:
                raise _refused("不支持锚点（&）；请将内容写全，以 & 开头的文字请加引号", place)
            if getattr(event, "tag", None) not in {None, "!"}:
                raise _refused("不支持类型标记（!）；以 ! 开头的文字请加引号", place)
            self._node(event, place)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()

    def _node(self, event: yaml.NodeEvent, place: str) -> None:
        part = self._stack[-1] if self._stack else None
        if part is not None and isinstance(part.content, dict) and part.key is None:
            self._key(part, event, place)
            return
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            self._remark_comment(event, place)
            is_null = not event.style and event.value in _NULLS
            value = None if is_null else event.value
        else:
            value = {} if isinstance(event, yaml.MappingStartEvent) else []
        steps = self._add(part, value, place)
        if not isinstance(event, yaml.ScalarEvent):
            self._stack.append(_Part(value, steps))
            if len(self._stack) > MOST_DEPTH:
                raise _refused("嵌套层次过深，不是订单文件", place)

    def _remark_comment(self, event: yaml.ScalarEvent, place: str) -> None:
        """Tell what a # cuts off an unquoted value: “A4 #2” says A4 alone."""
        end = event.end_mark
        if not event.style and event.value and end is not None and end.line < len(self._lines):
            rest = self._lines[end.line][end.column :].strip()
            if rest.startswith("#"):
                words = f"“{rest[:60]}”是注释，不属于内容；属于内容的，请将整个值加引号"
                self._content.remark(place, words)

    def _key(self, part: _Part, event: yaml.NodeEvent, place: str) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _refused("字段名应为文字", place)
        if event.value == "<<":
            raise _refused("不支持合并键（<<）；请将内容写全", place)
        if event.value in part.content:
            message = f"字段“{event.value[:40]}”出现两次，无法判断以哪一个为准；请保留一个"
            raise _refused(message, place)
        part.key = event.value

    def _add(self, part: _Part | None, value: Any, place: str) -> tuple[Step, ...]:
        """Write `value` where it belongs and return the steps to it."""
        if part is None:
            self._root = value
            return ()
        if isinstance(part.content, list):
            steps: tuple[Step, ...] = (*part.steps, len(part.content))
            part.content.append(value)
        else:
            steps = (*part.steps, str(part.key))
            part.content[str(part.key)] = value
            part.key = None
        path = path_of(steps)
        self._content.places.note(path, f"{place}（{path}）")
        return steps


def _refused(message: str, place: str = WHOLE_FILE) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])
