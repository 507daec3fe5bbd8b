"""Faces: one face of Noto CJK made into a TrueType face of our own.

Four things are changed, and the name with them. The line is as high as in SimSun, so that a
contract keeps the pages it has in Word (Noto's own line is 1.44 em). Outlines become TrueType,
because LibreOffice embeds CFF outlines under a number that counts up with every document,
so that no two conversions are alike. Figures and the marks within amounts are as wide as in
SimSun and Times New Roman, so that digit stands under digit and an amount takes the room it
takes in Word. The ballot boxes ☐ ☑ ☒, which Noto CJK lacks, are drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection

_ASCENT: Final = 0.859
_DESCENT: Final = 0.141
"""SimSun's ascent and descent; together one em."""

_OUTLINE_ERROR: Final = 1.5
"""How far a converted outline may stray, in thousandths of the em: 0.006 mm at 12 pt."""

_EPOCH: Final = 3_786_912_000
"""2024-01-01 in seconds since 1904: a derived face must not depend on the day it was made."""

_HALF_WIDTHS: Final = {**dict.fromkeys("0123456789", 500), ",": 250, ".": 250}
"""The width of a figure, comma and stop in SimSun and Times New Roman, in thousandths."""

_HANGUL: Final = range(0xAC00, 0xD7B0)
_SYMBOLS_END: Final = 0x3400


@dataclass(frozen=True, slots=True)
class Face:
    """One face to derive; `everyday` leaves out what GBK does not know, to save time.

    A character a face lacks is printed from the complete one.
    """

    file: str
    family: str
    bold: bool
    source: str
    source_family: str
    everyday: bool

    @property
    def style(self) -> str:
        """The style name: Regular or Bold."""
        return "Bold" if self.bold else "Regular"

    @property
    def postscript(self) -> str:
        """The PostScript name, as it stands in a PDF."""
        return f"{self.family.replace(' ', '')}-{self.style}"


_SERIF: Final = "Noto Serif CJK SC"
_SANS: Final = "Noto Sans CJK SC"

FACES: Final = (
    Face("gd-song.ttf", "GD Song", False, "NotoSerifCJK-Regular.ttc", _SERIF, False),
    Face("gd-song-bold.ttf", "GD Song", True, "NotoSerifCJK-Bold.ttc", _SERIF, True),
    Face("gd-hei.ttf", "GD Hei", False, "NotoSansCJK-Regular.ttc", _SANS, True),
    Face("gd-hei-bold.ttf", "GD Hei", True, "NotoSansCJK-Bold.ttc", _SANS, True),
)


def derive(face: Face, sources: Path, target: Path) -> None:
    """Write `face` to `target`, from the collection in `sources`; takes up to a minute."""
    with TTCollection(sources / face.source, lazy=True, recalcBBoxes=False) as collection:
        _derive(face, _member(collection, face.source_family), target)


def _derive(face: Face, source: Any, target: Path) -> None:
    codes = {
        code: name
        for code, name in sorted(source.getBestCmap().items())
        if code not in _HANGUL and (not face.everyday or _is_everyday(code))
    }
    outlines = source.getGlyphSet()
    widths = source["hmtx"].metrics
    scales = {codes[ord(c)]: width / widths[codes[ord(c)]][0] for c, width in _HALF_WIDTHS.items()}
    glyphs: dict[str, Any] = {}
    metrics: dict[str, tuple[int, int]] = {}
    for name in [".notdef", *sorted(set(codes.values()) - {".notdef"})]:
        pen = TTGlyphPen(None)
        narrowed = (scales.get(name, 1), 0, 0, 1, 0, 0)
        cubic = Cu2QuPen(pen, _OUTLINE_ERROR, reverse_direction=True)
        outlines[name].draw(TransformPen(cubic, narrowed))
        glyphs[name] = pen.glyph()
        width, bearing = widths[name]
        metrics[name] = (round(width * narrowed[0]), round(bearing * narrowed[0]))
    for code, name, glyph in _ballot_boxes():
        if code not in codes:
            codes[code], glyphs[name], metrics[name] = name, glyph, (1000, 110)
    _assemble(face, source, codes, glyphs, metrics).save(target)


def _member(collection: Any, family: str) -> Any:
    for font in collection.fonts:
        if family in {font["name"].getDebugName(16), font["name"].getDebugName(1)}:
            return font
    raise LookupError(f"the collection has no face {family}")


def _is_everyday(code: int) -> bool:
    if code < _SYMBOLS_END:
        return True
    try:
        chr(code).encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _assemble(
    face: Face,
    source: Any,
    codes: dict[int, str],
    glyphs: dict[str, Any],
    metrics: dict[str, tuple[int, int]],
) -> Any:
    unit = source["head"].unitsPerEm
    ascent, descent = round(_ASCENT * unit), round(_DESCENT * unit)
    builder = FontBuilder(unit, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(codes)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=ascent, descent=-descent, lineGap=0)
    builder.setupOS2()
    windows = builder.font["OS/2"] = source["OS/2"]
    windows.sTypoAscender, windows.sTypoDescender, windows.sTypoLineGap = ascent, -descent, 0
    windows.usWinAscent, windows.usWinDescent = ascent, descent
    windows.usWeightClass = 700 if face.bold else 400
    windows.fsSelection = 0x20 if face.bold else 0x40
    builder.setupNameTable(_names(face, source["name"]), mac=False)
    builder.setupPost(
        keepGlyphNames=False,
        underlinePosition=source["post"].underlinePosition,
        underlineThickness=source["post"].underlineThickness,
    )
    head = builder.font["head"]
    head.macStyle = 1 if face.bold else 0
    head.created = head.modified = _EPOCH
    builder.font.recalcTimestamp = False
    return builder.font


def _names(face: Face, original: Any) -> dict[str, str]:
    full = face.family if not face.bold else f"{face.family} Bold"
    return {
        "copyright": f"{original.getDebugName(0)}; derived by guidang",
        "familyName": face.family,
        "styleName": face.style,
        "uniqueFontIdentifier": f"guidang;{face.postscript}",
        "fullName": full,
        "version": "Version 1.000",
        "psName": face.postscript,
        "licenseDescription": original.getDebugName(13) or "",
        "licenseInfoURL": original.getDebugName(14) or "",
    }


def _ballot_boxes() -> Iterator[tuple[int, str, Any]]:
    tick = [(270, 370), (325, 425), (450, 290), (690, 620), (745, 575), (455, 190)]
    slash = [(262, 215), (645, 598), (698, 545), (315, 162)]
    stroke = [(1000 - x, y) for x, y in reversed(slash)]
    for code, name, marks in (
        (0x2610, "ballotbox", []),
        (0x2611, "ballotboxcheck", [tick]),
        (0x2612, "ballotboxcross", [slash, stroke]),
    ):
        pen = TTGlyphPen(None)
        outer = [(110, -10), (110, 770), (890, 770), (890, -10)]
        inner = [(160, 40), (840, 40), (840, 720), (160, 720)]
        for contour in (outer, inner, *marks):
            _trace(pen, contour)
        yield code, name, pen.glyph()


def _trace(pen: Any, contour: list[tuple[int, int]]) -> None:
    pen.moveTo(contour[0])
    for point in contour[1:]:
        pen.lineTo(point)
    pen.closePath()


if __name__ == "__main__":
    derive(
        next(face for face in FACES if face.file == sys.argv[1]),
        Path(sys.argv[2]),
        Path(sys.argv[3]),
    )
