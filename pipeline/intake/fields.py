"""Fields: the types of values an incoming file may hold, refused in Chinese where off."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

_BREAKS = re.compile(r"[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]")


class Form(BaseModel):
    """A part of an incoming file; an unknown key is refused, because it may be a misspelt term."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _printable(text: str) -> str:
    """Return `text` if every character can stand in a document as it is."""
    if _BREAKS.search(text):
        raise ValueError("不能含换行或制表符；请写成一行")
    for position, char in enumerate(text, 1):
        if unicodedata.category(char) in {"Cc", "Cs", "Cn", "Co"}:
            raise ValueError(
                f"第 {position} 个字符（U+{ord(char):04X}）无法印出；"
                "请重新录入该字，私用区造字请换用国家标准收录的字形"
            )
        if char in "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
            raise ValueError(f"第 {position} 个字符是看不见的控制符（U+{ord(char):04X}）；请删除")
    return text


def _plain_key(text: str) -> str:
    if re.search(r'[\\/:*?"<>|\s]', text) or text.startswith("."):
        raise ValueError('编号不能含空格或 \\ / : * ? " < > | 字符')
    if unicodedata.normalize("NFKC", text) != text:
        fixed = unicodedata.normalize("NFKC", text)
        raise ValueError(f"编号含全角或兼容字符；请改为 {fixed}")
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

Money = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
"""Yuan with at most two decimals; a third one is refused, never rounded."""

Quantity = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=6)]
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=8, decimal_places=6)]
Count = Annotated[int, Field(ge=0, le=100000)]
Sequence1 = Annotated[int, Field(ge=1, le=100000)]
Moment = AwareDatetime
