"""Sample seal: a round seal marked 样章, for trying things out and for nothing else.

It is drawn from outlines, so no font is embedded and no text of it turns up in a search.
Forging a firm's seal is a crime (刑法第二百八十条): every seal made here says that it is none.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTCollection

from archive.errors import SealRefused
from archive.pageframe import POINTS_PER_MM
from archive.stamping import SealImage

FACE: Final = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
"""From Debian's fonts-noto-cjk."""

_FAMILY: Final = "Noto Serif CJK SC"
_DIAMETER_MM: Final = 40.0
_BORDER_MM: Final = 1.2
_STAR_MM: Final = 6.0
"""From the centre to a point of the star."""

_NAME_HEIGHT_MM: Final = 5.4
_NAME_GAP_MM: Final = 0.9
_NAME_STEP: Final = math.radians(21)
_NAME_SPAN: Final = math.radians(244)
"""The name never comes lower than this arc: below it stands the title."""

_TITLE_BELOW_MM: Final = 11.6
_TITLE_WIDTH_MM: Final = 19.0
_TITLE_HEIGHT_MM: Final = 3.5
_MARK: Final = "样章"
_MARK_BELOW_MM: Final = 6.7
_MARK_HEIGHT_MM: Final = 4.4
_MARK_STEP_MM: Final = 6.0
_RED: Final = "0.85 0 0"
_ROUNDNESS: Final = 0.5522847498
_LONGEST_NAME: Final = 50
_EM_CENTRE: Final = 0.38
"""How far above the base line the middle of a Chinese character stands, in ems."""


def sample_seal(company: str, title: str = "合同专用章") -> SealImage:
    """Return a round 40 mm sample seal of a fictional `company`; the same call, the same bytes.

    Raises SealRefused where a character cannot be drawn or the name is too long to be read.
    """
    if not company.strip() or len(company) > _LONGEST_NAME:
        raise SealRefused(f"单位名称应为 1 至 {_LONGEST_NAME} 个字")
    if not FACE.is_file():
        raise SealRefused(f"缺少字体 {FACE.name}，请安装 fonts-noto-cjk")
    with TTCollection(FACE, lazy=True) as faces:
        letters = _Letters(faces)
        drawing = "\n".join(_drawing(letters, "".join(company.split()), "".join(title.split())))
    return SealImage(
        name=f"{company}{title}（{_MARK}）",
        pdf=_one_page(drawing.encode(), _DIAMETER_MM * POINTS_PER_MM),
        width_mm=_DIAMETER_MM,
        height_mm=_DIAMETER_MM,
    )


def _drawing(letters: _Letters, company: str, title: str) -> Iterator[str]:
    """Yield operators in millimetres around the centre of the seal, y upwards."""
    middle = _DIAMETER_MM / 2
    scale = POINTS_PER_MM
    yield f"{scale:.6f} 0 0 {scale:.6f} {middle * scale:.4f} {middle * scale:.4f} cm"
    yield f"{_RED} rg {_RED} RG {_BORDER_MM} w"
    yield _circle(middle - _BORDER_MM / 2)
    yield _star(_STAR_MM, raised=2.0)
    yield from _on_the_arc(letters, company)
    yield from _on_a_line(
        letters, _MARK, below=_MARK_BELOW_MM, step=_MARK_STEP_MM, height=_MARK_HEIGHT_MM
    )
    step = min(_TITLE_HEIGHT_MM, _TITLE_WIDTH_MM / max(len(title), 1))
    yield from _on_a_line(letters, title, below=_TITLE_BELOW_MM, step=step, height=_TITLE_HEIGHT_MM)


def _on_the_arc(letters: _Letters, text: str) -> Iterator[str]:
    height = _NAME_HEIGHT_MM
    radius = _DIAMETER_MM / 2 - _BORDER_MM - _NAME_GAP_MM - height / 2
    gaps = max(len(text) - 1, 1)
    step = min(_NAME_STEP, _NAME_SPAN / gaps)
    # Letters stand closest at their feet; a narrow one is made lower too, or it cannot be read.
    room = step * (radius - height / 2)
    width = min(height * 0.86, room * 0.94)
    height = min(height, width * 2.4)
    start = math.pi / 2 + step * (len(text) - 1) / 2
    for number, char in enumerate(text):
        angle = start - step * number
        place = (radius * math.cos(angle), radius * math.sin(angle))
        yield letters.draw(char, place, (width, height), turned=angle - math.pi / 2)


def _on_a_line(
    letters: _Letters, text: str, *, below: float, step: float, height: float
) -> Iterator[str]:
    for number, char in enumerate(text):
        across = (number - (len(text) - 1) / 2) * step
        yield letters.draw(char, (across, -below), (min(step, height) * 0.98, height), turned=0)


class _Letters:
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
        if ord(char) not in self._codes:
            raise SealRefused(f"字体中没有“{char}”（U+{ord(char):04X}），无法制作样章")
        glyph = self._outlines[self._codes[ord(char)]]
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


class _OperatorPen(BasePen):  # type: ignore[misc] # fontTools is untyped
    """Writes outlines as path operators, to a thousandth of a millimetre."""

    def __init__(self, outlines: Any) -> None:
        super().__init__(outlines)
        self.operators: list[str] = []

    def _moveTo(self, pt: Sequence[float]) -> None:  # noqa: N802 - the pen's protocol
        self.operators.append(f"{_points(pt)} m")

    def _lineTo(self, pt: Sequence[float]) -> None:  # noqa: N802 - the pen's protocol
        self.operators.append(f"{_points(pt)} l")

    def _curveToOne(  # noqa: N802 - the pen's protocol
        self, pt1: Sequence[float], pt2: Sequence[float], pt3: Sequence[float]
    ) -> None:
        self.operators.append(f"{_points(pt1, pt2, pt3)} c")

    def _closePath(self) -> None:  # noqa: N802 - the pen's protocol
        self.operators.append("h")

    _endPath = _closePath  # noqa: N815 - the pen's protocol


def _points(*points: Sequence[float]) -> str:
    return " ".join(f"{number:.3f}" for point in points for number in point)


def _circle(radius: float) -> str:
    r, k = radius, radius * _ROUNDNESS
    quarters = [
        ((r, k), (k, r), (0, r)),
        ((-k, r), (-r, k), (-r, 0)),
        ((-r, -k), (-k, -r), (0, -r)),
        ((k, -r), (r, -k), (r, 0)),
    ]
    return f"{_points((r, 0))} m " + " ".join(f"{_points(*q)} c" for q in quarters) + " h S"


def _star(radius: float, *, raised: float) -> str:
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = [
        (
            (radius if n % 2 == 0 else inner) * math.cos(math.pi / 2 + n * math.pi / 5),
            (radius if n % 2 == 0 else inner) * math.sin(math.pi / 2 + n * math.pi / 5) + raised,
        )
        for n in range(10)
    ]
    first, *others = corners
    return " ".join([f"{_points(first)} m", *(f"{_points(c)} l" for c in others), "h f"])


def _one_page(drawing: bytes, size: float) -> bytes:
    """Return a PDF of one square page of `size` points; written by hand, so never different."""
    packed = zlib.compress(drawing, 9)
    box = f"[0 0 {size:.3f} {size:.3f}]".encode()
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
