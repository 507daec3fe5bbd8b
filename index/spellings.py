"""Spellings: codes, dates and amounts of a text in one way of writing each.

A text's spellings stand one a line, beside its normalised form:

    qs2026xs0001   a code, or seven and more digits in groups, without its separators
    @20260305#     a day; @202603 a month, @2026 a year, @0305# a day of any year
    =1234567.00    an amount, from figures or words

Asked for in any way of writing, each is looked for here as well as in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from index.analysis import CJK
from index.numerals import DIGITS, FIGURES, UNITS, money, number_of, small, year

_CODE = re.compile(rf"(?<![a-z0-9])[a-z0-9]+(?:[-·_/]+(?:[a-z0-9]+|[{CJK}]{{1,4}}(?=[-·_/])))*")
_TYPED_CODE = re.compile(rf"[a-z0-9]+(?:[-·_/]*(?:[a-z0-9]+|[{CJK}]{{1,4}}(?=[-·_/a-z0-9])))*")
_GROUPS = re.compile(r"(?<![a-z0-9])[0-9]+(?:[-·_/ )]+[0-9]+)+(?![a-z])")
_SEPARATORS = str.maketrans("", "", "-·_/ )(+")
_DIGIT, _LATIN_LETTER = re.compile("[0-9]"), re.compile("[a-z]")
_SHORTEST_CODE, _SHORTEST_DIGITS = 4, 7

_ABROAD = re.compile(r"(?:\+|00)86[-·_/ )(]*([0-9][-·_/ )(0-9]{7,16}[0-9])(?![0-9a-z])")
_MOBILE, _AREAS = re.compile("1[0-9]{10}"), re.compile("[2-9][0-9]{8,10}|10[0-9]{8}")

_YEAR = rf"(?:(?:19|20)[0-9]{{2}}|[{DIGITS}0o]{{4}})"
_SMALL = r"(?:[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_BEGINS = f"(?=[0-9{FIGURES}o廿卅元])"  # what begins with nothing else is tried nowhere else
_DAY = re.compile(
    rf"{_BEGINS}(?:(?<![0-9{DIGITS}])(?P<y>{_YEAR})年(?:(?P<m>{_SMALL}|元)月(?:(?P<d>{_SMALL})[日号])?)?"
    r"|(?<![0-9a-z./-])(?P<y2>(?:19|20)[0-9]{2})(?P<s>[-/.])(?P<m2>[0-9]{1,2})(?P=s)"
    r"(?P<d2>[0-9]{1,2})(?![0-9])(?![-/.][0-9a-z])"
    r"|(?<![0-9a-z./-])(?P<y3>(?:19|20)[0-9]{2})[-/.](?P<m3>0[1-9]|1[0-2])"
    r"(?![0-9a-z元万亿%])(?![-/.][0-9a-z])"
    rf"|(?<![0-9{DIGITS}十])(?P<m4>{_SMALL}|元)月(?P<d4>{_SMALL})[日号])"
)
_TYPED_MONTH = re.compile(r"((?:19|20)[0-9]{2})[-/.]([0-9]{1,2})")
_TYPED_DIGITS = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")

_WORDS = (
    rf"(?P<w>[{FIGURES}]{{1,30}})[元圆]"
    rf"(?:[零〇]?(?P<j>[{DIGITS}])角)?(?:[零〇]?(?P<f>[{DIGITS}])分)?"
)
_NUMBER = (
    r"(?P<n>[0-9]{1,15}+)(?P<c>\.[0-9]{1,8}+)?+"
    rf"(?P<u>[{UNITS}]++(?:[0-9]++(?:\.[0-9]++)?+[{UNITS}]++)*+(?:[0-9]{{1,4}}+(?=[元圆]))?+)?+"
    r"(?P<e>[元圆])?+"
)
_AMOUNT = re.compile(
    rf"{_BEGINS}(?:(?<![0-9a-z.])(?:(?<![-/])|(?<=[万亿元0-9]-)(?=[0-9.]+[{UNITS}元圆])){_NUMBER}"
    r"(?(u)|(?(e)|(?![0-9a-z%‰])(?!\.[0-9])(?!/[0-9a-z])"
    rf"(?!-(?![0-9.]+[{UNITS}元圆])[0-9a-z])))|{_WORDS})"
)
_TYPED_AMOUNT = re.compile(
    rf"(?:¥|人民币|rmb)?(?:{_NUMBER}|{_WORDS}|(?P<bare>[{FIGURES}]{{2,30}}))[整正]?"
)
_LEAST_DIGITS = 4
_LAST_MONTH, _LAST_DAY = 12, 31


def spellings(normalised: str) -> str:
    """Return all spellings of a normalised text, one a line, each once."""
    return "\n".join(dict.fromkeys(line for line, *_ in _spelled(normalised)))


def ways(asked: str) -> tuple[str, ...]:
    """Return what of spellings answers a normalised needle that is a code, date or amount."""
    found = (_typed_day(asked), _typed_amount(asked))
    special = [each for each in found if each]
    code = None if found[0] and not asked.isdecimal() else squeezed(asked)
    abroad = _ABROAD.fullmatch(asked)
    codes = (code, _at_home(abroad[1]) if abroad else None)
    return tuple(dict.fromkeys((*filter(None, codes), *special)))


def _at_home(phone: str) -> str | None:
    """Return how a phone number is dialled within the country; None where it is none."""
    digits = phone.translate(_SEPARATORS)
    if _MOBILE.fullmatch(digits):
        return digits
    return f"0{digits}" if _AREAS.fullmatch(digits) else None


def squeezed(asked: str) -> str | None:
    """Return a normalised code without its separators: ht-2026-0001 as ht20260001.

    None if it is no code: letters and digits, four or more, or seven and more digits.
    """
    typed = asked.removeprefix("(").removeprefix("+")
    if not (_TYPED_CODE.fullmatch(typed) or _GROUPS.fullmatch(typed)):
        return None
    code = typed.translate(_SEPARATORS)
    if _DIGIT.search(code) is None:
        return None
    has_letter = _LATIN_LETTER.search(code) is not None
    if not has_letter and not code.isdecimal():
        return None
    return code if len(code) >= (_SHORTEST_CODE if has_letter else _SHORTEST_DIGITS) else None


def way_places(normalised: str, way: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last character of each place in a text that is spelled so."""
    for line, first, end in _spelled(normalised):
        at = line.find(way)
        if at >= 0:
            is_code = line[0] not in "@="
            within = _letters(normalised, first, end)[at : at + len(way)] if is_code else ()
            yield (within[0], within[-1]) if within else (first, end - 1)


def _spelled(normalised: str) -> Iterator[tuple[str, int, int]]:
    """Yield each spelling, and where what is spelled so begins and ends."""
    for pattern in (_CODE, _GROUPS):
        for match in pattern.finditer(normalised):
            code = squeezed(match.group())
            if code:
                yield code, match.start(), match.end()
    for match in _ABROAD.finditer(normalised):
        phone = _at_home(match[1])
        if phone:
            yield phone, match.start(1), match.end(1)
    for match in _DAY.finditer(normalised):
        line = _day_line(match)
        if line:
            yield line, match.start(), match.end()
    for match in _AMOUNT.finditer(normalised):
        value = _amount_of(match)
        if value is not None:
            end = match.start("e") if match["e"] else match.end()
            yield f"={value:.2f}", match.start(), end


def _letters(normalised: str, first: int, end: int) -> list[int]:
    """Return where the letters of a code stand, its separators left out."""
    return [place for place in range(first, end) if ord(normalised[place]) not in _SEPARATORS]


def _day_line(match: re.Match[str]) -> str | None:
    written = match.groupdict()
    typed_year = written["y"] or written["y2"] or written["y3"]
    month = written["m"] or written["m2"] or written["m3"] or written["m4"]
    day = written["d"] or written["d2"] or written["d4"]
    return _day(
        year(typed_year) if typed_year else None,
        small(month) if month else None,
        small(day) if day else None,
    )


def _day(at_year: int | None, month: int | None, day: int | None) -> str | None:
    if month is not None and not 1 <= month <= _LAST_MONTH:
        return None
    if day is not None and not 1 <= day <= _LAST_DAY:
        return None
    parts = ("" if at_year is None else f"{at_year:04d}", "" if month is None else f"{month:02d}")
    return f"@{''.join(parts)}" + ("" if day is None else f"{day:02d}#")


def _amount_of(match: re.Match[str]) -> Decimal | None:
    """Return the amount; None for a short figure that nothing calls an amount.

    千, 百 and 十 alone call none so: they may count kilograms.
    """
    written = match.groupdict()
    if written["n"] is None:
        return money(written["w"], written["j"], written["f"])
    digits, decimals, units = written["n"], written["c"] or "", written["u"] or ""
    if digits.startswith("0") and digits != "0":
        return None
    is_called = written["e"] or "万" in units or "亿" in units
    if not is_called and (units or len(decimals) not in {0, len(".00")}):
        return None
    if not (is_called or decimals or len(digits) >= _LEAST_DIGITS):
        return None
    value = number_of(f"{digits}{decimals}{units}")
    return value if value is not None and value * 100 == int(value * 100) else None


def _typed_day(asked: str) -> str | None:
    match = _DAY.fullmatch(asked)
    if match:
        line = _day_line(match)
        return line[1:] if line and match["m4"] else line
    month = _TYPED_MONTH.fullmatch(asked)
    if month:
        return _day(int(month[1]), int(month[2]), None)
    digits = _TYPED_DIGITS.fullmatch(asked)
    return _day(*map(int, digits.groups())) if digits else None


def _typed_amount(asked: str) -> str | None:
    match = _TYPED_AMOUNT.fullmatch(asked)
    if match is None:
        return None
    if match["bare"]:
        number = number_of(match["bare"])
        return f"={number}.00" if number else None
    value = _amount_of(match)
    if value is None:
        return None
    is_open = match["n"] and not (match["c"] or match["u"] or match["e"])
    return f"={int(value)}." if is_open else f"={value:.2f}"
