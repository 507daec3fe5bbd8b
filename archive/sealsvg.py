"""Seal SVG: the outlines of a drawing as PDF operators; anything but outlines is refused.

A bounded reader of what seal makers export: svg, g, path and the basic shapes, filled or
stroked in plain colours, with transforms. Text, pictures, styles by class, gradients,
links, scripts and references are refused in words: they could hide or fetch something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from archive.errors import SealRefused
from archive.svgpaint import Paint
from archive.svgpath import path_operators, shape_path

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_MOST_ELEMENTS: Final = 5000
_DEEPEST: Final = 32
_SHAPES: Final = frozenset({"path", "rect", "circle", "ellipse", "polygon", "polyline", "line"})
_SILENT: Final = frozenset({"title", "desc", "metadata"})
_GEOMETRY: Final = frozenset(
    {"d", "x", "y", "width", "height", "rx", "ry", "r", "cx", "cy", "x1", "y1", "x2", "y2",
     "points", "transform", "id", "viewBox", "version", "preserveAspectRatio", "baseProfile",
     "enable-background"}
)  # fmt: skip
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_TRANSFORM: Final = re.compile(r"\s*(matrix|translate|scale|rotate)\s*\(([^()]*)\)[\s,]*")
_OUTSIDE: Final = {
    "text": "文字",
    "tspan": "文字",
    "image": "图片",
    "use": "引用",
    "script": "脚本",
    "style": "样式表",
    "foreignObject": "外部对象",
    "a": "链接",
}


def svg_drawing(content: bytes, width: float, height: float) -> bytes:
    """Return operators that draw the SVG `content` on a page of `width` by `height` points.

    Raises SealRefused for everything that is more than outlines, with what to do.
    """
    root = _root(content)
    left, top, wide, high = _view_box(root)
    if abs(wide / high - width / height) > width / height * 0.01:
        raise SealRefused(
            f"SVG 画布的宽高比 {wide:g}:{high:g} 与登记的尺寸不符；请裁去空白或更正尺寸"
        )
    scale_x, scale_y = width / wide, height / high
    lines = [
        f"{scale_x:.6f} 0 0 {-scale_y:.6f} {-left * scale_x:.4f} {height + top * scale_y:.4f} cm"
    ]
    lines += _draw(root, Paint(), 0)
    return "\n".join(lines).encode()


def _root(content: bytes) -> Any:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise SealRefused("SVG 带有 DOCTYPE 或实体声明，可能引用外部内容；请删去后再登记")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SealRefused(f"不是有效的 SVG（{error}）；请重新导出") from error
    if root.tag != f"{{{_NAMESPACE}}}svg":
        raise SealRefused("不是 SVG 文件；请重新导出为普通 SVG")
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        raise SealRefused(f"SVG 超过 {_MOST_ELEMENTS} 个元素；请合并路径后重新导出")
    return root


def _view_box(root: Any) -> tuple[float, float, float, float]:
    numbers = [float(each) for each in _NUMBER.findall(root.get("viewBox", ""))]
    if len(numbers) != 4 or numbers[2] <= 0 or numbers[3] <= 0:  # noqa: PLR2004 - a box
        raise SealRefused("SVG 没有 viewBox，无法确定画布大小；请导出时写明")
    left, top, wide, high = numbers
    return left, top, wide, high


def _draw(node: Any, above: Paint, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise SealRefused(f"SVG 嵌套超过 {_DEEPEST} 层；请取消编组后重新导出")
    given = _attributes(node)
    paint = above.changed(given)
    yield "q"
    if depth > 0 and "transform" in given:
        yield from _placed(given["transform"])
    name = etree.QName(node).localname
    if name in _SHAPES:
        yield from _painted(name, given, paint)
    else:
        for child in node:
            if isinstance(child, etree._Comment):  # noqa: SLF001 - lxml's only name for it
                continue
            if _is_drawn(child):
                yield from _draw(child, paint, depth + 1)
    yield "Q"


def _is_drawn(node: Any) -> bool:
    if not isinstance(node.tag, str):
        raise SealRefused("SVG 带有处理指令或实体；请重新导出为普通 SVG")
    tag = etree.QName(node)
    if tag.namespace != _NAMESPACE:
        return False  # an editor's own notes; nothing of them is drawn or kept
    if tag.localname in _SILENT or (tag.localname == "defs" and len(node) == 0):
        return False
    if tag.localname == "g" or tag.localname in _SHAPES:
        return True
    what = _OUTSIDE.get(tag.localname, f"元素 {tag.localname}")
    raise SealRefused(f"SVG 含有{what}，印章图样只能由轮廓组成；请“转为路径”并删去后重新导出")


def _attributes(node: Any) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for key, value in node.attrib.items():
        name = etree.QName(key)
        if name.localname == "href" or name.localname.lower().startswith("on"):
            raise SealRefused(f"SVG 含有引用或脚本（{name.localname}）；请删去后重新导出")
        if name.namespace is not None:
            continue  # an editor's own notes
        if name.localname == "style":
            for declared in filter(str.strip, value.split(";")):
                word, _, said = declared.partition(":")
                given[word.strip()] = said.strip()
        else:
            given[name.localname] = value.strip()
    for word, said in given.items():
        if "url(" in said.lower():
            raise SealRefused(f"SVG 的 {word} 引用了其他对象；请改为单色后重新导出")
        if word not in _GEOMETRY and not Paint.knows(word):
            raise SealRefused(f"SVG 用到 {word}，此处不支持；请转为普通路径后重新导出")
    return given


def _placed(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        found = _TRANSFORM.match(text, at)
        if found is None:
            raise SealRefused(f"SVG 的变换“{text[:40]}”不支持；请“应用变换”后重新导出")
        numbers = [float(each) for each in _NUMBER.findall(found.group(2))]
        yield from Paint.placed(found.group(1), numbers)
        at = found.end()


def _painted(name: str, given: Mapping[str, str], paint: Paint) -> Iterator[str]:
    drawn = list(path_operators(given.get("d", "") if name == "path" else shape_path(name, given)))
    operator = paint.operator
    if drawn and operator:
        yield from paint.operators()
        yield from drawn
        yield operator
