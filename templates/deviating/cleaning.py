"""Cleaning: of a Word file changed by hand, only what makes its text is kept (收稿).

The package is written anew: text, styles, headers and footers; the watermark and properties of
the draft, whatever else Word or a stranger put beside them, stay out. Equal files give equal bytes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from lxml import etree

from templates.core_properties import CORE_PART, core_properties
from templates.deviating.ooxml import value, w
from templates.deviating.vetting import refused, vet, vet_styles
from templates.drafts.mark import DraftMark
from templates.drafts.watermark import without_watermark, written
from templates.errors import DocumentUnreadable, Finding
from templates.package import packed
from templates.wordfile import Relation, Wordfile

MAX_BYTES: Final = 10 * 1024 * 1024
"""A contract of a hundred pages without pictures is under 1 MB."""

_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE: Final = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
)
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_KEPT: Final = {
    "styles": f"{_WORD}.styles+xml",
    "settings": f"{_WORD}.settings+xml",
    "fontTable": f"{_WORD}.fontTable+xml",
    "numbering": f"{_WORD}.numbering+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "header": f"{_WORD}.header+xml",
    "footer": f"{_WORD}.footer+xml",
}
_DROPPED: Final = {
    "webSettings", "customXml", "stylesWithEffects", "people", "commentsIds", "commentsExtended",
    "commentsExtensible", "footnotes", "endnotes", "glossaryDocument", "keyMapCustomizations",
}  # fmt: skip
"""What may lie beside the text and is left behind; notes in use are refused where they stand."""
_SETTINGS_KEPT: Final = {
    "defaultTabStop", "characterSpacingControl", "compat", "evenAndOddHeaders", "themeFontLang",
    "mirrorMargins", "gutterAtTop", "noLineBreaksAfter", "noLineBreaksBefore",
}  # fmt: skip
_EMBEDDED_FACES: Final = ("embedRegular", "embedBold", "embedItalic", "embedBoldItalic")


@dataclass(frozen=True, slots=True)
class Received:
    """A Word file taken in: its text as a clean package, and whose draft it said it is."""

    docx: bytes
    mark: DraftMark | None


def mark_of(docx: bytes) -> DraftMark | None:
    """Return whose draft a Word file says it is; raises DocumentUnreadable."""
    return DraftMark.of(Wordfile.open(_within_limits(docx)))


def clean(docx: bytes, *, title: str, dated: date) -> tuple[Received | None, tuple[Finding, ...]]:
    """Return what of `docx` is taken in, or None and everything that keeps it out."""
    try:
        file = Wordfile.open(_within_limits(docx))
        findings = list(_vetted(file))
        if findings:
            return None, tuple(dict.fromkeys(findings))
        mark = DraftMark.of(file)
        return Received(_rebuilt(file, title, dated), mark), ()
    except DocumentUnreadable as error:
        return None, tuple(refused("文件", each) for each in error.differences)


def _within_limits(docx: bytes) -> bytes:
    if len(docx) > MAX_BYTES:
        raise DocumentUnreadable([f"文件过大，上限 {MAX_BYTES // 1024 // 1024} MB"])
    return docx


def _vetted(file: Wordfile) -> Iterator[Finding]:
    for name in sorted(file.parts):
        if name.endswith((".xml", ".rels")):
            file.tree(name)
    used: set[str] = set()
    relations = _relations(file)
    for relation in relations:
        if relation.kind == "comments" and _has_comments(file, relation.target):
            yield refused("文件", "还有批注；请在 Word 中删除全部批注，保存后重新提交")
        elif relation.kind not in {*_KEPT, *_DROPPED, "comments"}:
            yield refused("文件", f"带有图片、嵌入对象或其他附加内容（{relation.kind}）；请删除")
    for name in _margins(relations):
        header = file.tree(name)
        without_watermark(header)
        yield from vet(name, header, margin=True)
        used |= _styles_in(header)
        if file.relations(name):
            yield refused("页眉页脚", "带有图片或其他附加内容；请删除")
    document = file.tree(file.main)
    yield from vet(file.main, document, margin=False)
    used |= _styles_in(document)
    for relation in relations:
        if relation.kind == "styles":
            yield from vet_styles(file.tree(relation.target), used)


def _relations(file: Wordfile) -> tuple[Relation, ...]:
    return file.relations(file.main)


def _margins(relations: tuple[Relation, ...]) -> list[str]:
    return list(dict.fromkeys(r.target for r in relations if r.kind in {"header", "footer"}))


def _has_comments(file: Wordfile, part: str) -> bool:
    return next(file.tree(part).iter(w("comment")), None) is not None


def _styles_in(root: etree._Element) -> set[str]:
    return {value(each) for each in root.iter(w("pStyle"), w("rStyle"), w("tblStyle"))}


def _rebuilt(file: Wordfile, title: str, dated: date) -> bytes:
    kept = [replace_target(r) for r in _relations(file) if r.kind in _KEPT]
    sources = {replace_target(r).target: r.target for r in _relations(file) if r.kind in _KEPT}
    parts: dict[str, bytes] = {
        "[Content_Types].xml": _content_types(kept),
        "_rels/.rels": _written_relations(
            [("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"), ("rId2", _CORE, CORE_PART)]
        ),
        CORE_PART: core_properties(title, dated=dated),
        "word/document.xml": written(file.tree(file.main)),
        "word/_rels/document.xml.rels": _written_relations(
            [(r.id, f"{_OFFICE}/{r.kind}", posixpath.relpath(r.target, "word")) for r in kept]
        ),
    }
    for relation in kept:
        parts[relation.target] = _part(file, relation, sources[relation.target])
    return packed(dict(sorted(parts.items(), key=lambda part: (part[0][0] != "[", part[0]))))


def replace_target(relation: Relation) -> Relation:
    """Return a relation with the part it leads to laid below word/, wherever it lay."""
    name = posixpath.basename(relation.target)
    folder = "word/theme" if relation.kind == "theme" else "word"
    return replace(relation, target=f"{folder}/{name}")


def _part(file: Wordfile, relation: Relation, source: str) -> bytes:
    root = file.tree(source)
    if relation.kind == "settings":
        for child in list(root):
            if etree.QName(child).localname not in _SETTINGS_KEPT:
                root.remove(child)
    if relation.kind == "fontTable":
        for child in list(root.iter(*map(w, _EMBEDDED_FACES))):
            parent = child.getparent()
            if parent is not None:
                parent.remove(child)
    return written(root)


def _content_types(kept: list[Relation]) -> bytes:
    # Readers of packages want these two parts without a prefix.
    root = etree.fromstring(f'<Types xmlns="{_TYPES}"/>')
    for extension, kind in (
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
    ):
        each = etree.SubElement(root, f"{{{_TYPES}}}Default")
        each.set("Extension", extension)
        each.set("ContentType", kind)
    overrides: Mapping[str, str] = {
        "word/document.xml": f"{_WORD}.document.main+xml",
        CORE_PART: "application/vnd.openxmlformats-package.core-properties+xml",
        **{relation.target: _KEPT[relation.kind] for relation in kept},
    }
    for name, kind in sorted(overrides.items()):
        each = etree.SubElement(root, f"{{{_TYPES}}}Override")
        each.set("PartName", f"/{name}")
        each.set("ContentType", kind)
    return written(root)


def _written_relations(relations: list[tuple[str, str, str]]) -> bytes:
    root = etree.fromstring(f'<Relationships xmlns="{_RELS}"/>')
    for identity, kind, target in sorted(relations):
        each = etree.SubElement(root, f"{{{_RELS}}}Relationship")
        each.set("Id", identity)
        each.set("Type", kind)
        each.set("Target", target)
    return written(root)
