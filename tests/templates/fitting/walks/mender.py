"""A clerk who knows Word and nothing else: does to a file what the messages say, no more."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from templates.errors import Finding, Level
from templates.fitting.fitness import Fitness
from templates.package import packed, unpacked

_TAG = re.compile(r"\{\{ [\w.]+ \}\}")
_LOOP = re.compile(r"for row in (\w+)")
_SHOWN = re.compile(r"“(.*)”$", re.DOTALL)
_FOREIGN_LINK = (
    rb'<Relationship [^>]*(?:TargetMode="External"|vbaProject|embeddings/|activeX)[^>]*/>'
)
_BLANK = re.compile(
    r"[_＿﹍]{2,}(?:\s*[年月]\s*[_＿﹍]+)*(?:\s*日)?|[【〔\[][\s\u4e00-\u9fff]*[】〕\]]"
    r"|(?<=[￥¥])\s*(?=元)|[XxＸ]{2,}|[\s\u3000]{4,}"
)


def mend(content: bytes, check: Callable[[bytes], Fitness], rounds: int = 12) -> tuple[bytes, int]:
    """Return the file once it is fit, and the rounds it took; fails where messages lead nowhere."""
    for number in range(rounds):
        found = check(content)
        if found.is_fit:
            return content, number
        blocking = [each for each in found.findings if each.level is Level.BLOCK]
        before = content
        for finding in blocking:
            content = _done(content, finding)
        assert content != before, blocking
    raise AssertionError([each for each in check(content).findings if each.level is Level.BLOCK])


def _done(content: bytes, finding: Finding) -> bytes:
    document = Document(io.BytesIO(content))
    acts: dict[str, Callable[[Any, Finding], None]] = {
        "T01": _type_in_half_width,
        "T02": _retype,
        "T05": _add_fields,
        "T06": _retype,
        "T10": _add_bookmark,
        "T11": _let_rows_break,
        "T13": _put_words_round_the_number,
        "T14": _type_the_numbers,
        "T15": _mark_as_chinese,
        "T22": _accept_and_delete,
        "T23": _remove_controls,
        "T24": _replace_fields,
        "T30": _fill_blank,
        "T31": _add_clause,
        "T40": _nothing,
    }
    if finding.code in ("T20", "T21"):
        return _without_foreign(content)
    acts[finding.code](document, finding)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _nothing(_document: Any, _finding: Finding) -> None:
    """A trial fails by what stands above it."""


def _paragraphs(document: Any) -> Iterator[Any]:
    for part in (document, *(s.header for s in document.sections),
                 *(s.footer for s in document.sections)):  # fmt: skip
        yield from part._element.iter(qn("w:p"))


def _text(paragraph: Any) -> str:
    return "".join(t.text or "" for t in paragraph.iter(qn("w:t")))


def _meant(document: Any, finding: Finding) -> Any:
    shown = _SHOWN.search(finding.place)
    assert shown, finding
    pieces = [re.sub(r"\s+", "", piece) for piece in shown[1].split("…") if piece.strip()]
    for paragraph in _paragraphs(document):
        text = re.sub(r"\s+", "", _text(paragraph))
        if pieces and all(piece in text for piece in pieces):
            return paragraph
    return None


def _say(paragraph: Any, text: str) -> None:
    """Type the whole paragraph anew: its first run keeps its look."""
    runs = list(paragraph.iter(qn("w:t")))
    for run in runs[1:]:
        run.text = ""
    runs[0].text = text
    runs[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _fill_blank(document: Any, finding: Finding) -> None:
    paragraph = _meant(document, finding)
    if paragraph is None:
        return
    text = _text(paragraph)
    proposed = [tag for tag in _TAG.findall(finding.message) if tag != "{{ 字段名 }}"]
    new = proposed[-1] if proposed else "（按约定）"
    named = re.search(r"[【〔\[][\u4e00-\u9fff·、（）]{2,16}[】〕\]]", finding.message)
    old = re.escape(named[0]) if named else _BLANK
    mended = re.sub(old, new, text, count=1)
    if mended != text:
        _say(paragraph, mended)


def _add_fields(document: Any, finding: Finding) -> None:
    body = document.element.body
    end = body.find(qn("w:sectPr"))
    if loop := _LOOP.search(finding.message):
        columns = re.findall(rf"{loop[1]}\[\]\.(\w+)", finding.message)
        table = document.add_table(rows=0, cols=len(columns))
        table.add_row().cells[0].text = f"{{%tr for row in {loop[1]} %}}"
        for cell, column in zip(table.add_row().cells, columns, strict=True):
            cell.text = f"{{{{ row.{column} }}}}"
        table.add_row().cells[0].text = "{%tr endfor %}"
        end.addprevious(table._element)
        return
    paths = re.findall(r"([a-z_]+\.[a-z_]+)（", finding.message)
    document.add_paragraph("　".join(f"{{{{ {path} }}}}" for path in paths))


def _add_bookmark(document: Any, finding: Finding) -> None:
    name = re.search(r"seal[AB]", finding.message)
    label = re.search(r"“((?:甲方|乙方)（盖章）)”", finding.message)
    assert name, finding
    assert label, finding
    for paragraph in _paragraphs(document):
        if label[1] in _text(paragraph):
            for kind in ("End", "Start"):
                given = f' w:name="{name[0]}"' if kind == "Start" else ""
                mark = f'<w:bookmark{kind} {nsdecls("w")} w:id="9{ord(name[0][-1])}"{given}/>'
                place = 1 if paragraph.find(qn("w:pPr")) is not None else 0
                paragraph.insert(place, parse_xml(mark))
            return


def _type_the_numbers(document: Any, _finding: Finding) -> None:
    number = 0
    for paragraph in _paragraphs(document):
        counted = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        is_list = style is not None and "List" in str(style.get(qn("w:val")))
        if (counted is not None or is_list) and _text(paragraph).strip():
            number += 1
            _say(paragraph, f"{number}. {_text(paragraph)}")
            for each in (counted, style):
                if each is not None:
                    each.getparent().remove(each)


def _mark_as_chinese(document: Any, _finding: Finding) -> None:
    for part in (document.element, document.styles.element):
        for language in part.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")
    for properties in document.styles.element.iter(qn("w:rPrDefault")):
        if next(properties.iter(qn("w:lang")), None) is None:
            run = properties.find(qn("w:rPr"))
            run.append(parse_xml(f'<w:lang {nsdecls("w")} w:eastAsia="zh-CN"/>'))


def _accept_and_delete(document: Any, _finding: Finding) -> None:
    body = document.element.body
    for gone in list(body.iter(qn("w:del"), qn("w:moveFrom"), qn("w:rPrChange"),
                               qn("w:pPrChange"), qn("w:commentReference"), qn("w:vanish"),
                               qn("w:commentRangeStart"), qn("w:commentRangeEnd"))):  # fmt: skip
        gone.getparent().remove(gone)
    for kept in list(body.iter(qn("w:ins"), qn("w:moveTo"))):
        _unwrap(kept, kept)


def _remove_controls(document: Any, _finding: Finding) -> None:
    for control in list(document.element.body.iter(qn("w:sdt"))):
        _unwrap(control, control.find(qn("w:sdtContent")))


def _unwrap(outer: Any, inner: Any) -> None:
    for each in list(inner):
        outer.addprevious(each)
    outer.getparent().remove(outer)


def _replace_fields(document: Any, _finding: Finding) -> None:
    for field in list(document.element.body.iter(qn("w:fldSimple"))):
        _unwrap(field, field)
    for run in list(document.element.body.iter(qn("w:r"))):
        marks = list(run.iter(qn("w:fldChar"), qn("w:instrText")))
        if marks:
            run.getparent().remove(run)


def _let_rows_break(document: Any, _finding: Finding) -> None:
    for held in list(document.element.body.iter(qn("w:cantSplit"))):
        held.getparent().remove(held)


def _put_words_round_the_number(document: Any, _finding: Finding) -> None:
    for section in document.sections:
        for paragraph in section.footer.paragraphs:
            if "PAGE" in paragraph._element.xml:
                first = copy.deepcopy(paragraph.add_run("第 ")._element)
                paragraph._element.remove(paragraph.runs[-1]._element)
                paragraph._element.insert(0, first)
                paragraph.add_run(" 页")


def _retype(document: Any, finding: Finding) -> None:
    paragraph = _meant(document, finding)
    proposed = _TAG.findall(finding.message)
    wrong = _TAG.findall(finding.place)
    if paragraph is not None and wrong and proposed:
        _say(paragraph, _text(paragraph).replace(wrong[0], proposed[-1]))
    elif paragraph is not None:
        _say(paragraph, _text(paragraph))


def _type_in_half_width(document: Any, finding: Finding) -> None:
    paragraph = _meant(document, finding)
    if paragraph is not None:
        half = _text(paragraph).translate(str.maketrans("｛｝％", "{}%"))
        _say(paragraph, re.sub("«[^»]*»", "（按约定）", half))


def _add_clause(document: Any, finding: Finding) -> None:
    words = finding.message.partition("文中应出现：")[2].split("、")
    document.add_paragraph(f"{words[0]}：按双方约定。")


def _without_foreign(content: bytes) -> bytes:
    parts = {name: part for name, part in unpacked(content).items()
             if not re.search(r"vbaProject|embeddings/|activeX", name)}  # fmt: skip
    for name in [each for each in parts if each.endswith(".rels")]:
        parts[name] = re.sub(_FOREIGN_LINK, b"", parts[name])
    types = parts["[Content_Types].xml"].replace(
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    )
    return packed({**parts, "[Content_Types].xml": types})
