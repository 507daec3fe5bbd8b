"""Formwork: every part a Word file must have, markup included, without the engine that fills it.

What is hidden in a file — white or vanished text, a comment, a text box, a style, a property — is
no text anybody could read back, but it is a difference to the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

from lxml import etree

from templates.core_properties import CORE_PART
from templates.expectation import NUMBER_TO_COME
from templates.wordfile import Wordfile

_MARKUP = r"(?:<[^<>]*>)*"
_TAG = re.compile(
    rf"\{{{_MARKUP}\{{(?P<field>(?:[^{{}}<>]|<[^<>]*>)*)\}}{_MARKUP}\}}"
    rf"|\{{{_MARKUP}%(?P<order>(?:[^%<>]|<[^<>]*>)*)%{_MARKUP}\}}"
    rf"|(?P<mark>{NUMBER_TO_COME})"
)
_ORDER = re.compile(r"(?P<unit>tr|p)\s+(?:for\s+(?P<name>\w+)\s+in\s+(?P<rows>[\w.]+)|endfor)")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>\s*")
# What filling may add of itself: it keeps blanks in a text and a row on one page, no more. A row
# cut off at the foot of a page is found in the PDF.
_KEPT_BLANKS = ' xml:space="preserve"'
_HELD_ROW = "<w:cantSplit/>"
_NO_TRAITS = ("<w:trPr/>", "<w:trPr></w:trPr>")
_PARAGRAPH = "}p"
_OWN_PROPERTIES = {"title", "language", "created", "modified"}
_CALLED = {
    "document": "正文",
    "header": "页眉",
    "footer": "页脚",
    "footnotes": "脚注",
    "endnotes": "尾注",
    "styles": "样式表",
    "settings": "文档设置",
    "numbering": "自动编号",
}
_SPECIAL = re.compile("[&<>]")
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class _Field:
    name: str


@dataclass(frozen=True, slots=True)
class _Loop:
    name: str
    rows: str
    body: tuple[_Piece, ...]
    columns: tuple[str, ...]


_Piece = str | _Field | _Loop


@dataclass(frozen=True, slots=True)
class Formwork:
    """The parts of a reference by name; those with tags as pieces between which fields go."""

    parts: Mapping[str, bytes]
    forms: Mapping[str, tuple[_Piece, ...]]

    @classmethod
    def of(cls, reference: Wordfile) -> Formwork:
        """Return the formwork of `reference`, to be used for many documents."""
        forms = {
            name: tuple(_pieces(_plain(etree.tostring(reference.tree(name), encoding="UTF-8"))))
            for name in reference.parts
            if name.endswith(".xml") and name != CORE_PART
        }
        return cls(reference.parts, forms)

    def differences(self, docx: Wordfile, fields: Mapping[str, str]) -> Iterator[str]:
        """Yield what of `docx` is not the reference with `fields` in it, part by part.

        What the file says of itself (title, day) is the document's own, but nothing more.
        """
        for name in self.parts:
            if name not in docx.parts and name != CORE_PART:
                yield f"文件缺少部分 {name}"
        for name, part in docx.parts.items():
            if name == CORE_PART:
                yield from self._properties(part, docx)
            elif name not in self.parts:
                yield f"文件多出部分 {name}，模板中没有"
            elif part != self.parts[name] and (
                name not in self.forms or not self._is_filled(name, part, fields)
            ):
                yield self._first_difference(name, part, fields)

    def _is_filled(self, name: str, part: bytes, fields: Mapping[str, str]) -> bool:
        said, wanted = _plain(part), _filled(self.forms[name], fields)
        if said == wanted:
            return True
        tree, other = _tree(said), _tree(wanted)
        if tree is None or other is None:
            return False
        return etree.tostring(tree, method="c14n") == etree.tostring(other, method="c14n")

    def _first_difference(self, name: str, part: bytes, fields: Mapping[str, str]) -> str:
        said = wanted = None
        if name in self.forms:
            said = _tree(_plain(part))
            wanted = _tree(_filled(self.forms[name], fields))
        if said is None or wanted is None:
            return f"{_called(name)}与模板不同"
        for one, other in zip_longest(said.iter(), wanted.iter()):
            if one is None or other is None or not _same(one, other):
                where = _around(one if one is not None else said)
                return f"{_called(name)}的格式或附属内容与模板不同：{where}"
        return f"{_called(name)}的格式或附属内容与模板不同"

    def _properties(self, part: bytes, docx: Wordfile) -> Iterator[str]:
        if part == self.parts.get(CORE_PART):
            return
        for each in docx.tree(CORE_PART):
            name = etree.QName(each).localname
            if name not in _OWN_PROPERTIES or len(each):
                yield f"文件属性中多出“{name}”：{(each.text or '')[:_SHOWN]}"


def _called(name: str) -> str:
    stem = name.rpartition("/")[2].partition(".")[0].rstrip("0123456789")
    return _CALLED.get(stem, f"{name} ")


def _plain(part: bytes) -> str:
    text = _DECLARATION.sub("", part.decode("utf-8-sig", errors="replace"))
    for added in (_KEPT_BLANKS, _HELD_ROW, *_NO_TRAITS):
        text = text.replace(added, "")
    return text.rstrip("\n")


def _pieces(xml: str) -> Iterator[_Piece]:
    """Yield the fixed markup of a part and what stands between; rows of loop tags go."""
    stack: list[tuple[re.Match[str] | None, list[_Piece]]] = [(None, [])]
    done = 0
    for tag in _TAG.finditer(xml):
        order = None if tag["order"] is None else _ORDER.search(_bare(tag["order"]))
        start, end = tag.span() if order is None else _row_around(xml, tag, order["unit"])
        if start < done:
            continue
        stack[-1][1].append(xml[done:start])
        done = end
        if order is None:
            stack[-1][1].append(_Field(tag["mark"] or _bare(tag["field"] or "").strip()))
        elif order["name"]:
            stack.append((order, []))
        elif len(stack) > 1:
            loop, body = stack.pop()
            stack[-1][1].append(_loop(loop, body))
    stack[-1][1].append(xml[done:])
    yield from stack[0][1]


def _loop(order: re.Match[str] | None, body: Sequence[_Piece]) -> _Piece:
    if order is None:
        return ""
    start = f"{order['name']}."
    columns = [each.name for each in body if isinstance(each, _Field)]
    inner = tuple(name[len(start) :] for name in columns if name.startswith(start))
    return _Loop(order["name"], order["rows"], tuple(body), inner)


def _bare(text: str) -> str:
    return re.sub("<[^<>]*>", "", text)


def _row_around(xml: str, tag: re.Match[str], unit: str) -> tuple[int, int]:
    start = max(xml.rfind(f"<w:{unit}{end}", 0, tag.start()) for end in (" ", ">"))
    end = xml.find(f"</w:{unit}>", tag.end())
    return max(start, 0), len(xml) if end < 0 else end + len(f"</w:{unit}>")


def _filled(pieces: Sequence[_Piece], fields: Mapping[str, str]) -> str:
    out: list[str] = []
    _pour(pieces, fields, {}, out)
    return "".join(out)


def _pour(
    pieces: Sequence[_Piece],
    fields: Mapping[str, str],
    scope: Mapping[str, str],
    out: list[str],
) -> None:
    for piece in pieces:
        if isinstance(piece, str):
            out.append(piece)
        elif isinstance(piece, _Field):
            value = fields.get(_path(piece.name, scope), "")
            out.append(escape(value, quote=False) if _SPECIAL.search(value) else value)
        else:
            rows = _path(piece.rows, scope)
            number = 0
            while any(f"{rows}.{number}.{column}" in fields for column in piece.columns):
                _pour(piece.body, fields, {**scope, piece.name: f"{rows}.{number}"}, out)
                number += 1


def _path(name: str, scope: Mapping[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return f"{scope.get(first, first)}{dot}{rest}"


def _tree(xml: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(xml.encode(errors="surrogatepass"), parser)
    except etree.XMLSyntaxError:
        return None


def _same(one: etree._Element, other: etree._Element) -> bool:
    return (
        one.tag == other.tag
        and one.attrib == other.attrib
        and (one.text or "") == (other.text or "")
        and (one.tail or "") == (other.tail or "")
    )


def _around(element: etree._Element) -> str:
    """Return where `element` is: the text of its paragraph, and what the element is."""
    near = [element, *element.iterancestors()]
    paragraph = next((e for e in near if str(e.tag).endswith(_PARAGRAPH)), None)
    name = etree.QName(element).localname if isinstance(element.tag, str) else "注释"
    if paragraph is None:
        return name
    text = "".join(t for t in paragraph.itertext() if isinstance(t, str)).strip()
    return f"“{text[:_SHOWN]}”处（{name}）"
