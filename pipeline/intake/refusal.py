"""Refusal: why a dropped file was not taken, in words a clerk understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from templates.errors import Finding, Level


class OrderRefused(Exception):
    """A dropped file cannot be accepted; carries every finding at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(map(_legible, findings))
        super().__init__("; ".join(f"{f.place}: {f.message}" for f in self.findings))


def _legible(finding: Finding) -> Finding:
    """Return `finding` with halves of pairs written out: no file or terminal takes them."""
    place, message = (
        text.encode("utf-8", "backslashreplace").decode()
        for text in (finding.place, finding.message)
    )
    return replace(finding, place=place, message=message)


_MESSAGES = {
    "missing": "缺少此项；请补充后重新投放",
    "extra_forbidden": "未知的字段名；请核对拼写，或将自有字段放入 extensions",
    "string_too_short": "不能为空；请填写，确无内容的填“无”",
    "string_too_long": "过长（最多 {max_length} 个字符）；请缩短",
    "string_type": "应为文字（加引号）",
    "decimal_parsing": "不是数字；金额请写成 596500.01 这样的形式，不带货币符号和文字",
    "decimal_max_places": "小数位过多（最多 {decimal_places} 位）；请核定后投放，本系统不代为舍入",
    "decimal_max_digits": "数字过大；请核对",
    "decimal_whole_digits": "数字过大；请核对",
    "decimal_type": "应为数字",
    "finite_number": "不是有效数字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "too_short": "至少要有 {min_length} 项，现有 {actual_length} 项",
    "too_long": "最多 {max_length} 项，现有 {actual_length} 项；请拆分",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "date_from_datetime_parsing": "不是有效日期；请写成 2026-03-15",
    "date_from_datetime_inexact": "应为日期而非时刻；请写成 2026-03-15",
    "date_parsing": "不是有效日期；请写成 2026-03-15",
    "date_type": "应为日期；请写成 2026-03-15",
    "datetime_parsing": "不是有效时刻；请写成 2026-03-15T09:30:00+08:00",
    "datetime_from_date_parsing": "不是有效时刻；请写成 2026-03-15T09:30:00+08:00",
    "datetime_type": "应为时刻；请写成 2026-03-15T09:30:00+08:00",
    "timezone_aware": "时刻缺少时区；请在末尾加 +08:00",
    "bool_type": "应为 true 或 false",
    "model_type": "应为一组字段 {{…}}",
    "model_attributes_type": "应为一组字段 {{…}}",
    "dict_type": "应为一组字段 {{…}}",
    "list_type": "应为列表 […]",
    "tuple_type": "应为列表 […]",
    "string_pattern_mismatch": "格式不对",
}


def refusal_of(error: ValidationError) -> OrderRefused:
    """Return `error` as a refusal, each place written as it stands in the file.

    A list whose rows are refused is not called too short as well.
    """
    details = error.errors(include_url=False)
    inner = {detail["loc"][:-1] for detail in details} | {detail["loc"][:-2] for detail in details}
    return OrderRefused(
        [
            _finding(detail)
            for detail in details
            if detail["type"] != "too_short" or detail["loc"] not in inner
        ]
    )


def _finding(detail: Mapping[str, object]) -> Finding:
    kind = str(detail["type"])
    context = detail.get("ctx")
    known = context if isinstance(context, dict) else {}
    if kind == "value_error":
        message = str(known.get("error", detail["msg"]))
    else:
        words = {name: str(each).replace(" or ", " 或 ") for name, each in known.items()}
        message = _MESSAGES.get(kind, "内容不符合要求").format_map(_Words(words))
    place = detail["loc"]
    path = path_of(place if isinstance(place, tuple) else ())
    return Finding(code="K00", level=Level.BLOCK, place=path, message=message)


class _Words(dict[str, str]):
    """The figures of a message; one the library did not give is left out."""

    def __missing__(self, key: str) -> str:
        return "…"


def path_of(steps: Iterable[object]) -> str:
    """Return ``items[2].qty`` for ("items", 2, "qty"); the whole file is 文件."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else str(step)
    return path or "文件"


def rule_of(finding: Finding) -> str:
    """Return code and title of the rule behind `finding`."""
    return f"{finding.code} {finding.title}".rstrip()


def reason_text(name: str, findings: Sequence[Finding]) -> str:
    """Return the reason file's text for the rejected file `name` (Chinese, plain lines)."""
    lines = [
        f"文件：{name}",
        "结果：未受理，原件已移入 rejected 文件夹；未用印，未归档。",
        "",
    ]
    for position, finding in enumerate(findings, 1):
        lines.append(f"{position}. 位置：{finding.place}　（检查项 {rule_of(finding)}）")
        lines.append(f"   问题与处理：{finding.message}")
        if finding.basis:
            lines.append(f"   依据：{finding.basis}")
    lines += ["", "改正后将文件重新放入 inbox 文件夹即可，无需删除本说明。", ""]
    return "\n".join(lines)
