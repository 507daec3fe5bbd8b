from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.errors import Level
from templates.fitting.faces import available_faces
from templates.fitting.fitness import Fitness, Measure, fitness_of
from templates.fitting.tags import Tagged, tags_of
from templates.package import packed, unpacked

Check = Callable[[bytes], Fitness]
_RELATIONS = "word/_rels/document.xml.rels"
_OUTSIDE = (
    '<Relationship Id="rX" TargetMode="External" Target="{}" Type="http://schemas.openxmlformats.org'
    '/officeDocument/2006/relationships/{}"/></Relationships>'
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "不是 Word 文件"),
        (b"PK\x03\x04", "已损坏"),
        (b"%PDF-1.7", "这是 PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r".doc 文件"),
        (b"{\\rtf1", "RTF"),
        (packed({"a.txt": b"x"}), "没有正文"),
        (packed({"word/document.xml": bytes(60 * 1024 * 1024)}), "展开后超过"),
    ],
    ids=["empty", "cut", "pdf", "doc", "rtf", "zip", "bomb"],
)
def test_what_is_no_word_file_is_refused_in_words(
    check: Check, content: bytes, message: str
) -> None:
    findings = check(content).findings
    assert {finding.code for finding in findings} == {"T99"}
    assert message in findings[0].message


@pytest.mark.parametrize(
    ("name", "part", "said"),
    [
        ("word/vbaProject.bin", b"x", ("T20", "宏")),
        ("word/embeddings/oleObject1.bin", b"x", ("T20", "嵌入")),
        ("word/footnotes.xml", b"<!DOCTYPE a><a/>", ("T40", "DOCTYPE")),
        ("word/document.xml", b"<w:document", ("T99", "XML 已损坏")),
    ],
)
def test_a_dangerous_or_damaged_part_is_refused(
    check: Check, firm_file: bytes, name: str, part: bytes, said: tuple[str, str]
) -> None:
    found = check(packed({**unpacked(firm_file), name: part}))
    assert not found.is_fit
    assert any(f.code == said[0] and said[1] in f.message for f in found.findings), found.findings


@pytest.mark.parametrize(
    "outside",
    [
        ("attachedTemplate", "file:///C:/模板/公司.dotm", "Normal"),
        ("image", "http://example.com/logo.png", "嵌入"),
        ("oleObject", "file:///C:/a.xlsx", "删去"),
    ],
)
def test_what_reaches_outside_is_refused_with_the_way_to_mend_it(
    check: Check, firm: ModuleType, firm_file: bytes, outside: tuple[str, str, str]
) -> None:
    kind, target, hint = outside
    link = ("</Relationships>", _OUTSIDE.format(target, kind))
    found = check(firm.edited(firm_file, link, part=_RELATIONS))

    (finding,) = [each for each in found.findings if each.level is Level.BLOCK]
    assert finding.code == "T21"
    assert target in finding.message
    assert hint in finding.message


def test_a_hyperlink_may_point_outside(check: Check, firm: ModuleType, firm_file: bytes) -> None:
    link = ("</Relationships>", _OUTSIDE.format("https://example.com", "hyperlink"))
    assert check(firm.edited(firm_file, link, part=_RELATIONS)).is_fit


def test_a_fault_in_a_footnote_is_placed_there(
    check: Check, firm: ModuleType, firm_file: bytes
) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    note = (
        f'<w:footnotes xmlns:w="{word}"><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>见{{ quote.nr }}</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    relation = _OUTSIDE.format("footnotes.xml", "footnotes").replace(' TargetMode="External"', "")
    content = firm.edited(firm_file, ("</Relationships>", relation), part=_RELATIONS)
    found = check(packed({**unpacked(content), "word/footnotes.xml": note.encode()}))

    (finding,) = [each for each in found.findings if each.code == "T02"]
    assert finding.place == "脚注 1“见{{ quote.nr }}”"
    assert "quote.no" in finding.message


def test_a_bare_page_number_is_refused(check: Check, firm: ModuleType, firm_file: bytes) -> None:
    footer = next(name for name in unpacked(firm_file) if name.startswith("word/footer"))
    bare = firm.edited(firm_file, ("第 ", ""), (" 页", ""), part=footer)

    (finding,) = [each for each in check(bare).findings if each.level is Level.BLOCK]
    assert (finding.code, finding.place) == ("T13", "页脚“1”")


def test_every_field_and_list_says_what_it_is(measure: Measure, report_measure: Measure) -> None:
    for known in (measure.vocabulary, report_measure.vocabulary):
        for path in (*known.examples, *known.rows):
            assert known.meaning(path), path
            assert known.examples.get(path, "x").strip() or path == "contract.sign_date_cn"


def test_the_nearest_name_is_proposed(measure: Measure) -> None:
    nearest = measure.vocabulary.nearest
    assert nearest("party_a.nmae") == "party_a.name"
    assert nearest("PARTY_A.NAME") == "party_a.name"
    assert nearest("甲方全称") == "party_a.name"
    assert nearest("甲方名称").startswith("party_a.")
    assert nearest("合同编号") == "contract.no"
    assert nearest("zzzz.qqqq") == ""


def test_a_firms_own_face_is_available(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "broken.ttf").write_bytes(b"no font")
    assert "宋体" in available_faces(tmp_path)
    assert "times new roman" in available_faces(tmp_path)
    assert "方正仿宋_gbk" not in available_faces(tmp_path)


@given(st.text(alphabet="{}%# a.中tr\n｛｝", max_size=40))
def test_tags_are_found_in_order_and_nothing_between_them_is_a_brace(text: str) -> None:
    tags = tags_of(text)

    assert all(tag.does is not Tagged.BROKEN or tag.fault for tag in tags)
    covered = "".join(
        " " if any(tag.start <= at < tag.end for tag in tags) else char
        for at, char in enumerate(text)
    )
    for sign in ("{{", "}}", "{%", "%}", "{#", "#}"):
        assert sign not in covered


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(0, 3000), flip=st.integers(1, 255))
def test_a_damaged_file_never_breaks_the_check(cut: int, flip: int) -> None:
    content = packed({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<w:d/>" * 300})
    place = cut % len(content)
    damaged = content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :]

    assert fitness_of(damaged, None).findings  # type: ignore[arg-type]
