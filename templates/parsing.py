"""Parsing: a Word template read once, ready to be filled many times."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import jinja2
from docxtpl import DocxTemplate
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from templates.errors import DocumentUnreadable
from templates.package import unpacked

_FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_TAG = re.compile(rb"\{[{%#]")
_TAG_IN_ATTRIBUTE = re.compile(rb"=\s*(?:\"[^\"<>]*\{[{%#]|'[^'<>]*\{[{%#])")
_EXTERNAL = re.compile(rb"<Relationship\s[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_ALLOWED = (nodes.Output, nodes.TemplateData, nodes.For, nodes.Getattr, nodes.Name)

Render = Callable[[Mapping[str, object]], str]
"""Fields in, XML out; safe to call from many threads at once."""


class Unparsable(Exception):
    """This Word file cannot serve as a template; `problems` are Chinese and say why."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Form:
    """A parsed template: its parts, what fills them, and which fields it prints.

    `texts` and `rows` are paths, `[]` standing for each row: `items`, `items[].name`.
    """

    parts: Mapping[str, bytes]
    pages: Mapping[str, Render]
    texts: frozenset[str]
    rows: frozenset[str]


class _Paper(SandboxedEnvironment):
    """Jinja that prints fields and nothing else: no call, no attribute of a Python object."""

    def getattr(self, obj: object, attribute: str) -> object:
        """Return the field `attribute`, never a method that happens to have its name."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)


def parse(content: bytes) -> Form:
    """Return the form; raises Unparsable with every problem found.

    A template may print fields (`{{ a.b }}`) and repeat rows (`{%tr for a in b %}`), and no
    more, so that a finished document can be proved against it line by line.
    """
    try:
        parts = unpacked(content)
    except DocumentUnreadable as error:
        raise Unparsable(list(error.differences)) from error
    problems = list(_hazards(parts))
    if "word/document.xml" not in parts:
        problems.append("不是 Word 文件：缺少 word/document.xml")
    if problems:
        raise Unparsable(problems)
    paper = _Paper(undefined=jinja2.StrictUndefined, autoescape=True, finalize=_only_text)
    cleaner = DocxTemplate(io.BytesIO(content))
    pages: dict[str, Render] = {}
    found = _Paths()
    for name in filter(_FILLED.fullmatch, parts):
        source = cleaner.patch_xml(_text(name, parts[name]))
        try:
            found.walk(name, paper.parse(source), {})
            pages[name] = paper.from_string(source).render
        except jinja2.TemplateSyntaxError as error:
            problems.append(f"{name} 中的标签写错：{error.message}")
    problems.extend(found.problems)
    if problems:
        raise Unparsable(problems)
    return Form(parts, pages, frozenset(found.texts), frozenset(found.rows))


def _only_text(value: object) -> object:
    if isinstance(value, (str, Markup, jinja2.Undefined)):
        return value
    raise jinja2.TemplateRuntimeError(f"a field must be text, not {type(value).__name__}")


def _text(name: str, part: bytes) -> str:
    try:
        # The declaration goes: it stands before the root, and the text is no longer bytes.
        return re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", part.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unparsable([f"{name} 不是 UTF-8 编码"]) from error


def _hazards(parts: Mapping[str, bytes]) -> Iterator[str]:
    for name, part in parts.items():
        if "vbaproject" in name.lower():
            yield "含有宏；请另存为不含宏的 .docx"
        if name.endswith(".rels"):
            links = _EXTERNAL.findall(part)
            if any(b"/hyperlink" not in link for link in links):
                yield f"{name} 链接了文件以外的内容（图片或对象）；请改为嵌入"
        elif name.endswith(".xml"):
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                yield f"{name} 含有 DOCTYPE 声明"
            if not _FILLED.fullmatch(name) and _TAG.search(part):
                yield f"{name} 中有标签，但该处不会填写"
            elif _TAG_IN_ATTRIBUTE.search(part):
                yield (
                    f"{name} 的属性（如图片的替代文字）中有标签，填写后看不见也无法核对；"
                    "请删去，需要的字段写在正文中"
                )


class _Paths:
    """Collects the fields that the parts of a template print."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.rows: set[str] = set()
        self.problems: list[str] = []

    def walk(self, part: str, node: nodes.Node, scope: Mapping[str, str]) -> None:
        """Note every field below `node`; `scope` says what the loop names stand for."""
        for child in node.iter_child_nodes():
            if not isinstance(child, _ALLOWED):
                self.problems.append(
                    f"{part} 第 {child.lineno} 行：模板只能填写字段和重复表格行，"
                    f"不能使用 {type(child).__name__}"
                )
            elif isinstance(child, nodes.For):
                self._repeat(part, child, scope)
            elif isinstance(child, (nodes.Getattr, nodes.Name)):
                self.texts.add(_path(child, scope))
            else:
                self.walk(part, child, scope)

    def _repeat(self, part: str, loop: nodes.For, scope: Mapping[str, str]) -> None:
        plain = isinstance(loop.iter, (nodes.Getattr, nodes.Name)) and isinstance(
            loop.target, nodes.Name
        )
        if not plain or loop.test or loop.else_ or loop.recursive:
            self.problems.append(f"{part}：重复行只能写作 for 名称 in 列表")
            return
        rows = _path(loop.iter, scope)
        self.rows.add(rows)
        inner = {**scope, loop.target.name: f"{rows}[]"}  # type: ignore[attr-defined]
        self.walk(part, nodes.Template(loop.body), inner)


def _path(node: nodes.Node, scope: Mapping[str, str]) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node, scope)}.{node.attr}"
    if isinstance(node, nodes.Name):
        return scope.get(node.name, node.name)
    raise Unparsable([f"字段只能写作 组.项，不能使用 {type(node).__name__}"])
