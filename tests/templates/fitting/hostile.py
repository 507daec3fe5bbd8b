"""Hostile Word files: each does one thing a template must never get away with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise

from templates.package import packed, unpacked

MAIN = "word/document.xml"
RELS = "word/_rels/document.xml.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_AT = "第七条　违约责任"
_MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_BOMB = (
    '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in pairwise("abcdefghi"))
    + "]>"
)

Make = Callable[[bytes], bytes]


def cases() -> Iterator[tuple[str, Make, str]]:
    """Yield name, what makes it of a good file, and what the refusal must say."""
    yield "entity bomb", _prefixed(_BOMB), "DOCTYPE"
    yield (
        "outside entity",
        _prefixed('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "DOC",
    )
    yield "zip bomb", _with("word/media/a.xml", bytes(48 * 1024 * 1024)), "压缩"
    yield "unpacks too large", _with("word/media/a.bin", bytes(60 * 1024 * 1024)), "展开后"
    yield (
        "too many parts",
        lambda good: packed(
            {**unpacked(good), **{f"word/media/{n}.xml": b"<a/>" for n in range(2500)}}
        ),
        "过多",
    )
    for path in ("../../evil.xml", "/etc/cron.d/evil", "word/../../evil.xml", "word\\..\\evil.xml",
                 "C:/evil.xml"):  # fmt: skip
        yield f"path {path}", _with(path, b"<a/>"), "路径"
    yield "part twice", _twice, "同名"
    yield "encrypted part", _encrypted, "加密"
    yield "macro", _with("word/vbaProject.bin", b"x"), "宏"
    yield "macro type", _types("wordprocessingml.document.main", "x.macroEnabled.main"), "宏"
    yield "activex", _with("word/activeX/activeX1.xml", b"<a/>"), "对象"
    yield "ole", _with("word/embeddings/oleObject1.bin", b"x"), "对象"
    for kind, target in (
        ("image", "http://example.com/a.png"),
        ("image", "file:///etc/passwd"),
        ("image", "\\\\server\\share\\a.png"),
        ("oleObject", "file:///C:/a.xlsx"),
        ("attachedTemplate", "http://example.com/a.dotm"),
        ("frame", "http://example.com/"),
    ):
        yield f"outside {kind} {target[:4]}", _related(kind, target), "文件以外"
    yield "altChunk", _inner("aFChunk", "part1.html", b"<html/>"), "外来文档"
    yield "subDocument", _inner("subDocument", "sub.docx", b"PK"), "子文档"
    for word in ("DDE c:\\\\x y", "DDEAUTO excel x", 'INCLUDETEXT "file.docx"', "LINK Excel.Sheet",
                 'INCLUDEPICTURE "http://x/a.png"', "DATABASE", "DOCPROPERTY x", "AUTOTEXT x",
                 "MERGEFIELD x", 'IF 1 = 1 "a" "b"', "MACROBUTTON x", "= 1 + 1"):  # fmt: skip
        yield f"field {word}", _field(word), "域"
        yield f"split field {word}", _split_field(word), "域"
        yield f"simple field {word}", _simple_field(word), "域"
    for tag in ("{{ ''.__class__ }}", "{{ party_a.__class__ }}", "{{ self }}", "{{ cycler() }}",
                "{{ party_a.name|upper }}", "{{ party_a['name'] }}", "{{ 7*7 }}", "{{}}",
                "{{ lipsum.__globals__ }}", "{{ items[0].name }}", "{{ amount.total if 1 }}",
                "{% include 'a' %}", "{% set a = 1 %}", "{% raw %}", "{%- -%}", "{% if 1 %}",
                "{%- for a in items -%}", "{%p for a in items %}", "{%tr for a in items if 1 %}",
                "{% import 'os' as os %}", "{# 注 #}", "{%tr endfor %}", "{{r party_a.name }}",
                "{% macro a() %}", "{% extends 'a' %}", "{% block a %}"):  # fmt: skip
        yield f"tag {tag}", _text(tag), "第"
        yield f"letters {tag}", _letters(tag), "第"
    yield (
        "tag in attribute",
        _raw(f'<w:r><w:t {"x"}="{{{{ party_a.name }}}}">a</w:t></w:r>'),
        "标签",
    )
    yield "tag elsewhere", _with("word/settings2.xml", b"<a>{{ party_a.name }}</a>"), "标签"
    yield "many paragraphs", _paragraphs(100_000), "过多"
    yield "deep tables", _nested("tbl><w:tr><w:tc", "tc></w:tr></w:tbl", 200), "嵌套"
    yield "deep elements", _nested("sdt><w:sdtContent", "sdtContent></w:sdt", 5_000), "嵌套"
    yield "many braces", _text("{{" * 300_000), "第"
    yield "many openers", _text("{%" * 300_000 + "{{" * 10), "第"
    yield "many blanks", _text("（" + " " * 300_000), "上限"
    yield "many runs", _letters("字" * 8_000), "上限"
    yield "field in a link", _field('HYPERLINK "{{ party_a.name }}"'), "域"
    yield (
        "tag in a formula",
        _raw(f"<m:oMath {_MATH}><m:r><m:t>{{{{ party_a.name }}}}</m:t></m:r></m:oMath>"),
        "公式",
    )
    yield "many closers", _text("}}" * 300_000), "第"


def _prefixed(doctype: str) -> Make:
    return _main(lambda text: text.replace("<w:document", f"{doctype}<w:document", 1))


def _main(change: Callable[[str], str]) -> Make:
    def make(good: bytes) -> bytes:
        parts = unpacked(good)
        text = parts[MAIN].decode()
        changed = change(text)
        assert changed != text
        return packed({**parts, MAIN: changed.encode()})

    return make


def _with(name: str, content: bytes) -> Make:
    return lambda good: packed({**unpacked(good), name: content})


def _types(old: str, new: str) -> Make:
    def make(good: bytes) -> bytes:
        parts = unpacked(good)
        types = parts["[Content_Types].xml"].decode()
        assert old in types
        return packed({**parts, "[Content_Types].xml": types.replace(old, new).encode()})

    return make


def _related(kind: str, target: str, mode: str = ' TargetMode="External"') -> Make:
    def make(good: bytes) -> bytes:
        parts = unpacked(good)
        link = f'<Relationship Id="rX"{mode} Target="{target}" Type="{_OFFICE}/{kind}"/>'
        text = parts[RELS].decode().replace("</Relationships>", f"{link}</Relationships>")
        return packed({**parts, RELS: text.encode()})

    return make


def _inner(kind: str, name: str, content: bytes) -> Make:
    related = _related(kind, name, mode="")
    return lambda good: packed({**unpacked(related(good)), f"word/{name}": content})


def _raw(xml: str) -> Make:
    return _main(lambda text: text.replace("</w:p>", f"{xml}</w:p>", 1))


def _text(text: str) -> Make:
    return _raw(f"<w:r><w:t>{text}</w:t></w:r>")


def _letters(text: str) -> Make:
    return _raw("".join(f'<w:r><w:t xml:space="preserve">{char}</w:t></w:r>' for char in text))


def _field(instruction: str) -> Make:
    return _raw(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
        + instruction.replace('"', "&quot;")
        + '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _split_field(instruction: str) -> Make:
    letters = "".join(
        f'<w:r><w:instrText xml:space="preserve">{"&quot;" if char == chr(34) else char}'
        "</w:instrText></w:r>"
        for char in instruction
    )
    return _raw(
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{letters}'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>结果</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _simple_field(instruction: str) -> Make:
    quoted = instruction.replace('"', "&quot;")
    return _raw(f'<w:fldSimple w:instr=" {quoted} "><w:r><w:t>a</w:t></w:r></w:fldSimple>')


def _paragraphs(count: int) -> Make:
    return _main(lambda text: text.replace("<w:p>", "<w:p/>" * count + "<w:p>", 1))


def _nested(opening: str, closing: str, depth: int) -> Make:
    inside = f"<w:{opening}>" * depth + "<w:p/>" + f"</w:{closing}>" * depth
    return _main(lambda text: text.replace("<w:p>", f"{inside}<w:p>", 1))


def _twice(good: bytes) -> bytes:
    target = io.BytesIO(good)
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(MAIN, unpacked(good)[MAIN].replace("违约责任".encode(), b"x"))
    return target.getvalue()


def _encrypted(good: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, part in unpacked(good).items():
            package.writestr(name, part)
    content = bytearray(target.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)
