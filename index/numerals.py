"""Numerals: Chinese figures read as numbers: 壹佰贰拾叁万, 一百二十三, 二〇二六, 三十."""

from __future__ import annotations

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
FIGURES = DIGITS + "".join(_TENS) + "".join(_MYRIADS)


def whole(figure: str) -> int | None:
    """Return the number a Chinese figure with units says; None if it says none.

    Zeros may be written or left out: 壹拾万零伍佰 and 壹拾万伍佰 are the same.
    """
    total = section = 0
    digit: int | None = None
    for letter in figure:
        if letter in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[letter]
        elif letter in _TENS:
            unit = _TENS[letter]
            if section % (unit * 10) and section:
                return None
            section += (1 if digit is None and unit == 10 else digit or 0) * unit  # noqa: PLR2004 十 alone is ten
            digit = None
        elif letter in _MYRIADS:
            section += digit or 0
            unit = _MYRIADS[letter]
            total = (total + section) * unit if total < unit else total + section * unit
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)


def year(figure: str) -> int | None:
    """Return the year that four digits say, Chinese or not: 二〇二六."""
    digits = "".join(str(_DIGITS.get(letter, letter)) for letter in figure)
    return int(digits) if len(digits) == len("2026") and digits.isdecimal() else None


def small(figure: str) -> int | None:
    """Return a month or day: 3, 03, 三, 十二, 廿五."""
    if figure.isdecimal() and figure.isascii():
        return int(figure)
    return whole(figure.replace("廿", "二十").replace("卅", "三十"))


def money(yuan: str, jiao: str | None, fen: str | None) -> Decimal | None:
    """Return the amount whose parts these are; 壹拾元 and 伍 and 零 is 10.50."""
    number = whole(yuan)
    if number is None:
        return None
    small_parts = Decimal(10 * _DIGITS[jiao or "零"] + _DIGITS[fen or "零"])
    return number + small_parts / 100
