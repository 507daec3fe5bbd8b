"""Cells: one value as people write it, read into the plain value an order is made of.

What can only mean one thing is folded: full width, a currency sign, well placed thousands
commas, other ways to write a day. What could mean two things is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from pipeline.intake.leaves import Kind, Leaf

Value = str | Decimal | bool | date | datetime | time
"""A cell's value; a text is never blank."""

_EXCEL_DIGITS = 15
_NOISE_DIGITS = 13
_FEN_PLACES = 2
_YEARS = range(1990, 2200)
_ZONE = "+08:00"

_CODES = ("bank_account", "uscc", "phone", "mobile", "manager_phone")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_CURRENCY = re.compile(r"^(?:¥|￥|人民币|CNY|RMB)\s*|\s*元$", re.IGNORECASE)
_DAY = re.compile(
    r"(?P<y>[0-9]{4})(?:-(?P<m1>[0-9]{1,2})-(?P<d1>[0-9]{1,2})|/(?P<m2>[0-9]{1,2})/(?P<d2>[0-9]{1,2})"
    r"|\.(?P<m3>[0-9]{1,2})\.(?P<d3>[0-9]{1,2})|年(?P<m4>[0-9]{1,2})月(?P<d4>[0-9]{1,2})日"
    r"|(?P<m5>[0-9]{2})(?P<d5>[0-9]{2}))"
)
_TIME = re.compile(
    r"(?P<h>[0-9]{1,2})[:时](?P<m>[0-9]{2})(?:分|:(?P<s>[0-9]{2})(?P<f>\.[0-9]{1,6})?)?"
    r"\s*(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_FLAGS = {"是": True, "true": True, "√": True, "否": False, "false": False, "×": False}


class CellRefused(ValueError):
    """A value cannot be read as its field needs it; the text says what to do (Chinese)."""


def number_of(value: float) -> Decimal:
    """Return the number a spreadsheet shows for `value`.

    A spreadsheet keeps 15 digits; what its arithmetic leaves behind them is dropped, where it
    can be nothing else: 0.30000000000000004 is 0.3. Every other number is kept as it is.
    """
    exact = Decimal(str(value))
    if not exact.is_finite() or len(exact.as_tuple().digits) <= _EXCEL_DIGITS:
        return exact
    shown = Decimal(f"{value:.{_EXCEL_DIGITS}g}").normalize()
    return shown if len(shown.as_tuple().digits) <= _NOISE_DIGITS else exact


def plain_value(value: Value, leaf: Leaf, *, per_cent: bool = False) -> object:
    """Return `value` as the form takes it; raises CellRefused.

    `per_cent` says that the heading asks for per cent where the field is a fraction.
    """
    if leaf.kind in _NUMBERS:
        return _number(value, leaf.kind, per_cent=per_cent)
    if leaf.is_whole:
        return _count(value)
    return _READERS[leaf.kind](value, leaf)


def _flag(value: Value, _leaf: Leaf) -> object:
    flag = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
    return str(value) if flag is None else flag


def _texts(value: Value, leaf: Leaf) -> list[str]:
    return [line.strip() for line in _text(value, leaf).split("\n") if line.strip()]


def _text(value: Value, leaf: Leaf) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, Decimal):
        raise CellRefused("应为文字，单元格里却是日期、时间或真假值；请将单元格设为文本后重新录入")
    if value != value.to_integral_value():
        return format(value.normalize(), "f")
    digits = format(value.to_integral_value(), "f")
    name = leaf.path.rpartition(".")[2]
    if len(digits) > _EXCEL_DIGITS:
        raise CellRefused(
            "号码超过 15 位，按数字存放会丢失末几位；请将单元格设为文本后重新录入完整号码"
        )
    if name in _CODES and not (_MOBILE.fullmatch(digits) and name != "bank_account"):
        raise CellRefused("号码按数字存放，开头的 0 会丢失；请将单元格设为文本后重新录入完整号码")
    return digits


def _number(value: Value, kind: Kind, *, per_cent: bool) -> str:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise CellRefused("不是有效数字")
        if kind is Kind.PERCENT and 0 < value < 1:
            raise CellRefused("无法判断是百分比格式还是百分数；请写成文字，如 5%")
        return _written(_hundredth(value) if kind is Kind.SHARE and per_cent else value, kind)
    if not isinstance(value, str):
        raise CellRefused("应为数字，单元格里却是日期、时间或真假值；请核对单元格格式")
    return _number_in(value, kind, per_cent=per_cent)


def _number_in(value: str, kind: Kind, *, per_cent: bool) -> str:
    """Return the number written in a text, what can only mean one thing folded."""
    text = unicodedata.normalize("NFKC", value).strip()
    if text.endswith(("万元", "万", "亿元", "亿")):
        raise CellRefused("不接受以万、亿为单位的金额；请以元为单位填写全数")
    if text.endswith("%") and kind in {Kind.SHARE, Kind.PERCENT}:
        per_cent = True
        text = text[:-1].strip()
    elif kind is Kind.MONEY:
        text = _CURRENCY.sub("", text)
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if kind is Kind.SHARE and per_cent and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        return format(_hundredth(Decimal(text)), "f")
    return text


def _written(value: Decimal, kind: Kind) -> str:
    """Return a number of a spreadsheet as text: amounts to the fen, others without idle zeros."""
    shortest = value.normalize()
    if kind is Kind.MONEY and -int(shortest.as_tuple().exponent) <= _FEN_PLACES:
        return f"{shortest:.{_FEN_PLACES}f}"
    return format(shortest, "f")


def _hundredth(value: Decimal) -> Decimal:
    return value.scaleb(-2)


def _count(value: Value) -> object:
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 10**9:
        return int(value)
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if re.fullmatch(r"0|[1-9][0-9]{0,8}", text, re.ASCII):
            return int(text)
    raise CellRefused("应为整数，不带单位和文字")


def day_text(value: Value) -> str:
    """Return a day as 2026-03-05; raises CellRefused."""
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise CellRefused("应为日期而非时刻；请去掉时间部分")
        return _checked(value.date())
    if isinstance(value, date):
        return _checked(value)
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and 19900101 <= value <= 21991231:  # noqa: PLR2004
            return day_text(format(value, "f"))
        raise CellRefused(f"“{value}”是数字而不是日期；请将单元格设为日期格式后重新录入")
    if isinstance(value, str):
        match = _DAY.fullmatch(unicodedata.normalize("NFKC", value).strip())
        if match is not None:
            return _checked(_date_of(match))
    raise CellRefused(f"“{value}”不是日期；请写成 2026-03-15、2026/3/15 或 2026年3月15日")


def moment_text(value: Value) -> str:
    """Return a moment as 2026-03-05T09:30:00+08:00; without a zone it is Beijing time."""
    if isinstance(value, datetime):
        return f"{_checked(value.date())}T{value.time().isoformat()}{_ZONE}"
    text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    day = _DAY.match(text)
    if day is None or not text[day.end() :].strip(" T"):
        if day is not None or isinstance(value, date):
            raise CellRefused("只有日期，没有时刻；请写成 2026-03-15 09:30")
        raise CellRefused(f"“{value}”不是时刻；请写成 2026-03-15 09:30")
    match = _TIME.fullmatch(text[day.end() :].strip(" T"))
    if match is None:
        raise CellRefused(f"“{value}”不是时刻；请写成 2026-03-15 09:30")
    zone = match["z"] or _ZONE
    clock = f"{int(match['h']):02}:{match['m']}:{match['s'] or '00'}{match['f'] or ''}"
    return f"{_checked(_date_of(day))}T{clock}{zone}"


_NUMBERS = {Kind.MONEY, Kind.QUANTITY, Kind.SHARE, Kind.PERCENT}
_READERS: Mapping[Kind, Callable[[Value, Leaf], object]] = {
    Kind.TEXT: _text,
    Kind.KEY: _text,
    Kind.CHOICE: _text,
    Kind.OPEN: _text,
    Kind.TEXTS: _texts,
    Kind.FLAG: _flag,
    Kind.DAY: lambda value, _leaf: day_text(value),
    Kind.MOMENT: lambda value, _leaf: moment_text(value),
}


def _date_of(match: re.Match[str]) -> date:
    month = next(match[f"m{form}"] for form in range(1, 6) if match[f"m{form}"])
    day = next(match[f"d{form}"] for form in range(1, 6) if match[f"d{form}"])
    try:
        return date(int(match["y"]), int(month), int(day))
    except ValueError as error:
        raise CellRefused(f"没有“{match[0]}”这一天；请核对") from error


def _checked(day: date) -> str:
    if day.year not in _YEARS:
        raise CellRefused(f"日期 {day.isoformat()} 的年份不合理；请核对单元格的日期格式")
    return day.isoformat()
