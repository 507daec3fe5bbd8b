"""What LibreOffice made and we stamped is PDF/A-2b by veraPDF, and the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from archive.copying import CopyKind, CopyMark, derive
from archive.sampleseal import sample_seal
from archive.seam import SeamPages
from archive.stamping import Imprint, SealingAct, SeamSeal, stamp
from archive.stampreading import verify_stamp
from templates.errors import RendererMissing
from templates.rendering.fonts import prepare_fonts
from templates.rendering.installed import find_office
from templates.rendering.pool import OfficePool

CLAUSE = "乙方应当按照约定的时间、地点和标准提供服务，并对服务质量负责。合同金额为人民币壹万元整。"


def contract(lines: int) -> bytes:
    """Return a contract of headings, clauses and a table, with a place for the seal."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = "合同编号：SL-HT-2026-FW-0001"
    for number in range(1, lines + 1):
        heading = document.add_paragraph().add_run(f"第{number}条 服务内容与要求")
        heading.bold = True
        heading.font.name = "Times New Roman"
        heading.element.rPr.rFonts.set(qn("w:eastAsia"), "黑体")
        document.add_paragraph(CLAUSE * 3)
    table = document.add_table(rows=3, cols=3)
    for row in table.rows:
        for cell in row.cells:
            cell.text = "☑ 1,234.00"
    place = document.add_paragraph("乙方（盖章）：")
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        element = OxmlElement(tag)
        element.set(qn("w:id"), "7")
        if tag == "w:bookmarkStart":
            element.set(qn("w:name"), "sealB")
        place._p.append(element)
    document.add_paragraph("（以下无正文）")
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces") / "fonts"
    try:
        find_office()
        prepare_fonts(folder)
    except RendererMissing as missing:
        pytest.skip(str(missing))
    return folder


@pytest.fixture(scope="module")
def rendered(fonts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    work = tmp_path_factory.mktemp("offices")
    with OfficePool(fonts=fonts, work=work, children=1) as pool:
        yield pool.render(contract(24))


@pytest.fixture(scope="module")
def act() -> SealingAct:
    seal = sample_seal("示例网络技术（北京）有限公司")
    return SealingAct(
        imprints=(Imprint(seal, "sealB", dx_mm=35),),
        seam=SeamSeal(seal),
        number="SL-HT-2026-FW-0001",
        title="园区网络运维服务合同（A&B）",
        creator="示例网络技术（北京）有限公司",
        made_at=datetime(2026, 3, 9, 1, 30, tzinfo=UTC),
        qr_text="guidang:1:SL-HT-2026-FW-0001:" + "0f" * 32,
    )


def text_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_a_stamped_contract_is_pdf_a_2b(
    verdict: Callable[[bytes], str], rendered: bytes, act: SealingAct
) -> None:
    stamped = stamp(rendered, act)

    assert stamped.pages > 2
    assert verdict(rendered) == "pass"
    assert verdict(stamped.pdf) == "pass"
    for mark in (CopyMark(CopyKind.ORIGINAL, 1, 4), CopyMark(CopyKind.VOID)):
        assert verdict(derive(stamped.pdf, mark)) == "pass"


def test_two_seals_and_a_seam_by_the_leaf_are_pdf_a_2b(
    verdict: Callable[[bytes], str], rendered: bytes, act: SealingAct
) -> None:
    small = replace(act.imprints[0].seal, name="FR-01", width_mm=20, height_mm=20)
    beside = Imprint(small, "sealB", dx_mm=70)
    seam = SeamSeal(act.imprints[0].seal, pages=SeamPages.parse("odd"))
    both = replace(act, imprints=(*act.imprints, beside), seam=seam)

    assert verdict(stamp(rendered, both).pdf) == "pass"


def broken_in(pdf: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()


def without_its_colours(document: pikepdf.Pdf) -> None:
    del document.Root["/OutputIntents"]


def without_its_description(document: pikepdf.Pdf) -> None:
    del document.Root["/Metadata"]


def without_its_fonts(document: pikepdf.Pdf) -> None:
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
            del thing["/FontFile2"]


def with_a_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")


@pytest.mark.parametrize(
    "change",
    [without_its_colours, without_its_description, without_its_fonts, with_a_script],
)
def test_the_validator_fails_a_broken_file(
    verdict: Callable[[bytes], str],
    rendered: bytes,
    act: SealingAct,
    change: Callable[[pikepdf.Pdf], None],
) -> None:
    assert verdict(broken_in(stamp(rendered, act).pdf, change)).startswith("fail")


def test_stamping_changes_no_letter_of_the_text(rendered: bytes, act: SealingAct) -> None:
    stamped = stamp(rendered, act)

    assert text_of(stamped.pdf) == text_of(rendered)
    assert len(verify_stamp(stamped.pdf, act).frames) == stamped.pages


def test_the_seal_stands_beside_the_words_it_belongs_to(rendered: bytes, act: SealingAct) -> None:
    stamped = stamp(rendered, act)
    imprint = stamped.places[0]

    (page,) = (n for n, text in enumerate(text_of(rendered), 1) if "（以下无正文）" in text)
    assert imprint["page"] == page


def test_two_children_in_two_pools_give_the_same_stamped_bytes(
    fonts: Path, tmp_path: Path, rendered: bytes, act: SealingAct
) -> None:
    with OfficePool(fonts=fonts, work=tmp_path, children=1) as pool:
        pool.render(contract(2))
        again = pool.render(contract(24))

    assert again != rendered
    assert stamp(again, act).pdf == stamp(rendered, act).pdf
