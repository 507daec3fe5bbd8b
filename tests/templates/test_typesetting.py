from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from templates.catalogue import Catalogue, shipped
from templates.package import unpacked
from templates.typesetting.folder import typeset
from templates.typesetting.markup import Misspelt, read_text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SIGNED_BY_BOTH = (
    "contract",
    "acceptance",
    "sales",
    "goods_acceptance",
    "change",
    "termination",
    "nda",
)
FOLDERS = (*SIGNED_BY_BOTH, "authority", "legal_opinion", "approval_sheet", "seal_request")
by_both = pytest.mark.parametrize("folder", SIGNED_BY_BOTH, indirect=True)


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest) -> Path:
    return shipped() / str(request.param)


@pytest.fixture
def parts(folder: Path) -> dict[str, bytes]:
    return unpacked((folder / "template.docx").read_bytes())


@pytest.fixture
def page(parts: dict[str, bytes]) -> etree._Element:
    return etree.fromstring(parts["word/document.xml"])


def _texts(element: etree._Element) -> str:
    return "".join(str(node.text or "") for node in element.iter(f"{W}t"))


def test_the_word_file_is_what_its_text_gives(folder: Path) -> None:
    assert (folder / "template.docx").read_bytes() == typeset(folder)


def test_setting_a_changed_text_registers_the_new_file(tmp_path: Path) -> None:
    own = tmp_path / "contract"
    shutil.copytree(shipped() / "contract", own)
    before = (own / "manifest.toml").read_text("utf-8")
    text = (own / "text.md").read_text("utf-8")
    (own / "text.md").write_text(text.replace("万分之", "千分之"), "utf-8")
    assert typeset(own) != (own / "template.docx").read_bytes()

    subprocess.run(
        [sys.executable, "-m", "templates.typesetting", str(own)],
        check=True,
        timeout=60,
        capture_output=True,
    )

    assert (own / "manifest.toml").read_text("utf-8") != before
    assert Catalogue.load(tmp_path).templates[0].path == own / "template.docx"


def test_header_rows_and_rows_of_order_text_may_split_and_no_other_row(
    page: etree._Element,
) -> None:
    # A header row that may not split makes LibreOffice lose the table at the foot of a page;
    # a row of order text may be higher than a page, and would lose its end.
    rows = [row for row in page.iter(f"{W}tr") if "{%tr" not in _texts(row)]
    heads = [row for row in rows if row.find(f"{W}trPr/{W}tblHeader") is not None]

    assert rows
    assert heads or not any(map(_is_repeated, rows))
    for row in rows:
        splits = row.find(f"{W}trPr/{W}cantSplit") is None
        assert splits == (row in heads or _is_repeated(row))


def _is_repeated(row: etree._Element) -> bool:
    before = row.getprevious()
    return before is not None and "{%tr for" in _texts(before)


@by_both
def test_each_seal_has_exactly_one_place_in_the_signature_block(page: etree._Element) -> None:
    marks = [mark.get(f"{W}name") for mark in page.iter(f"{W}bookmarkStart")]
    tables = [t for t in page.iter(f"{W}tbl") if "（签字）" in _texts(t)]

    assert marks == ["sealA", "sealB"]
    assert len(tables) == 1
    assert [m.get(f"{W}name") for m in tables[0].iter(f"{W}bookmarkStart")] == marks


@by_both
def test_the_signature_block_stays_with_two_lines_of_text(page: etree._Element) -> None:
    body = next(iter(page))
    blocks = list(body)
    place = next(i for i, b in enumerate(blocks) if b.tag == f"{W}tbl" and "（签字）" in _texts(b))
    kept = [b for b in blocks[place - 3 : place] if b.find(f"{W}pPr/{W}keepNext") is not None]
    rows = list(blocks[place].iter(f"{W}tr"))

    assert len(kept) == 3
    for row in rows[:-1]:
        assert all(p.find(f"{W}pPr/{W}keepNext") is not None for p in row.iter(f"{W}p"))
    # A note below the block goes over with it, lest it stand on a page alone.
    below = blocks[place + 1] if place + 1 < len(blocks) else None
    has_note = below is not None and _texts(below).startswith("注：")
    assert bool(list(rows[-1].iter(f"{W}keepNext"))) == has_note


def test_only_styles_in_use_stand_in_the_file(parts: dict[str, bytes]) -> None:
    styles = etree.fromstring(parts["word/styles.xml"])
    defined = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    used = {
        mark.get(f"{W}val")
        for name in parts
        if name.endswith(".xml") and name != "word/styles.xml"
        for mark in etree.fromstring(parts[name]).iter(f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")
    }

    assert defined == used | {"Normal", "TableNormal"}
    assert styles.find(f"{W}latentStyles") is None


def test_all_text_is_mainland_chinese_in_named_faces(parts: dict[str, bytes]) -> None:
    styles = etree.fromstring(parts["word/styles.xml"])

    assert {lang.get(f"{W}eastAsia") for lang in styles.iter(f"{W}lang")} == {"zh-CN"}
    for fonts in styles.iter(f"{W}rFonts"):
        assert fonts.get(f"{W}eastAsia") in {"宋体", "黑体", "仿宋"}
        assert fonts.get(f"{W}ascii") == "Times New Roman"
    body = next(s for s in styles.iter(f"{W}style") if s.get(f"{W}styleId") == "Body")
    indent = body.find(f"{W}pPr/{W}ind")
    assert indent is not None
    assert indent.get(f"{W}firstLineChars") == "200"


def test_nothing_numbers_itself_runs_or_reaches_outside(parts: dict[str, bytes]) -> None:
    whole = b"".join(parts.values())

    for forbidden in (b"isLgl", b"numPr", b"vbaProject", b'TargetMode="External"', b"instrText"):
        assert forbidden not in whole
    fields = set(re.findall(rb'w:instr="([^"]*)"', whole))
    assert fields == {b" PAGE ", b" NUMPAGES "}


def test_terms_one_party_wrote_are_bold_and_pointed_out() -> None:
    page = etree.fromstring(
        unpacked((shipped() / "contract" / "template.docx").read_bytes())["word/document.xml"]
    )
    bold = [_texts(run) for run in page.iter(f"{W}r") if run.find(f"{W}rPr/{W}b") is not None]

    assert [text[:6] for text in bold] == ["甲方逾期既不", "除故意或者重"]
    assert "以加粗字体标示的条款作出提示和说明" in _texts(page)


def test_no_tag_has_a_silent_default(page: etree._Element) -> None:
    assert list(_tags(page))
    for tag in _tags(page):
        assert re.fullmatch(
            r"\{\{ [a-z_]+(\.[a-z_0-9]+)+ \}\}|\{%tr (for [a-z]+ in [a-z_]+|endfor) %\}", tag
        )


def _tags(page: etree._Element) -> Iterator[str]:
    yield from re.findall(r"\{[{%].*?[}%]\}", _texts(page))


@pytest.mark.parametrize(
    "line",
    [
        "@tabel columns=10",
        "| a | b |",
        "@table head=1\n| a |",
        "@table columns=10,20\n| a |",
        "@table columns=10,20 align=l\n| a | b |",
        "@table columns=10,20 head=1\n| a | b |",
        "@table columns=10,20 colour=red\n| a | b |",
        "@sheet sideways",
    ],
)
def test_a_misspelt_line_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(Misspelt, match="line 3"):
        read_text(f"# 标题\n\n{line}\n")
