"""SVG path: path data and basic shapes as PDF path operators, arcs as curves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

from archive.errors import SealRefused

_MOST_BYTES: Final = 2_000_000
_TOKEN: Final = re.compile(
    r"\s*,?\s*([MmLlHhVvCcSsQqTtAaZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)"
)
_FLAG: Final = re.compile(r"\s*,?\s*([01])")
_COUNTS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_FURTHEST: Final = 1e7

Point = tuple[float, float]


def path_operators(data: str) -> Iterator[str]:
    """Yield the operators of the path `data` (SVG 2, 9.3); raises SealRefused."""
    if len(data) > _MOST_BYTES:
        raise SealRefused("SVG 路径过长；请简化后重新导出")
    pen = _Pen()
    for command, numbers in _segments(data):
        yield from pen.draw(command, numbers)


def shape_path(name: str, given: Mapping[str, str]) -> str:
    """Return the path data of a basic shape; raises SealRefused for a size that is none."""
    if name in ("polygon", "polyline"):
        points = given.get("points", "")
        return f"M{points}" + ("Z" if name == "polygon" else "") if points.strip() else ""
    value = {key: _length(given.get(key, "0")) for key in _SIZES[name]}
    if name == "line":
        return f"M{value['x1']},{value['y1']}L{value['x2']},{value['y2']}"
    if name == "rect":
        if value["rx"] or value["ry"]:
            raise SealRefused("SVG 的圆角矩形不支持；请转为路径后重新导出")
        x, y, w, h = (value[key] for key in ("x", "y", "width", "height"))
        return f"M{x},{y}h{w}v{h}h{-w}z"
    rx = value["r"] if name == "circle" else value["rx"]
    ry = value["r"] if name == "circle" else value["ry"]
    left, middle = value["cx"] - rx, value["cy"]
    return f"M{left},{middle}a{rx},{ry} 0 1 0 {2 * rx},0a{rx},{ry} 0 1 0 {-2 * rx},0z"


_SIZES: Final = {
    "line": ("x1", "y1", "x2", "y2"),
    "rect": ("x", "y", "width", "height", "rx", "ry"),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry"),
}


def _length(text: str) -> float:
    found = re.fullmatch(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)(?:px)?", text)
    if found is None:
        raise SealRefused(f"SVG 的长度“{text[:20]}”不支持；请用不带单位的数字")
    return float(found.group(1))


def _segments(data: str) -> Iterator[tuple[str, list[float]]]:
    at, command = 0, ""
    text = data.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise SealRefused(f"SVG 路径在第 {at + 1} 个字符处读不通；请重新导出")
        if found.group(1).isalpha():
            command, at = found.group(1), found.end()
        elif not command or command in "Zz":
            raise SealRefused("SVG 路径的数字前缺少命令；请重新导出")
        numbers, at = _numbers(text, at, command)
        yield command, numbers
        # what follows a moveto without a word is a lineto
        command = {"M": "L", "m": "l"}.get(command, command)


def _numbers(text: str, at: int, command: str) -> tuple[list[float], int]:
    numbers: list[float] = []
    for place in range(_COUNTS[command.upper()]):
        is_flag = command in "Aa" and place in (3, 4)
        found = (_FLAG if is_flag else _TOKEN).match(text, at)
        if found is None or found.group(1).isalpha():
            raise SealRefused(f"SVG 路径命令 {command} 的参数不够；请重新导出")
        numbers.append(float(found.group(1)))
        if abs(numbers[-1]) > _FURTHEST:
            raise SealRefused("SVG 路径的坐标过大；请重新导出")
        at = found.end()
    return numbers, at


class _Pen:
    """Where the path is, and what the smooth curves go on from."""

    def __init__(self) -> None:
        self.at: Point = (0.0, 0.0)
        self.start: Point = (0.0, 0.0)
        self.cubic: Point | None = None
        self.quadratic: Point | None = None
        self.is_open = False
        self.has_begun = False

    def draw(self, command: str, numbers: list[float]) -> Iterator[str]:
        word = command.upper()
        if not self.is_open and word not in ("M", "Z"):
            if not self.has_begun:
                raise SealRefused("SVG 路径没有以 M 开头；请重新导出")
            yield f"{_said(self.at)} m"
        self.is_open, self.has_begun = word != "Z", True
        pairs = self._absolute(command, word, numbers)
        cubic, quadratic, self.cubic, self.quadratic = self.cubic, self.quadratic, None, None
        if word == "Z":
            self.at = self.start
            yield "h"
        elif word == "M":
            self.at = self.start = pairs[0]
            yield f"{_said(self.at)} m"
        elif word in ("L", "H", "V"):
            self.at = pairs[0]
            yield f"{_said(self.at)} l"
        elif word in ("C", "S"):
            first = pairs[0] if word == "C" else _mirrored(cubic, self.at)
            yield self._curve(first, pairs[-2], pairs[-1])
            self.cubic = pairs[-2]
        elif word in ("Q", "T"):
            control = pairs[0] if word == "Q" else _mirrored(quadratic, self.at)
            start, end = self.at, pairs[-1]
            yield self._curve(_toward(start, control), _toward(end, control), end)
            self.quadratic = control
        else:
            yield from self._arc(numbers, pairs[0])

    def _absolute(self, command: str, word: str, numbers: list[float]) -> list[Point]:
        dx, dy = self.at if command.islower() else (0.0, 0.0)
        if word == "H":
            return [(numbers[0] + dx, self.at[1])]
        if word == "V":
            return [(self.at[0], numbers[0] + dy)]
        if word == "A":
            return [(numbers[5] + dx, numbers[6] + dy)]
        return [(x + dx, y + dy) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]

    def _curve(self, first: Point, second: Point, end: Point) -> str:
        self.at = end
        return f"{_said(first)} {_said(second)} {_said(end)} c"

    def _arc(self, numbers: list[float], end: Point) -> Iterator[str]:
        """Yield an elliptical arc as curves of at most a quarter (SVG 2, appendix B.2)."""
        rx, ry, turn = abs(numbers[0]), abs(numbers[1]), math.radians(numbers[2])
        is_large, is_positive = bool(numbers[3]), bool(numbers[4])
        if self.at == end:
            return
        if not rx or not ry:
            self.at = end
            yield f"{_said(end)} l"
            return
        cosine, sine = math.cos(turn), math.sin(turn)
        half_x, half_y = (self.at[0] - end[0]) / 2, (self.at[1] - end[1]) / 2
        x1, y1 = cosine * half_x + sine * half_y, cosine * half_y - sine * half_x
        grow = math.sqrt(max((x1 / rx) ** 2 + (y1 / ry) ** 2, 1.0))
        rx, ry = rx * grow, ry * grow
        below = (rx * y1) ** 2 + (ry * x1) ** 2
        root = math.sqrt(max((rx * ry) ** 2 - below, 0.0) / below)
        root = root if is_large != is_positive else -root
        cx1, cy1 = root * rx * y1 / ry, -root * ry * x1 / rx
        centre = (
            cosine * cx1 - sine * cy1 + (self.at[0] + end[0]) / 2,
            sine * cx1 + cosine * cy1 + (self.at[1] + end[1]) / 2,
        )
        begin = math.atan2((y1 - cy1) / ry, (x1 - cx1) / rx)
        sweep = math.atan2((-y1 - cy1) / ry, (-x1 - cx1) / rx) - begin
        if is_positive and sweep < 0:
            sweep += 2 * math.pi
        elif not is_positive and sweep > 0:
            sweep -= 2 * math.pi
        parts = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
        step = sweep / parts
        reach = 4 / 3 * math.tan(step / 4)

        def laid(x: float, y: float) -> Point:
            x, y = rx * x, ry * y
            return centre[0] + cosine * x - sine * y, centre[1] + sine * x + cosine * y

        for part in range(parts):
            a, b = begin + step * part, begin + step * (part + 1)
            first = laid(math.cos(a) - reach * math.sin(a), math.sin(a) + reach * math.cos(a))
            second = laid(math.cos(b) + reach * math.sin(b), math.sin(b) - reach * math.cos(b))
            last = end if part == parts - 1 else laid(math.cos(b), math.sin(b))
            yield self._curve(first, second, last)


def _mirrored(control: Point | None, at: Point) -> Point:
    return at if control is None else (2 * at[0] - control[0], 2 * at[1] - control[1])


def _toward(end: Point, control: Point) -> Point:
    return end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1])


def _said(point: Point) -> str:
    return f"{point[0]:.4f} {point[1]:.4f}"
