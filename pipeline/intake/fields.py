"""Fields: the types of values an incoming file may hold, refused in Chinese where off."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from templates.printable import is_printable

_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Variation selectors: nobody who types means one."""

_YEARS = range(1900, 2201)
"""Beyond them a day is a slip of the pen, and no clock of ours can reckon with it."""

_LOOK_ALIKES = re.compile("[\u2010-\u2015\u2212\u0370-\u03ff\u0400-\u052f\u1f00-\u1fff]")
"""Signs that make another number of what a reader takes for the same."""

_BREAKS = re.compile(r"[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]")


class Form(BaseModel):
    """A part of an incoming file; an unknown key is refused, because it may be a misspelt term."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _printable(text: str) -> str:
    """Return `text` if every character can stand in a document as it is."""
    if _BREAKS.search(text):
        raise ValueError("不能含换行或制表符；请写成一行")
    for position, char in enumerate(text, 1):
        if is_printable(char) and char not in _SELECTORS:
            continue
        what = "看不见" if unicodedata.category(char) in {"Cf", "Mn", "Lo", "Zs"} else "无法印出"
        raise ValueError(
            f"第 {position} 个字符（U+{ord(char):04X}）{what}；"
            "请删除或重新录入，私用区造字请换用国家标准收录的字形"
        )
    return text


def _plain_key(text: str) -> str:
    if re.search(r'[\\/:*?"<>|\s]', text) or text.startswith(".") or text.endswith("."):
        raise ValueError('编号不能以点开头或结尾，不能含空格或 \\ / : * ? " < > | 字符')
    if unicodedata.normalize("NFKC", text) != text:
        fixed = unicodedata.normalize("NFKC", text)
        raise ValueError(f"编号含全角或兼容字符；请改为 {fixed}")
    if found := _LOOK_ALIKES.search(text):
        raise ValueError(
            f"“{found[0]}”（U+{ord(found[0]):04X}）形似 - 或拉丁字母而不是；请用英文输入法重新录入"
        )
    return text


Text = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]
"""One line of text, never blank."""

LongText = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_printable)]
"""One paragraph of text, never blank."""

Key = Annotated[
    str,
    Field(min_length=1, max_length=64),
    AfterValidator(_printable),
    AfterValidator(_plain_key),
]
"""A number or code given by another system: it becomes a name of files and rows."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256: the terms a decision was given on; needed where the text is no standard one."""


def _plain_number(value: object) -> object:
    """Refuse a number written in a way another program may read differently."""
    if isinstance(value, str) and not re.fullmatch(r"\s*[0-9]+(?:\.[0-9]+)?\s*", value, re.ASCII):
        raise ValueError(
            "不是数字；请写成 596500.01 这样的形式（比率写成 0.06），不带符号、单位和文字"
        )
    if isinstance(value, bool):
        raise ValueError("不是数字")  # noqa: TRY004 - pydantic makes it a refusal
    if isinstance(value, Decimal) and value.is_zero() and value.is_signed():
        raise ValueError("零不带负号；请写成 0.00")
    return value


def _signed_number(value: object) -> object:
    """Take one minus sign in front; everything else as in a plain number."""
    if isinstance(value, str) and value.strip().startswith("-"):
        return f"-{_plain_number(value.strip()[1:])}"
    return _plain_number(value)


def _shown(value: object) -> str:
    """Return `value` for a message: short, halves of pairs written out."""
    return str(value)[:40].encode("utf-8", "backslashreplace").decode()


def _plain_day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError(f"“{_shown(value)}”不是日期；应为 年-月-日，如 2026-03-15（半角）")
    return _of_our_time(value)


def _plain_moment(value: object) -> object:
    if not isinstance(value, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", value):
        raise ValueError(f"“{_shown(value)}”不是时刻；如 2026-03-15T09:30:00+08:00")
    return _of_our_time(value)


def _of_our_time(text: str) -> str:
    if int(text[:4]) not in _YEARS:
        raise ValueError(f"年份 {text[:4]} 不合情理；请核对")
    return text


Money = Annotated[
    Decimal,
    BeforeValidator(_plain_number),
    Field(ge=0, max_digits=15, decimal_places=2),
]
"""Yuan with at most two decimals; a third one is refused, never rounded."""

SignedMoney = Annotated[
    Decimal,
    BeforeValidator(_signed_number),
    Field(max_digits=15, decimal_places=2),
]
"""Yuan with at most two decimals, negative where something is taken off."""

Quantity = Annotated[
    Decimal, BeforeValidator(_plain_number), Field(gt=0, max_digits=15, decimal_places=6)
]
Share = Annotated[
    Decimal, BeforeValidator(_plain_number), Field(ge=0, le=1, max_digits=8, decimal_places=6)
]
"""A fraction: 0.06 is six per cent."""

Percent = Annotated[
    Decimal, BeforeValidator(_plain_number), Field(ge=0, le=100, max_digits=8, decimal_places=4)
]
"""Per cent: 5 is five per cent."""

Count = Annotated[int, Field(strict=True, ge=0, le=100000)]
Sequence1 = Annotated[int, Field(strict=True, ge=1, le=100000)]
Day = Annotated[date, BeforeValidator(_plain_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_plain_moment)]
