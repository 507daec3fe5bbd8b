"""Unseen: how Word can print text so that nobody reads it."""

from __future__ import annotations

from typing import Final

from lxml import etree

from templates.deviating.ooxml import value

_LEAST_HALF_POINTS: Final = 14
_LEAST_LINE: Final = 140
_LEAST_SCALE: Final = 50
_TIGHTEST: Final = -40
"""Between letters, in twentieths of a point: tighter ones run over each other."""

_FURTHEST_UP: Final = 12
"""Half points a letter may stand above or below its line: more is in the next one."""

_PALE: Final = 200
_DARK: Final = 140
_PALE_THEMES: Final = {"background1", "background2", "light1", "light2"}
_DARK_THEMES: Final = {"text1", "text2", "dark1", "dark2"}
_DARK_PENS: Final = {"black", "blue", "red", "darkBlue", "darkCyan", "darkGreen", "darkMagenta",
                     "darkRed", "darkYellow", "darkGray"}  # fmt: skip
_SYMBOL_FACES: Final = ("wingdings", "webdings", "symbol", "mt extra", "marlett")
_FURTHEST: Final = 6_000
_FURTHEST_OUT: Final = -1_500


def is_unseen(element: etree._Element, name: str) -> bool:
    """Return whether it paints letters pale, or the ground behind them dark."""
    if name == "color":
        channels = _channels(value(element))
        return value(element, "themeColor") in _PALE_THEMES or min(channels, default=0) >= _PALE
    if name == "highlight":
        return value(element) in _DARK_PENS
    if name == "shd":
        return value(element, "themeFill") in _DARK_THEMES or _is_dark(value(element, "fill"))
    return False


def is_too_small(element: etree._Element, name: str) -> bool:
    """Return whether it makes letters, or the room they stand in, too small to be read."""
    if name in {"sz", "szCs"}:
        return _number(value(element)) < _LEAST_HALF_POINTS
    if name == "w":
        return _number(value(element)) < _LEAST_SCALE
    if name == "spacing" and value(element) and _number(value(element)) < _TIGHTEST:
        return True
    if name == "spacing" and value(element, "lineRule") == "exact":
        return _number(value(element, "line")) < _LEAST_LINE
    return name == "trHeight" and value(element, "hRule") == "exact"


def is_off_its_line(element: etree._Element) -> bool:
    """Return whether it raises or lowers letters so far that they lie over other lines."""
    return abs(_number(value(element))) > _FURTHEST_UP


def is_symbolic(element: etree._Element) -> bool:
    """Return whether it names a face that prints other signs than the letters."""
    return any(str(face).lower().startswith(_SYMBOL_FACES) for face in element.attrib.values())


def is_off_the_page(element: etree._Element) -> bool:
    """Return whether it indents so far that text leaves the page; in twentieths of a point."""
    return any(
        not _FURTHEST_OUT <= _number(str(distance)) <= _FURTHEST
        for distance in element.attrib.values()
    )


def _is_dark(colour: str) -> bool:
    channels = _channels(colour)
    weights = (0.299, 0.587, 0.114)
    light = sum(weight * channel for weight, channel in zip(weights, channels, strict=False))
    return bool(channels) and light < _DARK


def _channels(colour: str) -> bytes:
    """Return red, green and blue; nothing for a colour that is left to Word."""
    try:
        channels = bytes.fromhex(colour)
    except ValueError:
        return b""
    return channels if len(channels) == len("RGB") else b""


def _number(text: str) -> float:
    try:
        return float(text.removesuffix("%").removesuffix("pt"))
    except ValueError:
        return 0.0
