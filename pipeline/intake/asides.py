"""Asides: what a workbook says beside its cells, in comments and text boxes (批注).

None of it enters an order; whoever drops the file is told of each.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.intake.xmltext import tree_of

OWN_AUTHOR = "guidang"
"""Who wrote the hints at the headings of our own sheets."""

_SHOWN = 60
_MOST = 12


def part_at(source: str, target: str) -> str:
    """Return the part that `target`, written in a relation of the part `source`, leads to."""
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))


def remarks_beside(
    parts: Mapping[str, bytes], sheet: str, name: str
) -> tuple[tuple[str, str], ...]:
    """Return places and words of what stands beside the cells of a sheet; raises XmlRefused."""
    folder, file = posixpath.split(sheet)
    relations = parts.get(f"{folder}/_rels/{file}.rels", b"<x/>")
    found: dict[tuple[str, str], None] = {}
    for relation in tree_of(relations):
        part = part_at(sheet, relation.get("Target") or "")
        kind = (relation.get("Type") or "").rpartition("/")[2]
        if part in parts and kind in {"comments", "threadedComment", "drawing"}:
            found |= dict.fromkeys(_told(tree_of(parts[part]), name))
    return tuple(found)[:_MOST]


def _told(part: etree._Element, name: str) -> Iterator[tuple[str, str]]:
    authors = [each.text for each in part.iterfind("{*}authors/{*}author")]
    own = {str(number) for number, author in enumerate(authors) if author == OWN_AUTHOR}
    for comment in (*part.iter("{*}comment"), *part.iter("{*}threadedComment")):
        if comment.get("authorId") not in own and (text := _text(comment)):
            place = f"{name}!{comment.get('ref') or ''}"
            yield place, f"批注不进入合同：“{text}”；如属约定请写入单元格"
    for body in part.iter("{*}txBody"):
        if text := _text(body):
            yield name, f"文本框不进入合同：“{text}”；如属约定请写入单元格"


def _text(element: etree._Element) -> str:
    texts = (each.text or "" for each in (*element.iter("{*}t"), *element.iter("{*}text"))
             if not len(each))  # fmt: skip
    return "".join(texts).strip()[:_SHOWN]
