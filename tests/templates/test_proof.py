from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates.catalogue import Template
from templates.errors import ProofFailed
from templates.fields import acceptance_fields, contract_fields, flatten, with_number
from templates.filling import fill
from templates.pdfreading import pages_of, pages_of_independent
from templates.proof import NUMBER_TO_COME, Proof, assert_complete, prove
from templates.rendering.fonts import prepare_fonts
from templates.rendering.pool import OfficePool
from templates.terms import AcceptanceTerms, ContractTerms

NUMBER = "GD-HT-2026-FW-0012"
MAIN = "word/document.xml"
TEXT = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*)(</w:t>)")


@dataclass(frozen=True)
class Finished:
    """A document in every form the proof needs."""

    template: bytes
    draft: bytes
    final: bytes
    pdf: bytes
    fields: Mapping[str, str]

    def prove(self) -> Proof:
        return prove(
            reference=self.template,
            draft=self.draft,
            final=self.final,
            pdf=self.pdf,
            fields=self.fields,
            number=NUMBER,
        )


Render = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Render]:
    home = tmp_path_factory.mktemp("office")
    prepare_fonts(home / "fonts")
    with OfficePool(fonts=home / "fonts", work=home / "work", children=1) as pool:
        yield pool.render


@pytest.fixture(scope="module")
def contract(
    contract_terms: ContractTerms, contract_template: Template, render: Render
) -> Finished:
    fields = contract_fields(contract_terms, contract_template.defaults)
    numbered = with_number(fields, NUMBER)
    final = fill(contract_template, numbered, title="合同")
    return Finished(
        template=contract_template.path.read_bytes(),
        draft=fill(contract_template, with_number(fields, NUMBER_TO_COME), title="合同"),
        final=final,
        pdf=render(final),
        fields=flatten(numbered),
    )


@pytest.fixture(scope="module")
def report(
    acceptance_terms: AcceptanceTerms, acceptance_template: Template, render: Render
) -> Finished:
    fields = acceptance_fields(acceptance_terms, acceptance_template.defaults)
    numbered = with_number(fields, NUMBER)
    final = fill(acceptance_template, numbered, title="报告")
    return Finished(
        template=acceptance_template.path.read_bytes(),
        draft=fill(acceptance_template, with_number(fields, NUMBER_TO_COME), title="报告"),
        final=final,
        pdf=render(final),
        fields=flatten(numbered),
    )


def edited(docx: bytes, edit: Callable[[str], str], part: str = MAIN) -> bytes:
    """Return `docx` with the XML of `part` edited by hand."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                changed = edit(content.decode()).encode()
                assert changed != content
                content = changed
            package.writestr(name, content)
    return target.getvalue()


def swap(old: str, new: str, times: int = 1) -> Callable[[str], str]:
    def edit(xml: str) -> str:
        assert old in xml
        return xml.replace(old, new, times)

    return edit


def test_the_contract_as_it_comes_from_the_template_is_proved(contract: Finished) -> None:
    proof = contract.prove()
    assert len(proof.fields) == len(contract.fields)
    assert proof.pages == len(pages_of(contract.pdf))
    assert dict(proof.readers) == {"qpdf": "一致", "PDFium": "一致"}


def test_the_acceptance_report_is_proved_in_the_same_way(report: Finished) -> None:
    assert len(report.prove().fields) == len(report.fields)


def test_the_proof_of_one_document_is_always_the_same(contract: Finished) -> None:
    first = json.dumps(contract.prove().as_json(), ensure_ascii=False, sort_keys=True)
    assert json.dumps(contract.prove().as_json(), ensure_ascii=False, sort_keys=True) == first


def test_a_second_reader_finds_the_parties_and_the_price_in_the_pdf(contract: Finished) -> None:
    said = "".join("".join(pages_of_independent(contract.pdf)).split())
    for name in ("party_a.name", "party_b.name", "amount.total", "amount.total_upper"):
        assert "".join(contract.fields[name].split()) in said


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_changed_field_is_found(contract: Finished, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(contract.fields)))
    at = data.draw(st.integers(0, len(contract.fields[path]) - 1))
    text = contract.fields[path]
    other = "9" if text[at] != "9" else "8"
    wrong = {**contract.fields, path: text[:at] + other + text[at + 1 :]}
    with pytest.raises(ProofFailed):
        replace(contract, fields=wrong).prove()


@settings(max_examples=30, deadline=None)
@given(data=st.data())
@pytest.mark.requirement_part("P-303", "F-104")
def test_any_changed_character_of_the_document_is_found(
    contract: Finished, data: st.DataObject
) -> None:
    with zipfile.ZipFile(io.BytesIO(contract.final)) as package:
        xml = package.read(MAIN).decode()
    runs = [run for run in TEXT.finditer(xml) if run[2].strip() and "&" not in run[2]]
    run = data.draw(st.sampled_from(runs))
    at = data.draw(st.integers(run.start(2), run.end(2) - 1).filter(lambda at: xml[at].strip()))
    new = data.draw(st.sampled_from("9不0").filter(lambda char: char != xml[at]))
    changed = edited(contract.final, lambda xml: xml[:at] + new + xml[at + 1 :])
    with pytest.raises(ProofFailed, match="PDF"):
        assert_complete(changed, contract.pdf)
    # Even where draft and PDF were changed alike, the template and the fields tell.
    with pytest.raises(ProofFailed, match="与模板不符"):
        replace(contract, final=changed).prove()


def test_the_difference_names_what_should_stand_and_what_stands(contract: Finished) -> None:
    changed = edited(contract.final, swap("7.2 按附件二约定", "7.2 不按附件二约定"))
    with pytest.raises(ProofFailed) as failure:
        replace(contract, final=changed).prove()
    assert any("实为“7.2 不按附件二约定" in each for each in failure.value.differences)


def test_a_changed_amount_is_named_with_its_words(contract: Finished) -> None:
    changed = edited(contract.final, swap("￥596,500.01", "￥569,500.01"))
    with pytest.raises(ProofFailed) as failure:
        replace(contract, final=changed).prove()
    assert any("大写“伍拾玖万陆仟伍佰元零壹分”与小写" in d for d in failure.value.differences)


def test_the_pdf_of_another_document_is_found(contract: Finished, report: Finished) -> None:
    with pytest.raises(ProofFailed, match="PDF"):
        assert_complete(contract.final, report.pdf)
    with pytest.raises(ProofFailed, match="PDF"):
        replace(contract, pdf=report.pdf).prove()


def test_a_pdf_that_lost_a_table_is_found_and_its_cells_are_named(
    contract: Finished, render: Render
) -> None:
    row = re.compile(r"<w:tr(?: [^>]*)?>(?:(?!</w:tr>).)*监控平台升级实施.*?</w:tr>", re.DOTALL)
    lost = render(edited(contract.final, lambda xml: row.sub("", xml)))
    with pytest.raises(ProofFailed) as failure:
        assert_complete(contract.final, lost)
    for cell in ("监控平台升级实施", "81,603.77", "4,896.23", "86,500.00"):
        assert f"PDF 缺“{cell}”" in failure.value.differences


def test_a_pdf_that_says_more_than_the_document_is_found(
    contract: Finished, render: Render
) -> None:
    more = render(edited(contract.final, swap("（以下无正文）", "（另付人民币壹万元整）")))
    with pytest.raises(ProofFailed) as failure:
        replace(contract, pdf=more).prove()
    assert any("多出“（另付人民币壹万元整）”" in each for each in failure.value.differences)


def test_formatting_changed_after_the_approvals_is_found(contract: Finished) -> None:
    plain = '</w:rPr><w:t xml:space="preserve">7.1 有权'
    white = f'<w:color w:val="FFFFFF"/>{plain}'
    hidden = edited(contract.final, swap(plain, white))
    with pytest.raises(ProofFailed, match="格式或附属内容与模板不同"):
        replace(contract, final=hidden).prove()


def test_a_text_changed_in_draft_and_final_alike_is_found_by_the_template(
    contract: Finished, render: Render
) -> None:
    def without_right(xml: str) -> str:
        return swap("提出合理意见；有权按第十条组织验收。", "提出合理意见。")(xml)

    final = edited(contract.final, without_right)
    conspired = replace(
        contract, draft=edited(contract.draft, without_right), final=final, pdf=render(final)
    )
    with pytest.raises(ProofFailed) as failure:
        conspired.prove()
    assert failure.value.differences[0].startswith("正文第 35 段与模板不符：应为")


def test_a_row_too_few_or_too_many_is_found(contract: Finished) -> None:
    fewer = {path: text for path, text in contract.fields.items() if "items.4." not in path}
    with pytest.raises(ProofFailed, match="多出"):
        replace(contract, fields=fewer).prove()
    more = {**contract.fields, "items.5.name": "第六行"}
    with pytest.raises(ProofFailed, match="没有内容"):
        replace(contract, fields=more).prove()


def test_a_field_that_stands_nowhere_is_found(contract: Finished) -> None:
    with pytest.raises(ProofFailed, match=r"字段“party_a\.fax”没有印在文书中"):
        replace(contract, fields={**contract.fields, "party_a.fax": "0571-1"}).prove()


def test_a_document_still_without_its_number_is_no_final(contract: Finished) -> None:
    with pytest.raises(ProofFailed) as failure:
        replace(contract, final=contract.draft).prove()
    assert any(NUMBER_TO_COME in each for each in failure.value.differences)


def test_a_draft_that_was_numbered_already_is_no_draft(contract: Finished) -> None:
    with pytest.raises(ProofFailed, match="审批稿中没有编号的位置"):
        replace(contract, draft=contract.final).prove()


def test_a_header_that_lost_the_number_is_found(contract: Finished) -> None:
    header = next(
        name
        for name in zipfile.ZipFile(io.BytesIO(contract.final)).namelist()
        if name.startswith("word/header")
    )
    bare = edited(contract.final, swap(NUMBER, "GD-HT-2026-FW-0013"), header)
    with pytest.raises(ProofFailed, match="缺页眉或页脚"):
        assert_complete(bare, contract.pdf)
    with pytest.raises(ProofFailed, match="页眉页脚与模板不符"):
        replace(contract, final=bare).prove()


def test_text_hidden_from_print_is_found(contract: Finished, render: Render) -> None:
    hidden = edited(
        contract.final,
        swap("<w:body>", "<w:body><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r></w:p>"),
    )
    with pytest.raises(ProofFailed, match="缺“暗”"):
        assert_complete(hidden, render(hidden))


def test_runs_split_to_single_characters_change_nothing(contract: Finished) -> None:
    def split(xml: str) -> str:
        one, pieces = "7.1 有权了解服务进展", TEXT
        return pieces.sub(
            lambda run: (
                "".join(f"{run[1]}{char}{run[3]}" for char in run[2]) if one in run[2] else run[0]
            ),
            xml,
        )

    assert_complete(edited(contract.final, split), contract.pdf)


@pytest.mark.parametrize("form", ["final", "draft", "pdf", "template"])
def test_a_damaged_file_proves_nothing(contract: Finished, form: str) -> None:
    with pytest.raises(ProofFailed):
        replace(contract, **{form: b"garbage"}).prove()
