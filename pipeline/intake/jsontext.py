"""JSON text: JSON read so that nothing is lost or guessed."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Never

from pipeline.intake.content import WHOLE_FILE, Content
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.unfinished import Unfinished
from templates.errors import Finding, Level

MOST_DEPTH = 32

_MOST_DIGITS = 20


def content_of(payload: bytes) -> Content:
    """Return what the JSON file says; raises OrderRefused, and Unfinished where it is cut."""
    tree = _load(payload)
    if not isinstance(tree, dict):
        raise _refused(WHOLE_FILE, "不是一份订单：最外层应为一组字段 {…}")
    return Content(tree=tree)


def _load(payload: bytes) -> Any:
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        raise _refused(WHOLE_FILE, "文字编码不是 UTF-8；请另存为 UTF-8 编码后重新投放") from error
    if _depth(text) > MOST_DEPTH:
        raise _refused(WHOLE_FILE, "嵌套层次过深，不是订单文件")
    try:
        return json.loads(
            text,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_no_double_keys,
        )
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or "Unterminated string" in error.msg:
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        message = (
            f"第 {error.lineno} 行第 {error.colno} 列附近不是合法的 JSON；请检查引号、逗号和括号"
        )
        raise _refused(WHOLE_FILE, message) from error


def _depth(text: str) -> int:
    """Return how deep brackets nest at most, brackets inside strings counted too."""
    depth = deepest = 0
    for char in text:
        if char in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "}]":
            depth -= 1
    return deepest


def _number(digits: str) -> Decimal:
    try:
        number = Decimal(digits)
    except InvalidOperation as error:
        raise _refused(WHOLE_FILE, f"数字超出范围：{digits[:24]}") from error
    if number.is_finite() and abs(number.adjusted()) > _MOST_DIGITS:
        raise _refused(WHOLE_FILE, f"数字超出范围：{digits[:24]}")
    return number


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise _refused(WHOLE_FILE, f"数字过长：{digits[:20]}…；账号等号码请加引号写成文字")
    return int(digits)


def _no_constant(name: str) -> Never:
    raise _refused(WHOLE_FILE, f"含有非数字的数值 {name}；请填写实际数字")


def _no_double_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        doubles = "、".join(sorted({name for name in names if names.count(name) > 1}))
        raise _refused(doubles, "同一字段出现两次，无法判断以哪一个为准；请保留一个")
    return content


def _refused(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])
