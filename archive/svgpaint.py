"""SVG paint: fill and stroke of an outline in plain colours, and transforms, as PDF operators."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from archive.errors import SealRefused

_NAMED: Final = {
    "red": "#ff0000",
    "black": "#000000",
    "blue": "#0000ff",
    "white": "#ffffff",
    "crimson": "#dc143c",
    "darkred": "#8b0000",
    "firebrick": "#b22222",
}
_SHORT_HEX: Final = re.compile(r"#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_RGB: Final = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_LENGTH: Final = re.compile(r"(\d+\.?\d*|\.\d+)(?:px)?")
_CAPS: Final = {"butt": 0, "round": 1, "square": 2}
_JOINS: Final = {"miter": 0, "round": 1, "bevel": 2}
_OPAQUE: Final = ("opacity", "fill-opacity", "stroke-opacity")
_PLAIN: Final = {
    "stroke-miterlimit": None,
    "stroke-dasharray": "none",
    "stroke-dashoffset": None,
    "display": "inline",
    "visibility": "visible",
    "paint-order": "normal",
    "clip-rule": None,
}
"""What may be said where it changes nothing; None: whatever is said."""

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Paint:
    """How an outline is painted; None: it is not filled, or not stroked."""

    fill: Colour | None = (0.0, 0.0, 0.0)
    stroke: Colour | None = None
    width: float = 1.0
    even_odd: bool = False
    cap: int = 0
    join: int = 0

    @staticmethod
    def knows(word: str) -> bool:
        """Return whether `word` is something said about paint."""
        return word in _OPAQUE or word in _PLAIN or word in _WORDS

    def changed(self, given: Mapping[str, str]) -> Self:
        """Return this paint as an element changes it; raises SealRefused."""
        for word in _OPAQUE:
            if float(_number(given.get(word, "1"), word)) != 1:
                raise SealRefused("SVG 用到半透明；印章须为实色，请改为不透明后重新导出")
        for word, harmless in _PLAIN.items():
            if harmless is not None and given.get(word, harmless) != harmless:
                raise SealRefused(f"SVG 的 {word} 不支持；请转为普通路径后重新导出")
        painted = self
        for word, said in given.items():
            if word in _WORDS:
                name, value = _WORDS[word](said)
                painted = replace(painted, **{name: value})
        return painted

    @property
    def operator(self) -> str:
        """What paints the path; empty where nothing is painted."""
        star = "*" if self.even_odd else ""
        if self.fill is not None and self.stroke is not None:
            return f"B{star}"
        if self.fill is not None:
            return f"f{star}"
        return "S" if self.stroke is not None else ""

    def operators(self) -> Iterator[str]:
        """Yield what sets colours and the line."""
        if self.fill is not None:
            yield "{:.4f} {:.4f} {:.4f} rg".format(*self.fill)
        if self.stroke is not None:
            yield "{:.4f} {:.4f} {:.4f} RG".format(*self.stroke)
            yield f"{self.width:.4f} w {self.cap} J {self.join} j"

    @staticmethod
    def placed(name: str, numbers: Sequence[float]) -> Iterator[str]:
        """Yield the operators of one transform; raises SealRefused for a wrong count."""
        counts = {"matrix": (6,), "translate": (1, 2), "scale": (1, 2), "rotate": (1, 3)}[name]
        if len(numbers) not in counts:
            raise SealRefused(f"SVG 的变换 {name} 的参数个数不对；请重新导出")
        if name == "matrix":
            yield _matrix(*numbers)
        elif name == "translate":
            yield _matrix(1, 0, 0, 1, numbers[0], (*numbers, 0)[1])
        elif name == "scale":
            yield _matrix(numbers[0], 0, 0, numbers[-1], 0, 0)
        else:
            x, y = (*numbers, 0, 0)[1:3]
            sine, cosine = math.sin(math.radians(numbers[0])), math.cos(math.radians(numbers[0]))
            yield _matrix(1, 0, 0, 1, x, y)
            yield _matrix(cosine, sine, -sine, cosine, 0, 0)
            yield _matrix(1, 0, 0, 1, -x, -y)


def _matrix(*numbers: float) -> str:
    return " ".join(f"{number:.6f}" for number in numbers) + " cm"


def _colour(said: str) -> Colour | None:
    if said == "none":
        return None
    text = _NAMED.get(said.lower(), said)
    if short := _SHORT_HEX.fullmatch(text):
        text = "#" + "".join(digit * 2 for digit in short.groups())
    if _HEX.fullmatch(text):
        return tuple(int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))  # type: ignore[return-value] # three
    if rgb := _RGB.fullmatch(text):
        return tuple(min(int(each), 255) / 255 for each in rgb.groups())  # type: ignore[return-value] # three
    raise SealRefused(f"SVG 的颜色“{said[:20]}”不支持；请写成 #RRGGBB 后重新导出")


def _number(said: str, word: str) -> str:
    found = _LENGTH.fullmatch(said)
    if found is None:
        raise SealRefused(f"SVG 的 {word} “{said[:20]}”不是数字；请重新导出")
    return found.group(1)


def _word(said: str, words: Mapping[str, int]) -> int:
    if said not in words:
        raise SealRefused(f"SVG 的线型“{said[:20]}”不支持；请将描边转为轮廓")
    return words[said]


_WORDS: Final[Mapping[str, Callable[[str], tuple[str, Any]]]] = {
    "fill": lambda said: ("fill", _colour(said)),
    "stroke": lambda said: ("stroke", _colour(said)),
    "stroke-width": lambda said: ("width", float(_number(said, "stroke-width"))),
    "fill-rule": lambda said: ("even_odd", said == "evenodd"),
    "stroke-linecap": lambda said: ("cap", _word(said, _CAPS)),
    "stroke-linejoin": lambda said: ("join", _word(said, _JOINS)),
}
