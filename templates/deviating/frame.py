"""Frame: what must stand on every page and at the signatures, whatever the clauses say.

Number and page count on every page, and the bookmarks the seals are put at, each in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from templates.deviating.ooxml import is_on, local, value, w
from templates.deviating.vetting import refused
from templates.errors import Finding
from templates.reading import PAGE_NUMBER, Paragraph, body_of, part_paragraphs
from templates.wordfile import Wordfile

_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS: Final = {"header": "页眉", "footer": "页脚"}
_KINDS: Final = {"default": "", "first": "首页", "even": "偶数页"}


def frame_problems(
    standard_docx: bytes, revised_docx: bytes, *, seals: Sequence[str], number: str
) -> Iterator[Finding]:
    """Yield what of the frame was lost; `number` is what stands for the contract's number."""
    standard, revised = Wordfile.open(standard_docx), Wordfile.open(revised_docx)
    yield from _margins(standard, revised, number)
    yield from _seals(standard, revised, seals)
    if not _papers(revised) <= _papers(standard):
        message = "纸张大小或页边距与草稿不同；请从草稿重新修改，不要改动页面设置"
        yield refused("页面设置", message)


def _papers(file: Wordfile) -> set[tuple[str, ...]]:
    """Return the sizes of paper and text that sections have."""
    return {
        tuple(
            value(each, side)
            for each in section
            if local(each) in {"pgSz", "pgMar"}
            for side in ("w", "h", "top", "right", "bottom", "left")
        )
        for section in file.tree(file.main).iter(w("sectPr"))
    }


def _margins(standard: Wordfile, revised: Wordfile, number: str) -> Iterator[Finding]:
    wanted = {(what, kind): text for section in _sections(standard) for what, kind, text in section}
    for place, section in enumerate(_sections(revised), 1):
        for what, kind, text in section:
            asked = wanted.get((what, kind), wanted.get((what, "default"), ""))
            needed = (number in asked, asked.count(PAGE_NUMBER))
            if (number in text) < needed[0] or text.count(PAGE_NUMBER) < needed[1]:
                words = f"第 {place} 节{_KINDS[kind]}{_WORDS[what]}"
                yield refused(
                    words,
                    f"{words}缺少合同编号或页码；请从草稿中复制原来的{_WORDS[what]}，不要删改",
                )


def _sections(file: Wordfile) -> Iterator[list[tuple[str, str, str]]]:
    """Yield for each section its headers and footers that print: what, on which pages, text."""
    targets = {relation.id: relation for relation in file.relations(file.main)}
    even = any(
        is_on(each)
        for relation in targets.values()
        if relation.kind == "settings"
        for each in file.tree(relation.target).iter(w("evenAndOddHeaders"))
    )
    standing: dict[tuple[str, str], str] = {}
    for section in file.tree(file.main).iter(w("sectPr")):
        for reference in section:
            what = local(reference).removesuffix("Reference")
            target = targets.get(str(reference.get(f"{{{_R}}}id", "")))
            if what in _WORDS and target is not None:
                standing[what, value(reference, "type") or "default"] = _text(file, target.target)
        first = any(is_on(each) for each in section.iterchildren(w("titlePg")))
        kinds = ["default", *(["first"] if first else []), *(["even"] if even else [])]
        yield [(what, kind, standing.get((what, kind), "")) for what in _WORDS for kind in kinds]


def _text(file: Wordfile, part: str) -> str:
    return "\n".join(paragraph.text for paragraph in part_paragraphs(file, part))


def _seals(standard: Wordfile, revised: Wordfile, seals: Sequence[str]) -> Iterator[Finding]:
    before, after = _marked(standard), _marked(revised)
    for name in seals:
        places = after.get(name, [])
        if not places:
            yield refused(
                "签署页",
                f"盖章位置（书签 {name}）不在了；签署页请勿整段删除、重打或粘贴覆盖，"
                "请从草稿重新修改",
            )
        elif len(places) > 1:
            yield refused("签署页", f"盖章位置（书签 {name}）有 {len(places)} 处，只能有一处")
        elif places != before.get(name, places):
            yield refused("签署页", f"盖章位置（书签 {name}）被移到别处；请从草稿重新修改")


def _marked(file: Wordfile) -> dict[str, list[str]]:
    """Return the text of the paragraphs in which each bookmark begins."""
    document = file.tree(file.main)
    texts: dict[etree._Element, Paragraph] = dict(
        zip(document.iter(w("p")), body_of(file), strict=False)
    )
    found: dict[str, list[str]] = {}
    for mark in document.iter(w("bookmarkStart")):
        holder = next(mark.iterancestors(w("p")), None)
        text = texts[holder].text if holder is not None else ""
        found.setdefault(value(mark, "name"), []).append(text)
    return found
