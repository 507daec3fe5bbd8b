"""Wordfile: a DOCX package opened without trusting it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from templates.errors import DocumentUnreadable
from templates.package import unpacked

_MAX_DEPTH_NOTE = "XML 嵌套过深或过大"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_REFUSED_KINDS = {
    "vbaProject": "含有宏",
    "aFChunk": "含有嵌入的外来文档（altChunk），其文字无法核对",
    "subDocument": "含有子文档，其文字无法核对",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part: its kind is the last word of its type."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Wordfile:
    """The parts of a DOCX by name, every one of them within the limits."""

    parts: Mapping[str, bytes]
    _trees: dict[str, etree._Element] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, docx: bytes) -> Wordfile:
        """Open `docx`; DocumentUnreadable for damage, bombs, macros and external targets.

        Hyperlinks may point outside: nothing is fetched for them.
        """
        parts = unpacked(docx)
        _refuse_active_content(parts)
        return cls(parts)

    @property
    def main(self) -> str:
        """Return the name of the part that holds the text."""
        for relation in relations_of(self.parts, ""):
            if relation.kind == "officeDocument":
                return relation.target
        raise DocumentUnreadable(["文件不是 Word 文档：没有正文部分"])

    def relations(self, part: str) -> tuple[Relation, ...]:
        """Return the internal relationships of `part`, targets as part names."""
        return tuple(relations_of(self.parts, part))

    def tree(self, part: str) -> etree._Element:
        """Return `part` as XML; DocumentUnreadable where it is missing or malformed."""
        if part not in self._trees:
            content = self.parts.get(part)
            if content is None:
                raise DocumentUnreadable([f"文件缺少部分 {part}"])
            self._trees[part] = parse_xml(content, part)
        return self._trees[part]


def parse_xml(content: bytes, name: str) -> etree._Element:
    """Return the root of `content`, with no entities, no DTD and no network."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentUnreadable([f"部分 {name} 的 XML 已损坏或{_MAX_DEPTH_NOTE}"]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentUnreadable([f"部分 {name} 带有 DOCTYPE 声明，可能用于攻击，拒绝读取"])
    return root


def relations_of(parts: Mapping[str, bytes], part: str) -> Iterator[Relation]:
    """Yield the internal relationships of `part` ("" is the package)."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    if source not in parts:
        return
    for element in parse_xml(parts[source], source).iter(_RELATIONSHIP):
        if element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "")
        full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = element.get("Type", "").rpartition("/")[2]
        yield Relation(element.get("Id", ""), kind, posixpath.normpath(full))


def _refuse_active_content(parts: Mapping[str, bytes]) -> None:
    problems = [f"含有宏：{name}" for name in parts if "vbaproject" in name.lower()]
    for name in sorted(parts):
        if not name.endswith(".rels"):
            continue
        for element in parse_xml(parts[name], name).iter(_RELATIONSHIP):
            kind = element.get("Type", "").rpartition("/")[2]
            if element.get("TargetMode") == "External" and kind != "hyperlink":
                problems.append(
                    f"引用了文件以外的内容（{kind}）：{element.get('Target', '')[:200]}"
                )
            elif kind in _REFUSED_KINDS:
                problems.append(_REFUSED_KINDS[kind])
    if problems:
        raise DocumentUnreadable(problems)
