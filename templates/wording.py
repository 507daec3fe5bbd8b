"""Wording: amounts, dates, counts and shares in the words a contract prints."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_LIMIT = Decimal(10) ** 16
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_DATE_DIGITS = "〇一二三四五六七八九"
_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
_SMALL_UNITS = {"拾": 10, "佰": 100, "仟": 1000}
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
_WORDS = re.compile(
    r"(?P<sign>负?)(?:(?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?"
    r"(?:零?(?P<jiao>[壹贰叁肆伍陆柒捌玖])角(?:(?P<then>[壹贰叁肆伍陆柒捌玖])分)?"
    r"|零?(?P<fen>[壹贰叁肆伍陆柒捌玖])分)?整?"
)
_FIGURES = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?")


def amount_in_words(amount: Decimal) -> str:
    """Return `amount` yuan in capital numerals (大写), without 人民币 before it.

    After 支付结算办法 annex 1 and 会计基础工作规范 art. 52: 整 after 元 and 角, never after 分;
    零 where the last digit of the yuan is zero and jiao follow, and where fen follow no jiao.
    Raises ValueError for more than two decimals, NaN, and 1e16 yuan or more.
    """
    fen = _whole_fen(amount)
    yuan, cents = divmod(abs(fen), 100)
    sign = "负" if fen < 0 else ""
    if cents == 0:
        return f"{sign}{_capital(yuan)}元整"
    words = f"{_capital(yuan)}元" if yuan else ""
    return sign + words + _cents_in_words(yuan, *divmod(cents, 10))


def _cents_in_words(yuan: int, jiao: int, fen: int) -> str:
    gap = "零" if yuan and (jiao == 0 or yuan % 10 == 0) else ""
    tenths = f"{_CAPITALS[jiao]}角" if jiao else ""
    return gap + tenths + (f"{_CAPITALS[fen]}分" if fen else "整")


def amount_of_words(text: str) -> Decimal:
    """Return the yuan that capital numerals mean, with or without 人民币 before them.

    Accepts 圆 for 元, 正 for 整 and either use of 零: words are compared by what they say, not
    letter by letter. Raises ValueError for anything that is not an amount in capital numerals.
    """
    plain = "".join(text.split()).removeprefix("人民币").translate(str.maketrans("圆正", "元整"))
    found = _WORDS.fullmatch(plain)
    if found is None or not (found["yuan"] or found["jiao"] or found["fen"]):
        raise ValueError(f"not an amount in capital numerals: {text!r}")
    yuan = _integer_of(found["yuan"]) if found["yuan"] else 0
    cents = 10 * _digit(found["jiao"]) + _digit(found["then"] or found["fen"])
    amount = (Decimal(yuan * 100 + cents) / 100).quantize(Decimal("0.01"))
    if found["sign"]:
        amount = -amount
    if _bare(plain) != _bare(amount_in_words(amount)):
        raise ValueError(f"capital numerals out of order: {text!r}")
    return amount


def money(amount: Decimal) -> str:
    """Return `amount` yuan as ``596,500.01``; ValueError for more than two decimals."""
    yuan, cents = divmod(abs(fen := _whole_fen(amount)), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{cents:02d}"


def parse_amount(text: str) -> Decimal:
    """Return the yuan a person wrote, as ``￥1，234.50`` or ``人民币 1,234.50 元``.

    Raises ValueError for a third decimal, wrong groups (12,34.5), exponents, Chinese numerals
    and 1e16 yuan or more: a doubtful amount is asked about, never guessed.
    """
    plain = "".join(text.split()).translate(_FULL_WIDTH).removeprefix("人民币")
    plain = plain.removesuffix("元")
    if plain[:1] in {"￥", "¥"}:
        plain = plain[1:]
    if _FIGURES.fullmatch(plain) is None:
        raise ValueError(f"not an amount in figures: {text!r}")
    amount = Decimal(plain.replace(",", ""))
    _whole_fen(amount)
    return amount


def chinese_date(day: date) -> str:
    """Return ``2026年3月15日``, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def formal_date(day: date) -> str:
    """Return ``二〇二六年三月十五日``, with 〇 U+3007 (GB/T 15835-2011)."""
    year = "".join(_DATE_DIGITS[int(digit)] for digit in f"{day.year:04d}")
    return f"{year}年{_small_number(day.month)}月{_small_number(day.day)}日"


def count_in_words(count: int) -> str:
    """Return a count of 0 to 9999 in capital numerals: 12 is 壹拾贰."""
    if not 0 <= count <= 9999:  # noqa: PLR2004  the range the docstring promises
        raise ValueError(f"count out of range: {count}")
    return _capital(count)


def percent(fraction: Decimal) -> str:
    """Return a fraction as a percentage: 0.0625 is ``6.25%``."""
    return f"{quantity(fraction * 100)}%"


def quantity(number: Decimal) -> str:
    """Return `number` in plain figures, without exponent or trailing zeros."""
    if not number.is_finite():
        raise ValueError(f"not a finite number: {number}")
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in {"-0", ""} else plain


def _whole_fen(amount: Decimal) -> int:
    if not amount.is_finite():
        raise ValueError(f"not an amount: {amount}")
    if abs(amount) >= _LIMIT:
        raise ValueError(f"amount out of range: {amount}")
    numerator, denominator = amount.as_integer_ratio()
    fen, rest = divmod(numerator * 100, denominator)
    if rest:
        raise ValueError(f"more than two decimals: {amount}")
    return fen


def _capital(whole: int) -> str:
    """Return `whole` in capital numerals, one 零 for every gap: 10000001000 is 壹佰亿零壹仟.

    Written here because cn2an 0.5.24 leaves out that 零 where the 万 are empty below an 亿.
    """
    for unit, name in _UNITS:
        if whole >= unit:
            high, low = divmod(whole, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return _capital(high) + name + gap + (_capital(low) if low else "")
    return _CAPITALS[whole]


def _small_number(number: int) -> str:
    tens, ones = divmod(number, 10)
    lead = {0: "", 1: "十"}.get(tens, _DATE_DIGITS[tens] + "十")
    return lead + (_DATE_DIGITS[ones] if ones else "")


def _digit(char: str | None) -> int:
    return _CAPITALS.index(char) if char else 0


def _integer_of(words: str) -> int:
    """Return the whole number `words` mean; order and doubles are checked by the caller."""
    total = section = digit = 0
    for char in words:
        if char in _CAPITALS:
            digit = _CAPITALS.index(char)
        elif char in _SMALL_UNITS:
            section += digit * _SMALL_UNITS[char]
            digit = 0
        elif char == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    return total + section + digit


def _bare(words: str) -> str:
    """Return `words` without what may be there or not: 零 before a digit, 整 at the end."""
    bare = re.sub(r"(?<!^)(?<!负)零(?=[壹贰叁肆伍陆柒捌玖])", "", words)
    return bare.removesuffix("整") if bare.endswith("角整") else bare
