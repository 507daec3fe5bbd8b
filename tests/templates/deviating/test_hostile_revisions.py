"""A Word file from outside opens nothing, fetches nothing and brings nothing but its text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from docx.enum.style import WD_STYLE_TYPE

from templates.deviating import redlines
from templates.deviating.cleaning import MAX_BYTES
from templates.deviating.redlines import RedlinesFailed, RedlinesMissing, tracked_changes
from templates.package import packed, unpacked

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Parts = dict[str, bytes]


def _related(parts: Parts, kind: str, target: str, *, external: bool = False) -> None:
    mode = ' TargetMode="External"' if external else ""
    entry = f'<Relationship Id="rIdX" Type="{_OFFICE}/{kind}" Target="{target}"{mode}/>'
    name = "word/_rels/document.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", f"{entry}</Relationships>".encode())


def _macro(parts: Parts) -> None:
    parts["word/vbaProject.bin"] = b"\xd0\xcf"
    _related(parts, "vbaProject", "vbaProject.bin")


def _external(parts: Parts) -> None:
    _related(parts, "image", "http://attacker.example/x.png", external=True)


def _template(parts: Parts) -> None:
    _related(parts, "attachedTemplate", "file:///etc/passwd", external=True)


def _embedded(parts: Parts) -> None:
    parts["word/embeddings/o.bin"] = b"MZ"
    _related(parts, "oleObject", "embeddings/o.bin")


def _doctype(parts: Parts) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:document", bomb, 1)


def _doctype_beside(parts: Parts) -> None:
    parts["word/theme/theme1.xml"] = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"


def _comments(parts: Parts) -> None:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    parts["word/comments.xml"] = f'<w:comments xmlns:w="{w}"><w:comment/></w:comments>'.encode()
    _related(parts, "comments", "comments.xml")


def _broken(parts: Parts) -> None:
    parts["word/document.xml"] = parts["word/document.xml"][:-40]


def _headless(parts: Parts) -> None:
    del parts["word/document.xml"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_macro, "含有宏"),
        (_external, "文件以外的内容"),
        (_template, "文件以外的内容"),
        (_embedded, "嵌入对象"),
        (_doctype, "DOCTYPE"),
        (_doctype_beside, "DOCTYPE"),
        (_comments, "批注"),
        (_broken, "XML 已损坏"),
        (_headless, "缺少部分"),
    ],
)
def test_a_hostile_package_is_refused_in_words(
    desk: Any, spoil: Callable[[Parts], None], words: str
) -> None:
    parts = unpacked(desk.draft)
    spoil(parts)
    messages = [finding.message for finding in desk.refused_file(packed(parts))]
    assert any(words in message for message in messages), messages


def _zip(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def test_a_bomb_a_giant_and_garbage_are_refused(desk: Any) -> None:
    bomb = _zip(unpacked(desk.draft) | {"word/x.xml": b"<a>" + b" " * 40_000_000 + b"</a>"})
    for payload in (bomb, b"\x00" * (MAX_BYTES + 1), b"", b"%PDF-1.7", desk.draft[:-600]):
        assert desk.refused_file(payload)


def test_what_lies_beside_the_text_is_left_behind(desk: Any) -> None:
    def edit(document: Any) -> None:
        next(p for p in document.paragraphs if p.text.startswith("8.3")).add_run("另行约定。")

    parts = unpacked(desk.edited(edit))
    parts["customXml/item1.xml"] = b"<secret/>"
    parts["word/settings.xml"] = re.sub(
        rb"(<w:settings[^>]*>)",
        rb'\1<w:documentProtection w:edit="readOnly" w:enforcement="1"/><w:updateFields/>',
        parts["word/settings.xml"],
    )
    from templates.deviating.revision import revise  # noqa: PLC0415

    clean = unpacked(revise(desk.standard, packed(parts)).docx)
    assert not any(name.startswith(("customXml", "docProps/custom")) for name in clean)
    assert b"documentProtection" not in clean["word/settings.xml"]
    assert b"updateFields" not in clean["word/settings.xml"]
    assert "草稿".encode() not in b"".join(clean.values())


def test_a_program_that_hangs_or_fails_is_stopped_and_told(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(child: str, seconds: float = 20) -> None:
        monkeypatch.setattr(redlines, "_CHILD", child)
        text = desk.standard.docx
        deadline = timedelta(seconds=seconds)
        tracked_changes(text, text, author="甲", cache=tmp_path, deadline=deadline)

    with pytest.raises(RedlinesFailed, match="没有完成"):
        run("import subprocess, sys; subprocess.run(['sleep', '60'])", 0.3)
    with pytest.raises(RedlinesFailed, match="坏了"):
        run("import sys; sys.exit('坏了')")
    with pytest.raises(RedlinesFailed, match="没有给出文件"):
        run("pass")
    monkeypatch.setattr(redlines, "_MODULES", ("no_such_module",))
    with pytest.raises(RedlinesMissing, match="pip install"):
        run("pass")


@pytest.mark.parametrize("generations", [0, 1, 3])
def test_text_hidden_by_a_style_or_by_what_it_is_based_on_is_refused(
    desk: Any, generations: int
) -> None:
    def edit(document: Any) -> None:
        styles = document.styles
        first = parent = styles.add_style("祖先", WD_STYLE_TYPE.PARAGRAPH)
        for generation in range(generations):
            parent, child = styles.add_style(f"后代{generation}", WD_STYLE_TYPE.PARAGRAPH), parent
            parent.base_style = child
        first.font.hidden = True
        target = next(p for p in document.paragraphs if p.text.startswith("8.3"))
        target.style = parent

    messages = [finding.message for finding in desk.refused(edit)]
    assert any("隐藏文字" in message for message in messages), messages
