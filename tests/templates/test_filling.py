from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from templates.catalogue import Template
from templates.errors import TemplateUnfit, TermsRefused
from templates.fields import Fields, acceptance_fields, contract_fields, with_number
from templates.filling import fill
from templates.package import packed, unpacked
from templates.printable import unprintable
from templates.reading import headers_and_footers_of, text_of
from templates.terms import AcceptanceTerms, ContractTerms

GOLDEN = Path(__file__).parents[1] / "golden"
TITLE = "示例园区运营管理有限公司与示例网络技术（北京）有限公司的服务合同"
NUMBER = "GD-FW-2026-0001"


@pytest.fixture
def fields(contract_terms: ContractTerms, contract_template: Template) -> Fields:
    return with_number(contract_fields(contract_terms, contract_template.defaults), NUMBER)


def _named(fields: Fields, group: str, name: str, text: str) -> Fields:
    return {**fields, group: {**fields[group], name: text}}  # type: ignore[dict-item]


def _without(fields: Fields, group: str, name: str) -> Fields:
    inner = {key: text for key, text in fields[group].items() if key != name}  # type: ignore[attr-defined]
    return {**fields, group: inner}


@pytest.mark.requirement_part("P-302")
def test_the_contract_reads_as_the_approved_golden_text(
    contract_template: Template, fields: Fields
) -> None:
    filled = fill(contract_template, fields, title=TITLE)

    assert text_of(filled) + "\n" == (GOLDEN / "contract.txt").read_text("utf-8")


def test_the_report_reads_as_the_approved_golden_text(
    acceptance_template: Template, acceptance_terms: AcceptanceTerms
) -> None:
    fields = acceptance_fields(acceptance_terms, acceptance_template.defaults)
    filled = fill(acceptance_template, with_number(fields, f"{NUMBER}-YS1"), title="项目验收报告")

    assert text_of(filled) + "\n" == (GOLDEN / "acceptance.txt").read_text("utf-8")


def test_the_number_stands_at_the_head_and_foot_of_every_page(
    contract_template: Template, fields: Fields
) -> None:
    margins = headers_and_footers_of(fill(contract_template, fields, title=TITLE))

    assert [NUMBER in margin for margin in margins] == [True, True]


def test_equal_input_gives_equal_bytes_and_a_title(
    contract_template: Template, fields: Fields
) -> None:
    filled = fill(contract_template, fields, title="甲&乙 <合同>")

    assert filled == fill(contract_template, fields, title="甲&乙 <合同>")
    assert docx.Document(io.BytesIO(filled)).core_properties.title == "甲&乙 <合同>"
    with zipfile.ZipFile(io.BytesIO(filled)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7*7 }}",
        "{% for x in ().__class__.__mro__ %}x{% endfor %}",
        "{%tr for x in y %}",
        "{# nothing #}",
        "{_{ contract.no }_}",
        "A&B <公司>",
        "]]><w:p/>&amp;&#8203;",
        "帕提古丽·热依木",
        "㛃𠅤𬭼䶮",
        "a'b\"c“d”",
        "  前后空格  ",
    ],
)
@pytest.mark.parametrize("party", ["party_a", "party_b"])
def test_a_hostile_name_is_printed_as_written(
    contract_template: Template, fields: Fields, party: str, name: str
) -> None:
    filled = fill(contract_template, _named(fields, party, "name", name), title=name)

    raw = "\n".join(p.text for t in docx.Document(io.BytesIO(filled)).tables for p in _cells(t))
    assert raw.count(name) == 2


def _cells(table: object) -> list[object]:
    return [p for row in table.rows for cell in row.cells for p in cell.paragraphs]  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None)
@example(text="}}{{")
@example(text="\U000e0100")
@given(text=st.text(min_size=1, max_size=40))
def test_any_text_is_printed_whole_or_refused(
    contract_template: Template, contract_terms: ContractTerms, text: str
) -> None:
    fields = with_number(contract_fields(contract_terms, contract_template.defaults), NUMBER)
    hostile = _named(fields, "service", "place", text)
    if unprintable(text) or not text.strip():
        with pytest.raises(TermsRefused, match=r"service\.place"):
            fill(contract_template, hostile, title=TITLE)
        return
    filled = fill(contract_template, hostile, title=TITLE)
    body = [p.text for p in docx.Document(io.BytesIO(filled)).paragraphs]
    assert f"4.2 履行地点：{text}；履行方式：现场服务。" in body


@pytest.mark.parametrize(
    "code",
    [0x0A, 0x09, 0x00, 0x07, 0x0C, 0x1F, 0x2028, 0x202E, 0x200B, 0xFFFD, 0xD800, 0xE000, 0xFFFF],
)
def test_a_character_no_document_can_show_is_refused_and_named(
    contract_template: Template, fields: Fields, code: int
) -> None:
    hostile = _named(fields, "party_a", "name", f"示例{chr(code)}公司")

    with pytest.raises(TermsRefused, match=f"U\\+{code:04X}") as refused:
        fill(contract_template, hostile, title=TITLE)
    assert [(f.code, f.place) for f in refused.value.findings] == [("K11", "party_a.name")]


@pytest.mark.requirement_part("P-305")
def test_every_missing_and_blank_field_is_reported_at_once(
    contract_template: Template, fields: Fields
) -> None:
    broken = _without(fields, "party_b", "bank_account")
    broken = _without(broken, "amount", "total_upper")
    broken = _named(broken, "party_a", "name", " 　")
    rows = [dict(row) for row in broken["items"]]  # type: ignore[attr-defined]
    del rows[2]["amount"]
    broken = {**broken, "items": rows, "milestones": []}

    with pytest.raises(TermsRefused) as refused:
        fill(contract_template, broken, title=TITLE)
    assert {finding.place for finding in refused.value.findings} == {
        "party_b.bank_account",
        "amount.total_upper",
        "party_a.name",
        "items[2].amount",
        "milestones",
    }


def test_a_draft_without_its_number_is_refused(
    contract_template: Template, contract_terms: ContractTerms
) -> None:
    with pytest.raises(TermsRefused, match=r"contract\.no"):
        fill(
            contract_template,
            contract_fields(contract_terms, contract_template.defaults),
            title=TITLE,
        )


def test_a_field_the_template_does_not_print_is_refused(
    contract_template: Template, fields: Fields
) -> None:
    with pytest.raises(TemplateUnfit, match=r"terms\.penalty"):
        fill(contract_template, _named(fields, "terms", "penalty", "一千元"), title=TITLE)


@pytest.mark.parametrize("lines", [1, 2, 60])
def test_each_line_item_has_a_row_of_its_own(
    contract_template: Template, long_terms: ContractTerms, lines: int
) -> None:
    terms = replace(long_terms, lines=long_terms.lines[:lines])
    fields = with_number(contract_fields(terms, contract_template.defaults), NUMBER)
    filled = fill(contract_template, fields, title=TITLE)
    table = next(t for t in docx.Document(io.BytesIO(filled)).tables if len(t.columns) == 11)

    numbers = [row.cells[0].text for row in table.rows]
    assert numbers[1:-1] == [str(number) for number in range(1, lines + 1)]
    assert "合计（大写）：人民币伍拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元肆角整" in numbers[-1]


@pytest.mark.requirement_part("P-303")
def test_a_template_altered_after_it_was_registered_is_refused(
    contract_template: Template, fields: Fields, tmp_path: Path
) -> None:
    path = shutil.copy(contract_template.path, tmp_path / "template.docx")
    parts = unpacked(path.read_bytes())
    parts["word/document.xml"] = parts["word/document.xml"].replace("万分之".encode(), b"")
    path.write_bytes(packed(parts))

    with pytest.raises(TemplateUnfit, match="被改动"):
        fill(replace(contract_template, path=path), fields, title=TITLE)


def test_threads_share_a_parsed_template_without_mixing_contracts(
    contract_template: Template, fields: Fields
) -> None:
    names = [f"示例{number}号有限公司" for number in range(40)]
    alone = [
        fill(contract_template, _named(fields, "party_a", "name", name), title=name)
        for name in names
    ]
    with ThreadPoolExecutor(8) as pool:
        together = list(
            pool.map(
                lambda name: fill(
                    contract_template, _named(fields, "party_a", "name", name), title=name
                ),
                names,
            )
        )

    assert [hashlib.sha256(each).hexdigest() for each in together] == [
        hashlib.sha256(each).hexdigest() for each in alone
    ]


def test_a_field_named_like_a_method_prints_the_field(
    contract_template: Template, fields: Fields, tmp_path: Path
) -> None:
    parts = unpacked(contract_template.path.read_bytes())
    page = parts["word/document.xml"].replace(b"{{ service.place }}", b"{{ service.items }}")
    content = packed({**parts, "word/document.xml": page})
    path = tmp_path / "template.docx"
    path.write_bytes(content)
    other = replace(contract_template, path=path, digest=hashlib.sha256(content).hexdigest())
    given_fields = _named(_without(fields, "service", "place"), "service", "items", "甲方机房")

    assert "履行地点：甲方机房；" in text_of(fill(other, given_fields, title=TITLE))
    with pytest.raises(TermsRefused, match=r"service\.items"):
        fill(other, _without(fields, "service", "place"), title=TITLE)
