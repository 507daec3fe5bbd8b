"""Mark: what a draft says of itself in its properties, so that it finds its order again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from lxml import etree

from templates.drafts.watermark import add_content_type, written
from templates.package import packed
from templates.wordfile import Wordfile, parse_xml

PART: Final = "docProps/custom.xml"

_PROPERTIES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
)
_CONTENT: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""The set every property of a user's own belongs to (MS-OSHARED 2.3.3.2.3.1.8)."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NAMES: Final = {"order_no": "归档订单号", "revision": "归档修订", "terms_digest": "归档条款摘要"}


@dataclass(frozen=True, slots=True)
class DraftMark:
    """Whose draft it is: the order, its revision, and the digest of the terms it says.

    `revision` is 0 for an order that was not received yet.
    """

    order_no: str
    revision: int
    terms_digest: str

    @classmethod
    def of(cls, file: Wordfile) -> Self | None:
        """Return the mark of a Word file; None where it has none, or none that can be read."""
        if PART not in file.parts:
            return None
        said = {
            element.get("name", ""): "".join(map(str, element.itertext())).strip()
            for element in file.tree(PART).iter(f"{{{_PROPERTIES}}}property")
        }
        order_no, revision, digest = (said.get(name, "") for name in _NAMES.values())
        if not order_no or not revision.isdecimal() or not _DIGEST.fullmatch(digest):
            return None
        return cls(order_no, int(revision), digest)


def marked(docx: bytes, mark: DraftMark) -> bytes:
    """Return `docx` with `mark` among its custom properties (文件 → 信息 → 属性 → 高级属性)."""
    parts = dict(Wordfile.open(docx).parts)
    root = etree.fromstring(f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>')
    for number, (attribute, name) in enumerate(_NAMES.items(), 2):
        each = etree.SubElement(root, f"{{{_PROPERTIES}}}property")
        each.set("fmtid", _FORMAT)
        each.set("pid", str(number))
        each.set("name", name)
        etree.SubElement(each, f"{{{_VALUES}}}lpwstr").text = str(getattr(mark, attribute))
    is_new = PART not in parts
    parts[PART] = written(root)
    if is_new:
        relations = parse_xml(parts["_rels/.rels"], "_rels/.rels")
        relation = etree.SubElement(relations, f"{{{_RELS}}}Relationship")
        relation.set("Id", "rIdDraftMark")
        relation.set("Type", _KIND)
        relation.set("Target", PART)
        parts["_rels/.rels"] = written(relations)
        add_content_type(parts, PART, _CONTENT)
    return packed(parts)
