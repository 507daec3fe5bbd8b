"""Vetting: what may stand in a Word file changed by hand, and what to do in Word about the rest.

Everything the comparison and the page cannot both show is refused: what is tracked and not
decided, hidden, painted white, drawn, computed or numbered by Word itself. A list of what may
stand there is kept, not one of what may not: what nobody thought of is refused too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from templates.deviating.ooxml import W, is_on, local, text_within, value, w, where
from templates.deviating.unseen import (
    is_off_its_line,
    is_off_the_page,
    is_symbolic,
    is_too_small,
    is_unseen,
)
from templates.errors import Finding, Level

_TRACKED: Final = {
    "ins", "del", "moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart", "rPrChange",
    "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange",
    "tblGridChange", "numberingChange", "cellIns", "cellDel", "cellMerge", "delText",
    "delInstrText",
}  # fmt: skip
_COMMENTS: Final = {"commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef"}
_NOTES: Final = {"footnoteReference", "endnoteReference"}
_PICTURES: Final = {"drawing", "pict", "object", "control", "AlternateContent", "movie"}
_STRUCTURE: Final = {
    "document", "hdr", "ftr", "body", "p", "r", "t", "tab", "br", "cr", "noBreakHyphen", "sym",
    "lastRenderedPageBreak", "proofErr", "bookmarkStart", "bookmarkEnd", "permStart", "permEnd",
    "tbl", "tr", "tc", "fldSimple", "fldChar", "instrText",
}  # fmt: skip
_PROPERTIES: Final = {
    "pPr", "rPr", "tblPr", "tblPrEx", "trPr", "tcPr", "sectPr", "tblGrid",
}  # fmt: skip
_PAGE_FIELDS: Final = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
_HIDDEN: Final = {"vanish", "webHidden", "specVanish"}
_STRUCK: Final = {"strike", "dstrike"}
_EFFECTS: Final = {
    "textFill", "glow", "textOutline", "framePr", "tblpPr", "rtl", "bidi", "bidiVisual",
    "fitText", "eastAsianLayout", "emboss", "imprint", "outline", "shadow", "effect", "bdr",
}  # fmt: skip
_MOST_SHOWN: Final = 8


def vet(part: str, root: etree._Element, *, margin: bool) -> Iterator[Finding]:
    """Yield what keeps a part of the text from being taken in; `margin` for header and footer.

    Each finding names the place by the words that stand there.
    """
    seen: dict[str, int] = {}
    for finding in _all(root, "页眉页脚" if margin else "正文"):
        seen[finding.message] = seen.get(finding.message, 0) + 1
        if seen[finding.message] <= _MOST_SHOWN:
            yield finding
    more = sum(max(0, count - _MOST_SHOWN) for count in seen.values())
    if more:
        yield refused(part, f"另有 {more} 处同类问题")


def vet_styles(root: etree._Element, used: set[str]) -> Iterator[Finding]:
    """Yield what a style in use does to its text that nobody would see."""
    for defaults in root.iter(w("docDefaults")):
        for problem in _traits(defaults):
            yield refused("样式默认值", problem)
    wanted = _with_ancestors(root, used)
    for style in root.iter(w("style")):
        if value(style, "styleId") not in wanted:
            continue
        name = next((value(each) for each in style.iter(w("name"))), "")
        for problem in _traits(style):
            yield refused(f"样式“{name}”", problem)
        if any(local(each) == "numPr" for each in style.iter(etree.Element)):
            yield refused(f"样式“{name}”", _NUMBERED)


def _with_ancestors(root: etree._Element, used: set[str]) -> set[str]:
    """Return the styles in use, the default ones, and all that these are based on."""
    styles = {value(style, "styleId"): style for style in root.iter(w("style"))}
    defaults = {name for name, style in styles.items() if value(style, "default") == "1"}
    wanted: set[str] = set()
    pending = [*used, *defaults]
    while pending:
        name = pending.pop()
        if name in styles and name not in wanted:
            wanted.add(name)
            pending += [value(each) for each in styles[name].iterchildren(w("basedOn"))]
    return wanted


def refused(place: str, message: str) -> Finding:
    """Return a finding that keeps a Word file out."""
    return Finding("P-304", Level.BLOCK, place, message)


_TRACKED_WORDS: Final = (
    "有尚未处理的修订标记；请在 Word 中“审阅 → 接受 → 接受所有更改并停止修订”，保存后重新提交"
)
_COMMENT_WORDS: Final = "还有批注；请在 Word 中“审阅 → 删除 → 删除文档中的所有批注”，保存后重新提交"
_PICTURE_WORDS: Final = "有图片、文本框、图形或嵌入对象，其内容无法核对；请删除，改为文字或表格"
_FIELD_WORDS: Final = "有域（自动计算的内容）；请选中后按 Ctrl+Shift+F9 转为文字"
_LINK_WORDS: Final = "有超链接；请右键“取消超链接”"
_SYMBOLIC: Final = "用了符号字体，印出的不是这些字；请改为宋体或仿宋"
_NUMBERED: Final = (
    "用了自动编号，编号不是文字，无法核对；请在 Word 中“开始 → 编号 → 无”，再手工输入编号"
)
_NOTE_WORDS: Final = "有脚注或尾注；请把内容写入正文"


def _all(root: etree._Element, kind: str) -> Iterator[Finding]:
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        problem = _problem(element)
        if problem is not None:
            yield refused(f"{kind}{where(element)}", problem)
            walk.skip_subtree()
        elif local(element) in _PROPERTIES:
            for each in _traits_of_properties(element):
                yield refused(f"{kind}{where(element)}", each)
            walk.skip_subtree()


def _problem(element: etree._Element) -> str | None:
    """Return why `element` cannot stand in a text; None where it can."""
    name = local(element)
    if name == "sym" and is_symbolic(element):
        return _SYMBOLIC
    if etree.QName(element).namespace == W and name in _STRUCTURE:
        return _field_problem(element, name)
    known = {
        **dict.fromkeys(_TRACKED, _TRACKED_WORDS),
        **dict.fromkeys(_COMMENTS, _COMMENT_WORDS),
        **dict.fromkeys(_PICTURES, _PICTURE_WORDS),
        **dict.fromkeys(_NOTES, _NOTE_WORDS),
        "hyperlink": _LINK_WORDS,
        "sdt": "有内容控件；请右键“删除内容控件”，保留其中文字",
    }
    if name in known:
        return known[name]
    if name in _PROPERTIES:
        return None
    return f"含有无法核对的内容（{name}）；请删除后重新输入为普通文字"


def _field_problem(element: etree._Element, name: str) -> str | None:
    if name == "fldSimple" and not _is_page_field(value(element, "instr")):
        return _FIELD_WORDS
    if name == "instrText" and not _is_page_field(element.text or ""):
        return None if not (element.text or "").strip() else _FIELD_WORDS
    return None


def _is_page_field(instruction: str) -> bool:
    words = instruction.split()
    return bool(words) and words[0].upper() in _PAGE_FIELDS


def _traits_of_properties(properties: etree._Element) -> Iterator[str]:
    for element in properties.iter(etree.Element):
        if local(element) in _TRACKED:
            yield _TRACKED_WORDS
            return
    holder = properties.getparent()
    has_text = holder is not None and bool(text_within(holder).strip())
    if has_text or local(properties) == "sectPr":
        yield from _traits(properties)


def _traits(holder: etree._Element) -> Iterator[str]:
    """Yield what hides text, or prints as text what is none."""
    for element in holder.iter(etree.Element):
        name = local(element)
        problem = next((words for is_so, words in _TRAITS if is_so(element, name)), None)
        if problem is not None:
            yield problem


def _numbers(element: etree._Element) -> bool:
    """Return whether automatic numbering is on: the number 0 takes it off."""
    identity = element.find(w("numId"))
    return identity is None or value(identity) != "0"


_TRAITS: Final[tuple[tuple[Callable[[etree._Element, str], bool], str], ...]] = (
    (
        lambda element, name: name in _HIDDEN and is_on(element),
        "有隐藏文字；请在“字体”中取消“隐藏”，不需要的文字请删除",
    ),
    (
        lambda element, name: name in _STRUCK and is_on(element),
        "有带删除线的文字，是否有效不明；请真正删除或取消删除线",
    ),
    (
        is_unseen,
        "有白色、浅色或深底文字，印出后看不见；请改为自动颜色、无底纹，不需要的文字请删除",
    ),
    (
        lambda element, name: name in _EFFECTS and is_on(element),
        "用了文字效果、图文框、浮动表格或反向排列，印出的样子不确定；请取消",
    ),
    (lambda element, name: name == "rFonts" and is_symbolic(element), _SYMBOLIC),
    (lambda element, name: name == "numPr" and _numbers(element), _NUMBERED),
    (
        is_too_small,
        "有挤得或小得无法辨认的文字（字号、缩放、字距、行距或行高过小）；请改为正常大小",
    ),
    (
        lambda element, name: name == "position" and is_off_its_line(element),
        "有提升或降低过多的文字，会压在别的行上；请在“字体 → 高级 → 位置”中改为标准",
    ),
    (
        lambda element, name: name == "ind" and is_off_the_page(element),
        "缩进过大，文字会落在页面以外；请改为正常缩进",
    ),
)
"""What a property must not do, and the words where it does; the first that holds is told."""
