"""Filling: a template and its fields become a Word file, whole or not at all (填充)."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lxml import etree

from templates.catalogue import Template
from templates.core_properties import CORE_PART, core_properties
from templates.errors import Finding, Level, TemplateUnfit, TermsRefused
from templates.fieldsets.shape import Fields, flatten, paths_of
from templates.holding import Sizes, hold_rows
from templates.package import packed
from templates.parsing import Form, Unparsable, parse
from templates.printable import unprintable

_FORMS_KEPT = 32
_STYLES = "word/styles.xml"
_ROW = re.compile(r"\.\d+(?=\.|$)")


def fill(template: Template, fields: Fields, *, title: str) -> bytes:
    """Return the Word file of `template` with `fields` in it; equal input, equal bytes.

    Values are printed as written, never evaluated: a name may contain `{{ 7*7 }}`, `&` or `<`.
    Raises TermsRefused (K11) with every field that is missing, blank, or holds a character no
    document can show; TemplateUnfit where the template does not print a field it is given,
    or its file is no longer the one registered.
    """
    form = _form(template)
    texts = flatten(fields)
    findings = [
        *_missing(form, fields),
        *_blank(texts),
        *_unprintable({**texts, "title": title}),
    ]
    if findings:
        raise TermsRefused(findings)
    _refuse_unprinted(template, form, fields)
    parts = dict(form.parts)
    sizes = Sizes.of(parts.get(_STYLES))
    for name, page in form.pages.items():
        parts[name] = _filled(template, name, page(fields), sizes)
    parts[CORE_PART] = core_properties(title, dated=template.in_force_from)
    return packed(parts)


def _form(template: Template) -> Form:
    try:
        return _parsed(template.path, template.digest)
    except Unparsable as error:
        raise TemplateUnfit(template.code, error.problems) from error


# A template is parsed once per process: parsing anew is most of the cost of a document. The
# digest is part of the key, and the form is never changed, so threads may share it.
@functools.lru_cache(maxsize=_FORMS_KEPT)
def _parsed(path: Path, digest: str) -> Form:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Unparsable(["模板文件在登记之后被改动；请恢复原文件"])
    return parse(content)


def _filled(template: Template, name: str, xml: str, sizes: Sizes) -> bytes:
    try:
        root = etree.fromstring(
            xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except etree.XMLSyntaxError as error:
        problem = f"{name} 填写后不是完整的文档，标签可能跨越了段落或表格行（{error.msg}）"
        raise TemplateUnfit(template.code, [problem]) from error
    hold_rows(root, sizes)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _missing(form: Form, fields: Fields) -> Iterator[Finding]:
    for path in sorted(form.rows):
        for place, rows in _places(fields, path.split("."), ""):
            if not isinstance(rows, list) or not rows:
                yield _finding(place, f"模板要填的表格“{place}”一行也没有；请补齐")
    for path in sorted(form.texts):
        if _is_column_full(fields, path):
            continue
        for place, text in _places(fields, path.split("."), ""):
            if not isinstance(text, str):
                yield _finding(place, f"模板要填的“{place}”没有内容；请补齐")


def _is_column_full(fields: Fields, path: str) -> bool:
    """Return whether every row has a text at `path` of one list: most of a long document."""
    rows, _, column = path.partition("[].")
    listed = fields.get(rows)
    return (
        column != ""
        and isinstance(listed, list)
        and all(isinstance(row, dict) and isinstance(row.get(column), str) for row in listed)
    )


def _places(value: object, steps: Sequence[str], place: str) -> Iterator[tuple[str, object]]:
    if not steps:
        yield place, value
        return
    name = steps[0].removesuffix("[]")
    inner = value.get(name) if isinstance(value, Mapping) else None
    at = f"{place}.{name}" if place else name
    if name == steps[0]:
        yield from _places(inner, steps[1:], at)
    elif isinstance(inner, list):
        for row, each in enumerate(inner):
            yield from _places(each, steps[1:], f"{at}[{row}]")


def _blank(texts: Mapping[str, str]) -> Iterator[Finding]:
    for path, text in texts.items():
        if not text.strip():
            place = _ROW.sub(lambda row: f"[{row[0][1:]}]", path)
            yield _finding(place, f"“{place}”是空白；请填写，无此内容的填“无”或“/”")


def _unprintable(texts: Mapping[str, str]) -> Iterator[Finding]:
    if not unprintable("".join(texts.values())):
        return
    for path, text in texts.items():
        lost = unprintable(text)
        if lost:
            place = _ROW.sub(lambda row: f"[{row[0][1:]}]", path)
            yield _finding(place, f"“{place}”含有无法印出的字符（{'、'.join(lost)}）；请删除或改正")


def _finding(place: str, message: str) -> Finding:
    return Finding(code="K11", level=Level.BLOCK, place=place, message=message)


def _refuse_unprinted(template: Template, form: Form, fields: Fields) -> None:
    # What was agreed and approved but stands nowhere in the document would be lost in silence.
    unprinted = sorted(paths_of(fields) - form.texts)
    if unprinted:
        problems = [f"模板没有印出“{path}”；请在模板中补上该字段" for path in unprinted]
        raise TemplateUnfit(template.code, problems)
