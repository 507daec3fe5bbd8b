"""Lettering: the language of the text, and the faces it asks for (T15, T16)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from lxml import etree

from templates.errors import Finding
from templates.fitting.findings import blocks, warns
from templates.fitting.markup import attribute, every, name_of
from templates.fitting.places import Line
from templates.fitting.styles import Styles
from templates.wordfile import Wordfile

_CHINESE = re.compile("[\u4e00-\u9fff]")
_MAINLAND = ("zh-cn", "zh-hans", "zh-sg")
_FACES = ("eastAsia", "ascii", "hAnsi")
_THEMED = {"major": "majorFont", "minor": "minorFont"}
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_LISTED = 3
_HOW_LANGUAGE = "在 Word 中全选文字，“审阅”→“语言”→“设置校对语言”，选“中文(中国)”，点“设为默认值”"


def foreign_language(lines: Sequence[Line], styles: Styles) -> Iterator[Finding]:
    """Yield where Chinese text is not marked as Chinese of the mainland.

    Without the mark characters and punctuation are printed in the shapes of other regions.
    """
    wrong: list[tuple[Line, str]] = []
    for line in lines:
        said = [_language(run, styles) for run in _chinese_runs(line)]
        if other := next((each for each in said if not each.lower().startswith(_MAINLAND)), None):
            wrong.append((line, other))
        elif "" in said:
            wrong.append((line, ""))
    if wrong:
        line, language = wrong[0]
        what = f"标为 {language}" if language else "没有标明"
        message = (
            f"中文文字的语言{what}（共 {len(wrong)} 段），字形和标点会印成其他地区的样子；"
            f"{_HOW_LANGUAGE}"
        )
        yield blocks("T15", line.at(), message)


def missing_faces(
    wordfile: Wordfile, lines: Sequence[Line], styles: Styles, available: AbstractSet[str]
) -> Iterator[Finding]:
    """Yield every face the text asks for that is not among `available` (case-folded)."""
    theme = _Theme(wordfile)
    wanted: dict[str, list[Line]] = {}
    for line in lines:
        for run in _runs(line):
            text = "".join(each.text or "" for each in every(run, "t"))
            for face in _faces_of(run, text, styles, theme):
                wanted.setdefault(face, []).append(line)
    for face, users in wanted.items():
        if face.casefold() not in available:
            places = "、".join(dict.fromkeys(line.where for line in users[:_LISTED]))
            yield warns(
                "T16",
                places,
                f"本机没有字体“{face}”，将以宋体代替，版面会变；"
                "请改用宋体、黑体、仿宋或楷体，或将该字体文件放入 fonts/own",
            )


def _runs(line: Line) -> Iterator[etree._Element]:
    for run in dict.fromkeys(piece.element.getparent() for piece in line.pieces):
        if run is not None and name_of(run) == "r":
            yield run


def _chinese_runs(line: Line) -> Iterator[etree._Element]:
    for run in _runs(line):
        if any(_CHINESE.search(each.text or "") for each in every(run, "t")):
            yield run


def _language(run: etree._Element, styles: Styles) -> str:
    said = (attribute(each, "eastAsia") for each in styles.run_property(run, "lang"))
    return next((each for each in said if each), "")


def _faces_of(run: etree._Element, text: str, styles: Styles, theme: _Theme) -> Iterator[str]:
    given = list(styles.run_property(run, "rFonts"))
    for script in _FACES:
        is_asked = _CHINESE.search(text) if script == "eastAsia" else re.search("[!-~]", text)
        if not is_asked:
            continue
        for fonts in given:
            face = theme.face(attribute(fonts, f"{script}Theme")) or attribute(fonts, script)
            if face:
                yield face
                break


class _Theme:
    """The faces a theme names; a Word file may have none."""

    def __init__(self, wordfile: Wordfile) -> None:
        related = {r.kind: r.target for r in wordfile.relations(wordfile.main)}
        part = related.get("theme", "")
        self._root = wordfile.tree(part) if part in wordfile.parts else None

    def face(self, name: str | None) -> str:
        """Return the face of a theme name such as `minorEastAsia`, "" where there is none."""
        if self._root is None or not name or name[:5] not in _THEMED:
            return ""
        fonts = self._root.find(f".//{_DRAWING}{_THEMED[name[:5]]}")
        if fonts is None:
            return ""
        if name.endswith("EastAsia"):
            own = fonts.find(f"{_DRAWING}ea")
            script = fonts.find(f"{_DRAWING}font[@script='Hans']")
            chosen = own if own is not None and own.get("typeface") else script
        else:
            chosen = fonts.find(f"{_DRAWING}latin")
        return "" if chosen is None else chosen.get("typeface", "")
