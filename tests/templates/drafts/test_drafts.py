"""A draft says 草稿 on every kind of page of every section, and nothing else of it changes."""

from __future__ import annotations

import io

import docx
import pytest
from docx.enum.section import WD_SECTION

from templates.catalogue import Template
from templates.drafts.mark import DraftMark, marked
from templates.drafts.watermark import (
    has_watermark,
    header_parts,
    watermarked,
    without_watermark,
    written,
)
from templates.fields import contract_fields, with_number
from templates.filling import fill
from templates.proof import NUMBER_TO_COME
from templates.reading import headers_and_footers_of, paragraphs_of
from templates.terms import ContractTerms
from templates.wordfile import Wordfile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARK = DraftMark("XSDD-2026-0001", 2, "a1" * 32)


@pytest.fixture(scope="module")
def filled(contract_template: Template, contract_terms: ContractTerms) -> bytes:
    fields = contract_fields(contract_terms, contract_template.defaults)
    return fill(contract_template, with_number(fields, NUMBER_TO_COME), title="服务合同")


def _word_file(*, headers: bool) -> bytes:
    document = docx.Document()
    document.add_paragraph("第一节")
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = True
    document.add_paragraph("第二节")
    if headers:
        section.header.is_linked_to_previous = False
        section.header.paragraphs[0].text = "第二节页眉"
        section.first_page_header.is_linked_to_previous = False
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_the_text_of_a_draft_is_that_of_the_document(filled: bytes) -> None:
    draft = marked(watermarked(filled), _MARK)
    assert paragraphs_of(draft) == paragraphs_of(filled)
    assert headers_and_footers_of(draft) == headers_and_footers_of(filled)
    assert has_watermark(draft)
    assert not has_watermark(filled)


@pytest.mark.parametrize("headers", [True, False])
def test_every_header_of_every_section_carries_the_mark(headers: bool) -> None:  # noqa: FBT001
    draft = watermarked(_word_file(headers=headers))
    file = Wordfile.open(draft)
    parts = header_parts(file)
    for name in parts:
        assert "草稿".encode() in file.parts[name]
    first = next(file.tree(file.main).iter(f"{_W}sectPr"))
    kinds = {each.get(f"{_W}type") for each in first.iter(f"{_W}headerReference")}
    assert kinds == {"default", "first", "even"}
    assert len(parts) == (5 if headers else 3)
    again = docx.Document(io.BytesIO(draft))
    assert [p.text for p in again.paragraphs if p.text] == ["第一节", "第二节"]


def test_a_mark_taken_off_leaves_the_header_as_it_was(filled: bytes) -> None:
    file = Wordfile.open(watermarked(filled))
    for name in header_parts(file):
        header = file.tree(name)
        without_watermark(header)
        assert "草稿".encode() not in written(header)
    assert "合同编号" in "".join(map(str, file.tree("word/header1.xml").itertext()))


def test_equal_documents_make_equal_drafts(filled: bytes) -> None:
    assert watermarked(filled) == watermarked(filled)


def test_a_draft_finds_its_order_again_when_another_program_has_saved_it(filled: bytes) -> None:
    draft = marked(watermarked(filled), _MARK)
    assert DraftMark.of(Wordfile.open(draft)) == _MARK
    target = io.BytesIO()
    docx.Document(io.BytesIO(draft)).save(target)
    assert DraftMark.of(Wordfile.open(target.getvalue())) == _MARK
    assert has_watermark(target.getvalue())
    assert DraftMark.of(Wordfile.open(filled)) is None


def test_a_second_mark_replaces_the_first(filled: bytes) -> None:
    newer = DraftMark("XSDD-2026-0001", 3, "b2" * 32)
    assert DraftMark.of(Wordfile.open(marked(marked(filled, _MARK), newer))) == newer


@pytest.mark.parametrize(
    ("order_no", "revision", "digest"),
    [("", 1, "a1" * 32), ("X", -1, "a1" * 32), ("X", 1, "A1" * 32), ("X", 1, "")],
)
def test_a_mark_that_cannot_be_one_is_none(
    filled: bytes, order_no: str, revision: int, digest: str
) -> None:
    draft = marked(filled, DraftMark(order_no, revision, digest))
    assert DraftMark.of(Wordfile.open(draft)) is None
