"""Residue: what writing leaves in a Word file and no contract may carry (T20 to T24)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from templates.errors import Finding
from templates.fitting.findings import WHOLE, blocks, warns
from templates.fitting.markup import attribute, child, every, is_on, name_of
from templates.fitting.places import Line
from templates.wordfile import parse_xml

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CHANGES = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange",
            "trPrChange", "tcPrChange", "sectPrChange", "cellIns", "cellDel")  # fmt: skip
_FOREIGN = re.compile(r"activeX|embeddings/|afchunk|oleObject", re.IGNORECASE)
_COUNTED = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
_HARMLESS = {"HYPERLINK", *_COUNTED}
_PLACES = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}


def dangers(parts: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield macros, embedded objects and what reaches outside the file."""
    names = [name.lower() for name in parts]
    if any("vbaproject" in name for name in names) or b"macroEnabled" in parts.get(
        "[Content_Types].xml", b""
    ):
        message = "含有宏；请在 Word 中“另存为”→“Word 文档(*.docx)”，不要选启用宏的格式"
        yield blocks("T20", WHOLE, message)
    if any(_FOREIGN.search(name) for name in parts):
        yield blocks("T20", WHOLE, "嵌入了其他程序的对象；请删去，需要的内容以文字、表格或图片写入")
    for name in sorted(parts):
        if name.endswith(".rels"):
            yield from _outside(name, parse_xml(parts[name], name))


def _outside(name: str, root: etree._Element) -> Iterator[Finding]:
    for link in root.iter(_RELATIONSHIP):
        kind = link.get("Type", "").rpartition("/")[2]
        if link.get("TargetMode") != "External" or kind == "hyperlink":
            continue
        target = link.get("Target", "")[:120]
        if kind == "attachedTemplate":
            how = "在 Word 中“开发工具”→“文档模板”，文档模板改为 Normal 后保存"
        elif kind == "image":
            how = "请删去该图片，再用“插入”→“图片”嵌入（不要选“链接到文件”）"
        else:
            how = "请删去该链接，把内容写入文件本身"
        place = next((word for part, word in _PLACES.items() if part[:-1] in name), WHOLE)
        yield blocks("T21", place, f"链接了文件以外的内容（{kind}：{target}）；{how}")


def traces(lines: Sequence[Line]) -> Iterator[Finding]:
    """Yield tracked changes, comments, hidden text, prompts of controls and computed fields."""
    roots = dict.fromkeys(line.element.getroottree().getroot() for line in lines)
    by_paragraph = {line.element: line for line in lines}
    for root in roots:
        yield from _first(
            root,
            _CHANGES,
            by_paragraph,
            "T22",
            "留有修订；请在 Word 中“审阅”→“接受”→“接受所有修订”，并关闭修订",
        )
        yield from _first(
            root,
            ("commentReference", "commentRangeStart"),
            by_paragraph,
            "T22",
            "留有批注；请在 Word 中“审阅”→“删除”→“删除文档中的所有批注”",
        )
        yield from _controls(root, by_paragraph)
        yield from _fields(root, by_paragraph)
        yield from _unseen_tags(root, by_paragraph)
    yield from _hidden(lines)


def _unseen_tags(
    root: etree._Element, by_paragraph: Mapping[etree._Element, Line]
) -> Iterator[Finding]:
    """Yield tags in formulas, field codes and drawings: filled, but never read back."""
    for element in root.iter(etree.Element):
        if name_of(element) != "t" and any(sign in (element.text or "") for sign in ("{{", "{%")):
            message = "标签写在公式、域代码或图形之中，填写后无法核对；请移到正文或表格中"
            yield blocks("T24", _line_of(element, by_paragraph), message)


def _line_of(element: etree._Element, by_paragraph: Mapping[etree._Element, Line]) -> str:
    near = [element, *element.iterancestors()]
    for each in near:
        if each in by_paragraph:
            return by_paragraph[each].at()
    inner = next((p for p in every(element, "p") if p in by_paragraph), None)
    return WHOLE if inner is None else by_paragraph[inner].at()


def _first(
    root: etree._Element,
    names: tuple[str, ...],
    by_paragraph: Mapping[etree._Element, Line],
    code: str,
    message: str,
) -> Iterator[Finding]:
    found = list(every(root, *names))
    if found:
        more = f"（共 {len(found)} 处）" if len(found) > 1 else ""
        yield blocks(code, _line_of(found[0], by_paragraph), f"{message}{more}")


def _controls(
    root: etree._Element, by_paragraph: Mapping[etree._Element, Line]
) -> Iterator[Finding]:
    for control in every(root, "sdt"):
        place = _line_of(control, by_paragraph)
        if is_on(child(control, "sdtPr", "showingPlcHdr")):
            message = "内容控件中还是提示文字；请填入固定文字或 {{ 字段名 }}，或删去该控件"
            yield blocks("T23", place, message)
        if child(control, "sdtPr", "dataBinding") is not None:
            message = (
                "内容控件绑定了文档属性，打印时会换成属性中的内容；"
                "请右键该控件选“删除内容控件”，保留文字"
            )
            yield blocks("T23", place, message)


def _fields(root: etree._Element, by_paragraph: Mapping[etree._Element, Line]) -> Iterator[Finding]:
    for place, instruction in _instructions(root, by_paragraph):
        word = instruction.split()[0].upper() if instruction.split() else ""
        if word in _HARMLESS or not word:
            continue
        if word == "MERGEFIELD":
            message = "这是 Word 邮件合并域，不会填写；请删去，改写为 {{ 字段名 }}"
            yield blocks("T24", place, message)
        elif word in {"TOC", "REF", "PAGEREF", "SEQ", "NOTEREF"}:
            message = f"域 {word} 的内容填写后不会更新；请改为固定文字"
            yield warns("T24", place, message)
        else:
            message = f"域 {word} 的内容每次打开都可能不同；请改为固定文字或 {{{{ 字段名 }}}}"
            yield blocks("T24", place, message)


def _instructions(
    root: etree._Element, by_paragraph: Mapping[etree._Element, Line]
) -> Iterator[tuple[str, str]]:
    for simple in every(root, "fldSimple"):
        yield _line_of(simple, by_paragraph), attribute(simple, "instr") or ""
    said: list[str] = []
    for element in every(root, "fldChar", "instrText"):
        if name_of(element) == "instrText":
            # Word splits an instruction over runs, so it is read as one.
            said.append(element.text or "")
        elif attribute(element, "fldCharType") == "begin":
            said = []
        elif attribute(element, "fldCharType") == "separate" or said:
            yield _line_of(element, by_paragraph), "".join(said)
            said = []


def _hidden(lines: Sequence[Line]) -> Iterator[Finding]:
    for line in lines:
        for piece in line.pieces:
            run = piece.element.getparent()
            if (piece.element.text or "").strip() and is_on(child(run, "rPr", "vanish")):
                message = "有隐藏文字，打印时不出现；请取消“隐藏”字体效果，或删去这些文字"
                yield blocks("T22", line.at(piece.start, piece.end), message)
                break
