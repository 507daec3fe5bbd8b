"""Numerals: Chinese figures read as numbers: 壹佰贰拾叁万, 12万5千, 二〇二六, 三十."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {
    letter: value
    for value, letters in enumerate(
        ("零〇", "壹一", "贰二两", "叁三", "肆四", "伍五", "陆六", "柒七", "捌八", "玖九")
    )
    for letter in letters
}
_TENS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
DIGITS = "".join(_DIGITS)
UNITS = "".join(_TENS) + "".join(_MYRIADS)
FIGURES = DIGITS + UNITS
_PART = re.compile(r"[0-9]+(?:\.[0-9]+)?|.", re.ASCII)


def number_of(figure: str) -> Decimal | None:
    """Return the number a figure with units says, 12万5千 too; None if it says none.

    Zeros may be written or left out: 壹拾万零伍佰 and 壹拾万伍佰 are the same.
    """
    total = section = Decimal(0)
    digit: Decimal | None = None
    is_said = False
    for part in _PART.findall(figure):
        unit = _TENS.get(part) or _MYRIADS.get(part)
        if unit is None:
            if digit or not (part in _DIGITS or part[0].isdecimal()):
                return None
            digit = Decimal(_DIGITS.get(part, part))
            is_said = True
            continue
        is_said = is_said or unit == 10  # noqa: PLR2004 十 alone is ten
        if not is_said or (part in _TENS and section % (unit * 10) and section):
            return None
        if part in _TENS:
            section += (1 if digit is None and unit == 10 else digit or 0) * unit  # noqa: PLR2004
        else:
            section += digit or 0
            total = (total + section) * unit if total < unit else total + section * unit
            section = Decimal(0)
        digit = None
    return total + section + (digit or 0) if is_said else None


def year(figure: str) -> int | None:
    """Return the year that four digits say, Chinese or not: 二〇二六, 二o二六."""
    digits = "".join(str(_DIGITS.get(letter, letter)) for letter in figure.replace("o", "0"))
    return int(digits) if len(digits) == len("2026") and digits.isdecimal() else None


def small(figure: str) -> int | None:
    """Return a month or day: 3, 03, 三, 十二, 廿五, 元 (of 元月)."""
    if figure.isdecimal() and figure.isascii():
        return int(figure)
    for short, full in (("廿", "二十"), ("卅", "三十"), ("元", "一")):
        figure = figure.replace(short, full)
    number = number_of(figure)
    return None if number is None else int(number)


def money(yuan: str, jiao: str | None, fen: str | None) -> Decimal | None:
    """Return the amount whose parts these are; 壹拾元 and 伍 and 零 is 10.50."""
    number = number_of(yuan)
    if number is None:
        return None
    small_parts = Decimal(10 * _DIGITS[jiao or "零"] + _DIGITS[fen or "零"])
    return number + small_parts / 100
