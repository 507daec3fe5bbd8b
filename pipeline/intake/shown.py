"""Shown: how a workbook shows its cells, and where that is not what they hold (显示).

A clerk answers for what the screen shows. A format may show another number than is kept (59.65
as 59.65万元, 1.5 as 2), a font may strike a text out or paint it like its ground.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from pipeline.intake.xmltext import tree_of

_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedStrings.xml"

_GENERAL = "General"
_BUILT_IN: Mapping[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Those that do not differ from one language of Excel to another (ECMA-376 18.8.30)."""

_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|\[\$([^\]-]*)(?:-[^\]]*)?\]')
_PAINT = re.compile(r"\[[^\]]*\]|[_*].")
_SCALED = re.compile(r"[0#?],+(?![,0#?])")
_SHOWS = re.compile(r"[0#?@]|[ymdhs]|general|通用", re.IGNORECASE)
_FRACTION = re.compile(r"[?#0]\s*/\s*[?#0-9]")
_PLACES = re.compile(r"[0#?](?:\.([0#?]*))?")
_SCALE_WORDS = re.compile(r"[万亿萬億]|[十百千仟](?:元|$)|^[kKmM]$")
_FOREIGN = re.compile(r"[$€£₩฿₫₽₹]|USD|EUR|GBP|JPY|HKD|TWD|[美欧日港英台]元|港币|台币|英镑")
_DIGITS_FIRST = re.compile(r"[\s.,，]*[0-9０-９]")
_DIGITS_LAST = re.compile(r'(?:[0-9０-９]"|[\\!][0-9０-９])[0#?]')
_YEN = re.compile(r"\[\$[¥￥]-(?:411|ja)", re.IGNORECASE)
_WHITE = "FFFFFF"
_STRUCK = "文字带删除线，是否有效不明；请真正删除或取消删除线"
_UNSEEN = "文字与底色相同，看不见；请改为自动颜色并核对，或删去内容"
_HIDDEN = "数字格式使内容不显示；请将格式改为“常规”并核对，或删去内容"


@dataclass(frozen=True, slots=True)
class Ink:
    """How letters are set: struck out or not, and in which colour, empty where left to Excel."""

    is_struck: bool = False
    colour: str = ""

    def problem_on(self, ground: str) -> str:
        """Return why letters set so on `ground` cannot be taken; empty where they can."""
        if self.is_struck:
            return _STRUCK
        return _UNSEEN if self.colour and self.colour == (ground or _WHITE) else ""


@dataclass(frozen=True, slots=True)
class Look:
    """How one style shows what is in a cell: its number format, ink and ground."""

    number_format: str = _GENERAL
    ink: Ink = Ink()
    ground: str = ""

    def shown(self, value: Decimal) -> Decimal | str:
        """Return `value`, as the text it is shown as where that is per cent."""
        if "%" not in _bare(self._section(0)):
            return value
        return f"{format((value * 100).normalize(), 'f')}%"

    def problem_of_text(self) -> str:
        """Return why a text shown so cannot be taken; empty where it can."""
        sections = _sections(self.number_format)
        is_gone = len(sections) > 3 and "@" not in sections[3]  # noqa: PLR2004 - the fourth is for texts
        return _HIDDEN if is_gone else self.ink.problem_on(self.ground)

    def problem_of_number(self, value: Decimal) -> str:
        """Return why a number shown so cannot be taken; empty where it can."""
        section = self._section(_section_for(value, self.number_format))
        return (
            _problem_of_format(section)
            or _rounded(section, value)
            or self.ink.problem_on(self.ground)
        )

    def _section(self, number: int) -> str:
        return _sections(self.number_format)[number]


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks of a workbook by number, and the inks within its shared texts."""

    looks: Sequence[Look] = ()
    inks: Mapping[int, Sequence[Ink]] | None = None

    def of(self, cell: etree._Element) -> Look:
        """Return the look of `cell`, an element of its sheet."""
        number = _whole(cell.get("s"))
        return self.looks[number] if number < len(self.looks) else Look()

    def problem_within(self, cell: etree._Element) -> str:
        """Return why a part of the text in `cell` cannot be taken; empty where all of it can."""
        inks: Sequence[Ink] = ()
        if cell.get("t") == "s":
            inks = (self.inks or {}).get(_whole(cell.findtext("{*}v")), ())
        elif cell.get("t") == "inlineStr":
            inks = tuple(_inks(cell))
        ground = self.of(cell).ground
        return next(filter(None, (ink.problem_on(ground) for ink in inks)), "")


def looks_of(parts: Mapping[str, bytes]) -> Looks:
    """Return the looks of the workbook of these parts; raises XmlRefused."""
    styles = tree_of(parts.get(_STYLES, b"<x/>"))
    strings = tree_of(parts.get(_STRINGS, b"<x/>"))
    return Looks(
        tuple(_looks(styles)),
        {number: tuple(_inks(each)) for number, each in enumerate(strings.iterfind("{*}si"))},
    )


def _looks(styles: etree._Element) -> Iterator[Look]:
    formats = {_whole(one.get("numFmtId")): one.get("formatCode") or _GENERAL
               for one in styles.iterfind("{*}numFmts/{*}numFmt")}  # fmt: skip
    inks = [_ink(font) for font in styles.iterfind("{*}fonts/{*}font")]
    grounds = [_ground(fill) for fill in styles.iterfind("{*}fills/{*}fill")]
    for style in styles.iterfind("{*}cellXfs/{*}xf"):
        number, ink, ground = (_whole(style.get(name)) for name in ("numFmtId", "fontId", "fillId"))
        yield Look(
            formats.get(number, _BUILT_IN.get(number, _GENERAL)),
            inks[ink] if ink < len(inks) else Ink(),
            grounds[ground] if ground < len(grounds) else "",
        )


def _inks(text: etree._Element) -> Iterator[Ink]:
    """Yield the inks of the stretches of a text that are set in their own way."""
    for properties in text.iterfind(".//{*}r/{*}rPr"):
        yield _ink(properties)


def _ink(font: etree._Element) -> Ink:
    struck = font.find("{*}strike")
    return Ink(
        struck is not None and struck.get("val", "1") not in {"0", "false"},
        _colour(font.find("{*}color")),
    )


def _ground(fill: etree._Element) -> str:
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return "gradient" if len(fill) else ""
    kind = pattern.get("patternType", "none")
    return "" if kind == "none" else _colour(pattern.find("{*}fgColor")) or kind


def _colour(element: etree._Element | None) -> str:
    """Return a colour so that equal ones are equal; white however it is said, empty for none."""
    if element is None or element.get("auto") in {"1", "true"}:
        return ""
    tint = element.get("tint", "0")
    if (rgb := element.get("rgb")) is not None:
        return rgb[-6:].upper()
    if (theme := element.get("theme")) is not None:
        return _WHITE if theme == "0" and float(tint or 0) == 0 else f"theme {theme} {tint}"
    indexed = element.get("indexed")
    return {"1": _WHITE, "9": _WHITE, None: "", "64": "", "65": ""}.get(indexed, f"{indexed}")


def _sections(number_format: str) -> list[str]:
    """Return what a format says for numbers above nought, below, nought itself, and texts."""
    sections, quoted = [""], False
    for char in number_format:
        quoted ^= char == '"'
        if char == ";" and not quoted:
            sections.append("")
        else:
            sections[-1] += char
    return sections


def _section_for(value: Decimal, number_format: str) -> int:
    count = len(_sections(number_format))
    if value < 0 and count > 1:
        return 1
    return 2 if value == 0 and count > 2 else 0  # noqa: PLR2004 - the third is for nought


def _bare(section: str) -> str:
    """Return the signs of a format that stand for digits."""
    return _PAINT.sub("", _LITERAL.sub("", section))


def _problem_of_format(section: str) -> str:
    """Return why a format shows other figures than are kept, or none; empty where it does not."""
    bare = _bare(section)
    words = [word for found in _LITERAL.findall(section) for word in found if word]
    words += re.findall(r"[^\x00-\x7f]+|\$", bare)
    problem = ""
    if not _SHOWS.search(bare):
        problem = _HIDDEN
    elif _FOREIGN.search(" ".join(words)) or _YEN.search(section):
        problem = "数字格式显示为外币；标准合同只用人民币，请改为人民币格式并核对金额"
    elif any(_SCALE_WORDS.search(word.strip()) for word in words) or _SCALED.search(bare):
        problem = "数字格式以万、千等为单位显示，与存放的数值不同；请将格式改为“数值”，以元填写全数"
    elif any(_DIGITS_FIRST.match(word) for word in words) or _DIGITS_LAST.search(section):
        problem = "数字格式里夹有数字，显示的与存放的不同；请将格式改为“数值”并核对"
    elif re.search(r"E[+-]", bare):
        problem = "以科学记数显示，看不出全数；请将格式改为“数值”并核对"
    return problem


def _rounded(section: str, value: Decimal) -> str:
    """Return that a number is shown with fewer places than it has; empty where it is not."""
    bare = _bare(section)
    places = _PLACES.findall(bare)
    if not places or _FRACTION.search(bare) or re.search(r"general|通用", bare, re.IGNORECASE):
        return ""
    scaled = value * 100 if "%" in bare else value
    seen = scaled.quantize(Decimal(1).scaleb(-max(map(len, places))), ROUND_HALF_UP)
    if seen == scaled:
        return ""
    mark = "%" if "%" in bare else ""
    return (
        f"显示为 {seen}{mark}，实际存放的是 {format(scaled.normalize(), 'f')}{mark}；"
        "请使两者一致：直接录入核定的数，或增加显示的小数位"
    )


def _whole(text: str | None) -> int:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else 0
