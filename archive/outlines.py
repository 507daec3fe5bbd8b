"""Outlines: characters drawn as paths, so that no font is embedded and no text turns up."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTCollection

from archive.errors import SealRefused

FACE: Final = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
"""From Debian's fonts-noto-cjk."""

_FAMILY: Final = "Noto Serif CJK SC"
_EM_CENTRE: Final = 0.38
"""How far above the base line the middle of a Chinese character stands, in ems."""

_BLANK: Final = 0.5
"""How wide a blank between two words is, in ems."""


@contextmanager
def open_letters() -> Iterator[Letters]:
    """Open the face the letters are drawn from; raises SealRefused where it is not installed."""
    if not FACE.is_file():
        raise SealRefused(f"缺少字体 {FACE.name}，请安装 fonts-noto-cjk")
    with TTCollection(FACE, lazy=True) as faces:
        yield Letters(faces)


class Letters:
    """Draws single characters as outlines, their em box laid into a given size."""

    def __init__(self, faces: Any) -> None:
        self._font = next(font for font in faces.fonts if font["name"].getDebugName(1) == _FAMILY)
        self._codes = self._font.getBestCmap()
        self._outlines = self._font.getGlyphSet()
        self._em = self._font["head"].unitsPerEm

    def draw(
        self, char: str, place: tuple[float, float], size: tuple[float, float], *, turned: float
    ) -> str:
        """Return operators that fill `char`, its middle at `place`, turned by radians."""
        glyph = self._glyph(char)
        across, up = size[0] / self._em, size[1] / self._em
        laid = (
            Transform()
            .translate(*place)
            .rotate(turned)
            .scale(across, up)
            .translate(-glyph.width / 2, -_EM_CENTRE * self._em)
        )
        pen = _OperatorPen(self._outlines)
        glyph.draw(TransformPen(pen, laid))
        return "\n".join([*pen.operators, "f"])

    def width(self, char: str) -> float:
        """Return how wide `char` is, in ems."""
        return float(self._glyph(char).width / self._em)

    def _glyph(self, char: str) -> Any:
        if ord(char) not in self._codes:
            raise SealRefused(f"字体中没有“{char}”（U+{ord(char):04X}），无法绘制")
        return self._outlines[self._codes[ord(char)]]


@lru_cache(maxsize=64)
def words(text: str) -> tuple[bytes, float]:
    """Return operators that fill `text` on a line one unit high, and how long the line is.

    The line begins at 0, 0; the colour is the caller's. Raises SealRefused.
    """
    drawn, end = [], 0.0
    with open_letters() as letters:
        for char in text:
            wide = _BLANK if char == " " else letters.width(char)
            if char != " ":
                drawn.append(letters.draw(char, (end + wide / 2, 0.5), (1.0, 1.0), turned=0))
            end += wide
    return "\n".join(drawn).encode(), end


class _OperatorPen(BasePen):  # type: ignore[misc] # fontTools is untyped
    """Writes outlines as path operators, to a thousandth of a millimetre."""

    def __init__(self, outlines: Any) -> None:
        super().__init__(outlines)
        self.operators: list[str] = []

    def _moveTo(self, pt: Sequence[float]) -> None:  # noqa: N802 - the pen's protocol
        self.operators.append(f"{points(pt)} m")

    def _lineTo(self, pt: Sequence[float]) -> None:  # noqa: N802 - the pen's protocol
        self.operators.append(f"{points(pt)} l")

    def _curveToOne(  # noqa: N802 - the pen's protocol
        self, pt1: Sequence[float], pt2: Sequence[float], pt3: Sequence[float]
    ) -> None:
        self.operators.append(f"{points(pt1, pt2, pt3)} c")

    def _closePath(self) -> None:  # noqa: N802 - the pen's protocol
        self.operators.append("h")

    _endPath = _closePath  # noqa: N815 - the pen's protocol


def points(*points: Sequence[float]) -> str:
    """Return coordinates as operands, to a thousandth."""
    return " ".join(f"{number:.3f}" for point in points for number in point)


def one_page(drawing: bytes, width: float, height: float) -> bytes:
    """Return a PDF of one page of `width` by `height` points; by hand, so never different."""
    packed = zlib.compress(drawing, 9)
    box = f"[0 0 {width:.3f} {height:.3f}]".encode()
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox" + box + b"/Resources<<>>/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
    )
    written = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    starts = []
    for number, body in enumerate(bodies, 1):
        starts.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    written += b"".join(b"%010d 00000 n \n" % start for start in starts)
    written += b"trailer<</Size %d/Root 1 0 R>>\n" % (len(bodies) + 1)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % table)
