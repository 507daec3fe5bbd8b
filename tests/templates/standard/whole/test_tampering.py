"""Whatever is changed in a finished document, in the Word file or in the PDF, is found."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.catalogue import Catalogue
from templates.covering import cover
from templates.errors import DocumentUnreadable, ProofFailed
from templates.fields import (
    Fields,
    acceptance_fields,
    contract_fields,
    flatten,
    with_number,
)
from templates.filling import fill
from templates.folding import fold
from templates.glyphreading import glyph_pages
from templates.package import packed, unpacked
from templates.pdfproof import _compare, _faults, _take_apart, prove_pdf
from templates.pdfreading import opened, pages_of, pages_of_independent, taken_apart
from templates.proof import NUMBER_TO_COME
from templates.reading import Paragraph
from templates.rendering.fonts import prepare_fonts
from templates.rendering.pool import OfficePool
from templates.terms import AcceptanceTerms, ContractTerms
from templates.visibility import _DARKNESS, _painted
from templates.wordproof import ProvedWord, _reference, _wording, prove_word

MAIN = "word/document.xml"
FOLDERS = (
    "contract",
    "acceptance",
    "sales",
    "goods_acceptance",
    "change",
    "termination",
    "nda",
    "authority",
    "legal_opinion",
    "approval_sheet",
    "seal_request",
)
everyone = pytest.mark.parametrize("folder", FOLDERS)


@dataclass(frozen=True)
class Finished:
    """A standard document in every form the proof compares."""

    sample: Any
    reference: bytes
    draft: bytes
    final: bytes
    pdf: bytes
    fields: Mapping[str, str]

    def prove_word(self, **changed: Any) -> ProvedWord:
        given = {"reference": self.reference, "draft": self.draft, "final": self.final,
                 "fields": self.fields, "number": self.sample.number} | changed  # fmt: skip
        return prove_word(**given, kind=self.sample.template.kind)


def flattened(fields: Fields, path: str, text: str) -> Fields:
    """Return `fields` with another text at the flat `path`."""
    step, _, rest = path.partition(".")

    def put(value: Any, steps: list[str]) -> Any:
        if not steps:
            return text
        if isinstance(value, list):
            at = int(steps[0])
            return [put(each, steps[1:]) if n == at else each for n, each in enumerate(value)]
        return {**value, steps[0]: put(value[steps[0]], steps[1:])}

    return {**fields, step: put(fields[step], rest.split("."))}


@pytest.fixture(scope="module")
def finished(
    samples: Mapping[str, Any],
    contract_terms: ContractTerms,
    acceptance_terms: AcceptanceTerms,
    catalogue: Catalogue,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Finished]:
    """Every standard document, filled and printed once."""
    contract = catalogue.pick("contract", "FW", on=date(2026, 3, 15))
    report = catalogue.pick("acceptance", "FW", on=date(2027, 4, 12))
    agreed = contract_fields(contract_terms, contract.defaults)
    accepted = acceptance_fields(acceptance_terms, report.defaults)
    one = samples["sales"]
    every = {
        **samples,
        "contract": replace(one, template=contract, number="GD-2026-FW-0012", fields=agreed),
        "acceptance": replace(one, template=report, number="FW-0001-Y01", fields=accepted),
    }
    home = tmp_path_factory.mktemp("office")
    prepare_fonts(home / "fonts")
    with OfficePool(fonts=home / "fonts", work=home / "work", children=1) as pool:
        return {name: _finished(sample, pool) for name, sample in every.items()}


def _finished(sample: Any, pool: OfficePool) -> Finished:
    numbered = with_number(sample.fields, sample.number)
    final = fill(sample.template, numbered, title=sample.title)
    drafted = with_number(sample.fields, NUMBER_TO_COME)
    return Finished(
        sample=sample,
        reference=sample.template.path.read_bytes(),
        draft=fill(sample.template, drafted, title=sample.title),
        final=final,
        pdf=pool.render(final),
        fields=flatten(numbered),
    )


def other(char: str) -> str:
    return "9" if char != "9" else "8"


@everyone
def test_the_document_as_it_is_is_proved_field_by_field(
    finished: Mapping[str, Finished], folder: str
) -> None:
    whole = finished[folder]
    proof = prove_pdf(whole.prove_word(), whole.pdf)

    assert {each.path: each.value for each in proof.fields} == whole.fields
    assert all(each.places for each in proof.fields)
    placed = [place for each in proof.fields for place in each.places]
    assert {place.page for place in placed} <= set(range(proof.pages + 1))
    assert all(place.page for place in placed if place.word != "页眉页脚")
    assert dict(proof.readers) == {"qpdf": "一致", "PDFium": "一致"}


@everyone
@pytest.mark.requirement_part("P-303", "P-305")
def test_another_value_in_any_field_of_the_word_file_is_found_and_the_field_named(
    finished: Mapping[str, Finished], folder: str
) -> None:
    whole = finished[folder]
    numbered = with_number(whole.sample.fields, whole.sample.number)
    for path, text in whole.fields.items():
        wrong = text[:-1] + other(text[-1])
        changed = fill(whole.sample.template, flattened(numbered, path, wrong), title=folder)
        with pytest.raises(ProofFailed) as failure:
            whole.prove_word(final=changed)
        named = [each for each in failure.value.differences if path in each]
        assert named, (path, failure.value.differences)
        assert any(f"应为“{text.strip()[:20]}" in each for each in named) or "没有印" in named[0]


def _tampered(body: tuple[Paragraph, ...]) -> Iterator[tuple[Paragraph, ...]]:
    for at, one in enumerate(body):
        if one.text.strip():
            yield (*body[:at], *body[at + 1 :])
            yield (*body[:at], one, *body[at:])
            middle = len(one.text) // 2
            text = one.text[:middle] + other(one.text[middle]) + one.text[middle + 1 :]
            yield (*body[:at], replace(one, text=text), *body[at + 1 :])
            if at + 1 < len(body) and body[at + 1].text != one.text:
                yield (*body[:at], body[at + 1], one, *body[at + 2 :])


@everyone
def test_any_paragraph_dropped_doubled_swapped_or_changed_is_found(
    finished: Mapping[str, Finished], folder: str
) -> None:
    whole = finished[folder]
    text = whole.prove_word().text
    given = {**whole.fields, NUMBER_TO_COME: whole.sample.number}
    expected = [outline.filled(given) for outline in _reference(whole.reference).outlines]
    assert not _wording(expected, text, "contract")
    for body in _tampered(text.body):
        found = _wording(expected, replace(text, body=body), "contract")
        assert 1 <= len(found) <= 4, found


def pages_by_glyphs(pdf: bytes) -> tuple[str, ...]:
    with taken_apart(pdf) as document:
        return glyph_pages(document)


# The pages are changed as they were read, so that every digit can be tried.
@pytest.mark.parametrize("read", [pages_of, pages_by_glyphs, pages_of_independent])
@pytest.mark.parametrize("folder", ["contract", "sales", "termination", "acceptance"])
def test_any_digit_of_the_pdf_that_is_another_is_found(
    finished: Mapping[str, Finished], folder: str, read: Callable[[bytes], tuple[str, ...]]
) -> None:
    whole = finished[folder]
    word, pages = whole.prove_word(), read(whole.pdf)
    places = [
        (number, at)
        for number, page in enumerate(pages)
        for at, char in enumerate(page)
        if char.isdigit()
    ]
    step = 1 if len(places) < 400 else 5
    for number, at in places[::step]:
        page = pages[number]
        wrong = page[:at] + other(page[at]) + page[at + 1 :]
        said = (*pages[:number], wrong, *pages[number + 1 :])
        covered = cover(word.text.body, word.text.margins, said, is_numbered=True)
        assert list(_faults(word, covered)), page[max(0, at - 20) : at + 20]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_character_lost_from_any_page_is_found(
    finished: Mapping[str, Finished], data: st.DataObject
) -> None:
    whole = finished[data.draw(st.sampled_from(["nda", "change", "legal_opinion"]))]
    word, pages = whole.prove_word(), pages_of(whole.pdf)
    number = data.draw(st.integers(0, len(pages) - 1))
    places = [at for at, char in enumerate(pages[number]) if not char.isspace()]
    at = data.draw(st.sampled_from(places))
    lost = pages[number][:at] + pages[number][at + 1 :]
    said = (*pages[:number], lost, *pages[number + 1 :])
    covered = cover(word.text.body, word.text.margins, said, is_numbered=True)
    assert list(_faults(word, covered))


# Word files: what nobody could read, in the draft and the final alike.

_RUN = '<w:r><w:rPr>{}</w:rPr><w:t xml:space="preserve">另付一万元</w:t></w:r>'
_HIDDEN = {
    "vanished": _RUN.format("<w:vanish/>"),
    "white": _RUN.format('<w:color w:val="FFFFFF"/>'),
    "tiny": _RUN.format('<w:sz w:val="1"/>'),
    "deleted": '<w:del w:id="901" w:author="x"><w:r><w:delText>另付</w:delText></w:r></w:del>',
    "inserted": f'<w:ins w:id="902" w:author="x">{_RUN.format("")}</w:ins>',
    "comment": '<w:commentRangeStart w:id="0"/><w:commentRangeEnd w:id="0"/>',
    "note": '<w:r><w:footnoteReference w:id="2"/></w:r>',
    "computed": '<w:fldSimple w:instr=" QUOTE 壹 "><w:r><w:t>贰</w:t></w:r></w:fldSimple>',
    "bookmark": '<w:bookmarkStart w:id="903" w:name="另"/><w:bookmarkEnd w:id="903"/>',
    "box": "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>"
    "<w:txbxContent><w:p><w:r><w:t>另付</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape>"
    "</w:pict></w:r>",
    "alternative": "<w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/"
    "markup-compatibility/2006'><mc:Fallback><w:t>另付</w:t></mc:Fallback></mc:AlternateContent>"
    "</w:r>",
    "remark": "<!-- 另付一万元 -->",
}
_PARTS = {
    "properties": ("docProps/custom.xml", b"<Properties/>"),
    "comments": ("word/comments.xml", b"<w:comments xmlns:w='x'/>"),
    "data": ("customXml/item1.xml", b"<a/>"),
    "picture": ("word/media/image1.png", b"\x89PNG"),
}


def edited(docx: bytes, old: str, new: str, part: str = MAIN) -> bytes:
    parts = unpacked(docx)
    assert old in parts[part].decode()
    return packed({**parts, part: parts[part].replace(old.encode(), new.encode(), 1)})


@pytest.mark.parametrize("way", _HIDDEN)
def test_nothing_hidden_stands_in_the_text_even_where_the_draft_has_it_too(
    finished: Mapping[str, Finished], way: str
) -> None:
    whole = finished["authority"]
    changes = ("</w:p>", f"{_HIDDEN[way]}</w:p>")
    with pytest.raises(ProofFailed):
        whole.prove_word(draft=edited(whole.draft, *changes), final=edited(whole.final, *changes))


@pytest.mark.parametrize("way", _PARTS)
def test_no_part_stands_in_the_file_that_the_template_does_not_have(
    finished: Mapping[str, Finished], way: str
) -> None:
    whole = finished["authority"]
    name, content = _PARTS[way]
    draft, final = (
        packed({**unpacked(docx), name: content}) for docx in (whole.draft, whole.final)
    )
    with pytest.raises(ProofFailed, match=f"文件多出部分 {name}"):
        whole.prove_word(draft=draft, final=final)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("word/styles.xml", "</w:rPr>", '<w:color w:val="FFFFFF"/></w:rPr>'),
        ("word/settings.xml", "</w:settings>", "<w:hideSpellingErrors/></w:settings>"),
        ("word/_rels/document.xml.rels", "</Relationships>", " </Relationships>"),
        ("docProps/core.xml", "</cp:coreProperties>",
         "<cp:keywords>另付一万元</cp:keywords></cp:coreProperties>"),
        ("word/header1.xml", "</w:p>", "<w:r><w:rPr><w:vanish/></w:rPr></w:r></w:p>"),
    ],
)  # fmt: skip
def test_styles_settings_and_properties_are_those_of_the_template(
    finished: Mapping[str, Finished], part: str, old: str, new: str
) -> None:
    whole = finished["authority"]
    draft, final = (edited(docx, old, new, part) for docx in (whole.draft, whole.final))
    with pytest.raises(ProofFailed):
        whole.prove_word(draft=draft, final=final)
    with pytest.raises(ProofFailed):
        whole.prove_word(final=final)


def test_a_draft_changed_by_hand_may_take_the_place_of_the_template(
    finished: Mapping[str, Finished],
) -> None:
    whole = finished["nda"]
    own = next(path for path, text in whole.fields.items() if text == whole.sample.number)
    fields = {own: whole.sample.number}
    word = whole.prove_word(reference=whole.draft, fields=fields)
    assert dict(word.printed) == fields
    with pytest.raises(ProofFailed, match="与模板不符"):
        whole.prove_word(
            reference=whole.draft, fields=fields, final=edited(whole.final, "保密", "公开")
        )


# PDFs: true files, changed as a forger would.


def _drawn(content: bytes) -> Callable[[pikepdf.Pdf], None]:
    """Draw `content` on the first page over everything else."""

    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].contents_add(b"q", prepend=True)
        document.pages[0].contents_add(b"Q q " + content + b" Q")

    return change


def _streamed(old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], None]:
    """Replace `old` in the first page's content, everywhere."""

    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        assert old in content
        page.Contents = document.make_stream(content.replace(old, new))

    return change


def _noted(subtype: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name(subtype),
            Rect=[100, 100, 200, 200],
            Contents="另付一万元",
        )
        note = document.make_indirect(note)
        document.pages[0].Annots = document.make_indirect([note])
        if subtype == "/Widget":
            note.FT, note.T = pikepdf.Name.Tx, "x"
            document.Root.AcroForm = pikepdf.Dictionary(Fields=[note])

    return change


def _layered(document: pikepdf.Pdf) -> None:
    layer = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="layer"))
    hidden = pikepdf.Dictionary(Order=[layer], OFF=[layer])
    document.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=hidden)
    page = document.pages[0]
    page.Resources.Properties = pikepdf.Dictionary(L=layer)
    page.contents_add(b"/OC /L BDC", prepend=True)
    page.contents_add(b"EMC")


def _swapped(document: pikepdf.Pdf) -> None:
    first = document.pages[0]
    del document.pages[0]
    document.pages.insert(1, first)


def _doubled(document: pikepdf.Pdf) -> None:
    document.pages.append(document.pages[-1])


def _shortened(document: pikepdf.Pdf) -> None:
    del document.pages[-1]


def _blank_added(document: pikepdf.Pdf) -> None:
    document.add_blank_page()


def _pictured(document: pikepdf.Pdf) -> None:
    image = document.make_stream(b"\xff\x00\x00\xff")
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = 2, 2, 8
    image.ColorSpace = pikepdf.Name.DeviceGray
    document.pages[0].Resources.XObject = pikepdf.Dictionary(Im9=image)
    _drawn(b"20 0 0 20 500 20 cm /Im9 Do")(document)


def _retitled(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "另一份文件"


def _remarked(document: pikepdf.Pdf) -> None:
    document.docinfo["/Keywords"] = "另付一万元"


def _attached(document: pikepdf.Pdf) -> None:
    document.attachments["x.txt"] = b"x"


FORGERIES: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "a white box over the text": _drawn(b"1 g 80 500 300 80 re f"),
    "a black box over the text": _drawn(b"0 g 80 500 300 80 re f"),
    "white text": _streamed(b"0 0 0 rg", b"1 1 1 rg"),
    "text that is not painted": _streamed(b"BT", b"BT 3 Tr"),
    "text off the page": _streamed(b"BT", b"1 0 0 1 2000 0 cm BT"),
    "text cut away": _streamed(b"BT", b"0 0 1 1 re W n BT"),
    "a curve": _drawn(b"100 100 m 110 120 130 140 150 100 c S"),
    "a picture": _pictured,
    "a note": _noted("/FreeText"),
    "a form field": _noted("/Widget"),
    "a hidden layer": _layered,
    "pages swapped": _swapped,
    "a page twice": _doubled,
    "a page missing": _shortened,
    "a blank page": _blank_added,
    "another title": _retitled,
    "another property": _remarked,
    "an attachment": _attached,
}


def forged(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(target)
    return target.getvalue()


@pytest.mark.parametrize("way", FORGERIES)
def test_a_forged_pdf_is_found(finished: Mapping[str, Finished], way: str) -> None:
    whole = finished["change"]
    with pytest.raises(ProofFailed):
        prove_pdf(whole.prove_word(), forged(whole.pdf, FORGERIES[way]))


def test_a_rewritten_but_unchanged_pdf_is_proved(finished: Mapping[str, Finished]) -> None:
    whole = finished["change"]
    prove_pdf(whole.prove_word(), forged(whole.pdf, _drawn(b"0 0 m")))


def test_any_glyph_changed_in_the_pdf_itself_is_found(finished: Mapping[str, Finished]) -> None:
    for folder in ("authority", "approval_sheet", "seal_request"):
        whole = finished[folder]
        word = whole.prove_word()
        with pikepdf.open(io.BytesIO(whole.pdf)) as document:
            content = document.pages[0].Contents.read_bytes()
        shown = [at for at in range(len(content)) if content[at : at + 4] == b">Tj\n"]
        assert len(shown) > 20
        for at in shown[:: len(shown) // 6]:
            code = int(content[at - 2 : at], 16)
            changed = content[: at - 2] + b"%02X" % (code - 1 if code > 1 else 2) + content[at:]
            new = forged(whole.pdf, lambda document, changed=changed: document.pages[0].obj.update(
                {"/Contents": document.make_stream(changed)}
            ))  # fmt: skip
            with pytest.raises(ProofFailed):
                prove_pdf(word, new)


@everyone
def test_the_quick_reader_reads_every_document_as_pypdf_does(
    finished: Mapping[str, Finished], folder: str
) -> None:
    pdf = finished[folder].pdf
    quick, slow = pages_by_glyphs(pdf), pages_of_independent(pdf)
    assert list(map(fold, quick)) == list(map(fold, slow))


STRANGE: dict[str, Callable[[pikepdf.Pdf], None]] = {
    "a text of plain characters": _drawn(b"BT /F1 9 Tf 90 90 Td (A) Tj ET"),
    "a code that no table explains": _drawn(b"BT /F1 9 Tf 90 90 Td <FE00> Tj ET"),
    "text before any font": _drawn(b"BT 90 90 Td <01> Tj ET"),
    "a form": _drawn(b"/Fx1 Do"),
    "a picture within the text": _drawn(b"BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI"),
    "a raised text": _drawn(b"BT /F1 9 Tf 4 Ts <01> Tj ET"),
    "a state given back too often": _drawn(b"Q Q Q"),
    "marks with a text of their own": _drawn(b"/Span<</ActualText<FEFF>>>BDC EMC"),
}


@pytest.mark.parametrize("way", STRANGE)
def test_what_the_quick_reader_does_not_know_it_does_not_read(
    finished: Mapping[str, Finished], way: str
) -> None:
    with pytest.raises(DocumentUnreadable):
        pages_by_glyphs(forged(finished["authority"].pdf, STRANGE[way]))


def test_what_the_quick_reader_does_not_know_is_read_by_pypdf(
    finished: Mapping[str, Finished],
) -> None:
    whole = finished["authority"]
    word = whole.prove_word()
    marked = forged(whole.pdf, STRANGE["marks with a text of their own"])
    assert prove_pdf(word, marked).readers == {"pypdf": "一致", "PDFium": "一致"}


def test_a_font_given_back_is_the_one_the_next_text_is_in(
    finished: Mapping[str, Finished],
) -> None:
    whole = finished["authority"]
    drawn = b"BT /F1 9 Tf 90 90 Td q /F2 9 Tf Q <0102> Tj ET"
    forgery = forged(whole.pdf, _drawn(drawn))
    quick, slow = pages_by_glyphs(forgery)[0], pages_of_independent(forgery)[0]
    assert fold(quick) == fold(slow)
    assert fold(quick) != fold(pages_by_glyphs(whole.pdf)[0])


@everyone
def test_ink_is_judged_alike_by_a_third_of_the_rows_and_by_all(
    finished: Mapping[str, Finished], folder: str
) -> None:
    with opened(finished[folder].pdf) as document:
        picture = _painted(document[0])
    for top in range(0, picture.height - 40, 37):
        for left in range(0, picture.width - 40, 41):
            box = [
                picture.pixels[row * picture.stride + left :][:29] for row in range(top, top + 31)
            ]
            dots = b"".join(box)
            is_dark = max(dots) * len(dots) - sum(dots) >= _DARKNESS * len(dots)
            assert picture.has_ink(left, top, left + 29, top + 31) == is_dark


def test_where_pypdf_stays_silent_the_other_reader_decides(
    finished: Mapping[str, Finished],
) -> None:
    whole = finished["authority"]
    word = whole.prove_word()
    broken = forged(whole.pdf, lambda document: document.pages[0].contents_add(b"BI /W 1 ID "))
    first = pages_of(broken)
    _, second = _take_apart(broken, first, None)
    read = _compare(word, {**second, "PDFium": first})
    assert read.verdicts == {"pypdf": "未能读出，由另一读取程序判定", "PDFium": "一致"}
    assert read.problems == ()
