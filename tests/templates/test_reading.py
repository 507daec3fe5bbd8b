from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pypdf
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import NameObject, StreamObject

from templates.errors import DocumentUnreadable, ProofFailed
from templates.pdfreading import pages_of, pages_of_independent
from templates.reading import (
    headers_and_footers_of,
    paragraphs_of,
    text_of,
)

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ROOT_RELS = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def word(body: str, *, rels: str = "", space: str = W, **parts: str | bytes) -> bytes:
    document = (
        f'<w:document xmlns:w="{space}" xmlns:r="{OFFICE}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )
    return packed(
        {
            "_rels/.rels": ROOT_RELS,
            "word/document.xml": document,
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}">{rels}'
            "</Relationships>",
            **parts,
        }
    )


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def paragraph(*texts: str) -> str:
    return f"<w:p>{''.join(map(run, texts))}</w:p>"


def a_pdf(*pages: str) -> bytes:
    writer = pypdf.PdfWriter()
    for text in pages:
        page = writer.add_blank_page(300, 300)
        content = StreamObject()
        content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        font = pypdf.generic.DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = pypdf.generic.DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = pypdf.generic.DictionaryObject(
            {NameObject("/Font"): fonts}
        )
        page[NameObject("/Contents")] = writer._add_object(content)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_runs_split_down_to_single_characters_are_one_text() -> None:
    assert paragraphs_of(word(paragraph(*"合同编号：GD-1"))) == ("合同编号：GD-1",)


def test_cells_are_read_in_document_order() -> None:
    document = Document()
    document.add_paragraph("前")
    table = document.add_table(rows=2, cols=2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"格{number}"
    document.add_paragraph("后")
    target = io.BytesIO()
    document.save(target)
    assert paragraphs_of(target.getvalue()) == ("前", "格0", "格1", "格2", "格3", "后")
    assert text_of(target.getvalue()) == "前\n格0\n格1\n格2\n格3\n后"


def test_breaks_tabs_and_hyphens_within_a_paragraph_are_kept() -> None:
    body = (
        "<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t>"
        '<w:noBreakHyphen/><w:t>丁</w:t><w:br w:type="page"/></w:r></w:p>'
    )
    assert paragraphs_of(word(body)) == ("甲\t乙\n丙-丁",)


def test_deleted_text_is_out_and_inserted_text_is_in() -> None:
    body = (
        f"<w:p>{run('总价')}<w:del><w:r><w:delText>1</w:delText><w:t>1</w:t></w:r></w:del>"
        f"<w:ins>{run('2')}</w:ins><w:moveFrom>{run('3')}</w:moveFrom></w:p>"
    )
    assert paragraphs_of(word(body)) == ("总价2",)


def test_a_text_box_is_read_once_though_word_writes_it_twice() -> None:
    box = paragraph("框内")
    body = (
        f"<w:p>{run('框外')}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>{run('续')}</w:p>"
    )
    assert paragraphs_of(word(body)) == ("框外续", "框内")


def test_strict_word_files_do_not_read_as_empty() -> None:
    assert paragraphs_of(word(paragraph("合同"), space=STRICT)) == ("合同",)


def test_footnotes_belong_to_the_text() -> None:
    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote>{paragraph("注")}</w:footnote></w:footnotes>'
    rels = f'<Relationship Id="r9" Type="{OFFICE}/footnotes" Target="footnotes.xml"/>'
    docx = word(paragraph("文"), rels=rels, **{"word/footnotes.xml": notes})
    assert paragraphs_of(docx) == ("文", "注")


def margins(kind: str, *, title_page: str = "") -> bytes:
    footer = (
        f'<w:ftr xmlns:w="{W}"><w:p>{run("第 ")}<w:fldSimple w:instr=" PAGE ">{run("7")}'
        f'</w:fldSimple>{run(" 页 共 ")}<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        "<w:r><w:instrText> NUM</w:instrText></w:r><w:r><w:instrText>PAGES </w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("9")}'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>{run(" 页")}</w:p></w:ftr>'
    )
    section = f'<w:sectPr><w:footerReference w:type="{kind}" r:id="f1"/>{title_page}</w:sectPr>'
    rels = f'<Relationship Id="f1" Type="{OFFICE}/footer" Target="footer1.xml"/>'
    return word(paragraph("文") + section, rels=rels, **{"word/footer1.xml": footer})


def test_page_numbers_of_footers_are_left_out_and_the_words_kept() -> None:
    assert headers_and_footers_of(margins("default")) == ("第  页 共  页",)


def test_a_first_page_footer_counts_only_where_it_prints() -> None:
    assert headers_and_footers_of(margins("first")) == ()
    assert headers_and_footers_of(margins("even")) == ()
    in_force = margins("first", title_page="<w:titlePg/>")
    assert headers_and_footers_of(in_force) == ("第  页 共  页",)
    switched_off = margins("first", title_page='<w:titlePg w:val="false"/>')
    assert headers_and_footers_of(switched_off) == ()


def external(kind: str, target: str) -> bytes:
    rels = f'<Relationship Id="x" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    return word(paragraph("文"), rels=rels)


def test_a_hyperlink_may_point_outside() -> None:
    assert paragraphs_of(external("hyperlink", "https://example.com/")) == ("文",)


@pytest.mark.parametrize("kind", ["image", "attachedTemplate", "oleObject", "frame", "subDocument"])
def test_anything_else_that_points_outside_is_refused(kind: str) -> None:
    with pytest.raises(DocumentUnreadable, match="文件以外"):
        paragraphs_of(external(kind, "file:///etc/passwd"))


def doubled(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("_rels/.rels", ROOT_RELS)
        package.writestr(name, "<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            package.writestr(name, "<b/>")
    return target.getvalue()


CHUNK = f'<Relationship Id="c" Type="{OFFICE}/aFChunk" Target="chunk.htm"/>'
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("docx", "reason"),
    [
        (b"", "压缩包损坏"),
        (b"PK\x03\x04 not really", "压缩包损坏"),
        (word(paragraph("文"))[:-40], "压缩包损坏"),
        (packed({"a.txt": "x"}), "不是 Word 文档"),
        (packed({"_rels/.rels": ROOT_RELS}), "缺少部分"),
        (packed({"_rels/.rels": ROOT_RELS, "word/document.xml": "<w:p>"}), "已损坏"),
        (packed({"_rels/.rels": ROOT_RELS, "word/document.xml": ENTITY + "<x>&e;</x>"}), "DOCTYPE"),
        (packed({"_rels/.rels": ENTITY + ROOT_RELS}), "DOCTYPE"),
        (word(paragraph("文"), **{"word/vbaProject.bin": b"x"}), "宏"),
        (word(paragraph("文"), rels=CHUNK), "altChunk"),
        (word(paragraph("文"), **{"word/media/a.bin": b"\0" * 30_000_000}), "压缩比"),
        (word(paragraph("文"), a=b"\0" * 26_000_000, b=b"\0" * 27_000_000), "展开后超过"),
        (word("<w:p>" * 300 + "</w:p>" * 300), "嵌套过深"),
    ],
)
def test_a_hostile_or_damaged_file_is_refused_with_its_reason(docx: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason):
        paragraphs_of(docx)


def test_a_package_with_two_parts_of_one_name_is_refused() -> None:
    with pytest.raises(DocumentUnreadable, match="同名"):
        paragraphs_of(doubled("word/document.xml"))


def test_an_unreadable_document_counts_as_a_failed_proof() -> None:
    assert issubclass(DocumentUnreadable, ProofFailed)


SAMPLE = word(paragraph("合同编号：GD-1", "总价"))


@settings(max_examples=150)
@given(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255))
def test_one_damaged_byte_is_refused_or_harmless(at: int, flip: int) -> None:
    damaged = SAMPLE[:at] + bytes([SAMPLE[at] ^ flip]) + SAMPLE[at + 1 :]
    try:
        said = paragraphs_of(damaged)
    except DocumentUnreadable:
        return
    assert said == ("合同编号：GD-1总价",)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_a_document(content: bytes) -> None:
    for read in (paragraphs_of, pages_of, pages_of_independent):
        with pytest.raises(DocumentUnreadable):
            read(content)


def test_both_readers_give_the_pages_in_order() -> None:
    pdf = a_pdf("first page", "second page")
    assert [page.strip() for page in pages_of(pdf)] == ["first page", "second page"]
    assert [page.strip() for page in pages_of_independent(pdf)] == ["first page", "second page"]


def test_a_pdf_without_pages_is_refused_by_both_readers() -> None:
    target = io.BytesIO()
    pypdf.PdfWriter().write(target)
    for read in (pages_of, pages_of_independent):
        with pytest.raises(DocumentUnreadable):
            read(target.getvalue())


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_pdf_is_refused_even_under_an_empty_password(password: str) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(a_pdf("text")))
    writer.encrypt(user_password=password, owner_password=password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    for read in (pages_of, pages_of_independent):
        with pytest.raises(DocumentUnreadable):
            read(target.getvalue())
