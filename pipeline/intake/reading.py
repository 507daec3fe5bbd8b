"""Reading: the bytes of a dropped file as a form, or a refusal that names the place."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Never

from pydantic import ValidationError

from pipeline.intake.forms import FORMS, Form
from pipeline.intake.refusal import OrderRefused, refusal_of
from templates.errors import Finding, Level

MAX_BYTES = 8 * 1024 * 1024
"""An order of 300 lines is under 100 kB; more than this is no order."""

_MAX_DEPTH = 32
_MOST_DIGITS = 20


class Unfinished(Exception):
    """The bytes end in the middle: perhaps the file is still being written."""


def read_form(payload: bytes) -> Form:
    """Return the paper asked for in `payload`; raises OrderRefused, and Unfinished when cut."""
    content = _load(payload)
    if not isinstance(content, dict):
        raise _refused("文件", "不是一份订单：最外层应为一组字段 {…}")
    schema = content.get("schema")
    form = FORMS.get(schema) if isinstance(schema, str) else None
    if form is None:
        known = "、".join(FORMS)
        raise _refused("schema", f"未注明或不认识的数据格式；应为 {known} 之一")
    try:
        return form.model_validate(content)
    except ValidationError as error:
        raise refusal_of(error) from error


def _load(payload: bytes) -> Any:
    if len(payload) > MAX_BYTES:
        raise _refused("文件", f"文件过大（超过 {MAX_BYTES // 1024 // 1024} MB），不是订单文件")
    if not payload.strip():
        raise Unfinished("文件是空的")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise Unfinished("文件内容不完整（结尾缺失）") from error
        raise _refused("文件", "文字编码不是 UTF-8；请另存为 UTF-8 编码后重新投放") from error
    if _depth(text) > _MAX_DEPTH:
        raise _refused("文件", "嵌套层次过深，不是订单文件")
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
        raise _refused("文件", message) from error


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
        raise _refused("文件", f"数字超出范围：{digits[:24]}") from error
    if number.is_finite() and abs(number.adjusted()) > _MOST_DIGITS:
        raise _refused("文件", f"数字超出范围：{digits[:24]}")
    return number


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise _refused("文件", f"数字过长：{digits[:20]}…；账号等号码请加引号写成文字")
    return int(digits)


def _no_constant(name: str) -> Never:
    raise _refused("文件", f"含有非数字的数值 {name}；请填写实际数字")


def _no_double_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        doubles = "、".join(sorted({name for name in names if names.count(name) > 1}))
        raise _refused(doubles, "同一字段出现两次，无法判断以哪一个为准；请保留一个")
    return content


def _refused(place: str, message: str) -> OrderRefused:
    return OrderRefused([Finding("K00", Level.BLOCK, place, message)])


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of `name`, one of FORMS."""
    schema = FORMS[name].model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = f"urn:{name.replace('/', ':')}"
    return schema
