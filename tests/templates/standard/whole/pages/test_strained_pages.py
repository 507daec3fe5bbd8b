"""The same pages with names, amounts and lists as long and as odd as they get."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from templates.catalogue import Template
from templates.errors import ProofFailed
from templates.fields import Fields, contract_fields
from templates.proof import assert_complete
from templates.terms import ContractTerms, Line

Print = Callable[..., Any]
MOST = Decimal("999999999999.99")
ROW = r"(?:预付款|进度款一|验收款|质量保证金)：(?=合同生效|服务满|验收报告|质量保证期)"
PRICE_HEAD = ("序号", "项目名称", "含税单价（元）", "价税合计（元）")


def _line(terms: ContractTerms, number: int, **other: Any) -> Line:
    name = f"第{number:03d}项监控平台升级改造"
    return replace(terms.lines[0], line_no=number, **{"name": name, **other})


def _fields(terms: ContractTerms, template: Template) -> Fields:
    return contract_fields(terms, template.defaults)


def _texts(document: Any) -> list[str]:
    return [page.text.replace("\n", "") for page in document.pages]


@pytest.mark.parametrize("count", [2, 3, 8, 9, 30, 100, 300])
def test_a_price_table_of_any_length_keeps_its_rows_whole_and_repeats_its_head(
    contract_terms: ContractTerms, contract_template: Template, printer: Print, count: int
) -> None:
    lines = tuple(_line(contract_terms, number) for number in range(1, count + 1))
    document = printer(
        contract_template, _fields(replace(contract_terms, lines=lines), contract_template), "A-1"
    )

    assert_complete(document.docx, document.pdf)
    pages = [text for text in _texts(document) if "监控平台升级改造" in text]
    assert sum(text.count("监控平台升级改造") for text in pages) == count
    for number, text in enumerate(pages):
        assert all(head in text for head in PRICE_HEAD), number
        # A row that was cut would leave its name, or the amount at its other end, elsewhere.
        rows = len(re.findall(r"第\d{3}项监控平台升级改造", text))
        assert rows == text.count("456,000.00")
    assert "合计（大写）" in "".join(pages)


def test_the_table_falls_on_no_place_of_the_page_where_it_is_lost(
    contract_terms: ContractTerms, contract_template: Template, printer: Print
) -> None:
    # The payment table stands in the middle of a page: clauses before it push it down line by
    # line over the foot of the page, where an office may drop rows, heads or all of it.
    split = set()
    for lines in range(0, 22, 2):
        scope = "、".join(["弱电系统驻场运维及监控平台升级实施与配套材料供应"] * (lines + 1))
        terms = replace(contract_terms, service_scope=scope[:1000])
        document = printer(contract_template, _fields(terms, contract_template), "A-1")
        assert_complete(document.docx, document.pdf)
        pages = [text for text in _texts(document) if re.search(ROW, text)]
        split.add(len(pages))
        assert all("期次付款条件比例" in text for text in pages)
        assert sum(len(re.findall(ROW, text)) for text in pages) == 4
    assert split == {1, 2}


@pytest.mark.parametrize("length", [1, 14, 15, 16, 30, 45, 60])
def test_a_name_of_any_length_leaves_the_signature_block_whole(
    contract_terms: ContractTerms, contract_template: Template, printer: Print, length: int
) -> None:
    name = ("㛃𠅤𬭼䶮（示例）" * 10)[: length - 1] + "司"
    terms = replace(
        contract_terms,
        party_a=replace(contract_terms.party_a, name=name, legal_rep="𠅤"),
        party_b=replace(contract_terms.party_b, name=name, agent="阿卜杜热合曼·买买提明"),
    )
    document = printer(contract_template, _fields(terms, contract_template), "A-1")

    assert_complete(document.docx, document.pdf)
    (page,) = (text for text in _texts(document) if "甲方（盖章）：" in text)
    for said in ("19.5本合同自双方", "（以下无正文）", "乙方（盖章）：", "法定代表人或授权代表"):
        assert said in page
    assert page.count("日期：") == 2
    assert page.count(name) == 2


def test_the_largest_amounts_stand_whole_in_every_column(
    contract_terms: ContractTerms, contract_template: Template, printer: Print
) -> None:
    lines = tuple(
        _line(contract_terms, number, unit_price=MOST, net=MOST, tax=MOST, amount=MOST)
        for number in (1, 2)
    )
    terms = replace(
        contract_terms,
        lines=lines,
        total=MOST,
        net=MOST,
        tax=MOST,
        total_upper=None,
        instalments=tuple(replace(each, amount=MOST) for each in contract_terms.instalments),
        warranty=replace(contract_terms.warranty, retention_amount=MOST),
    )
    fields = _fields(terms, contract_template)
    document = printer(contract_template, fields, "A-1")
    said = "\n".join(page.text for page in document.pages)

    assert said.count("999,999,999,999.99") == 4 * len(lines) + 3 + 1 + 4 + 4
    assert_complete(document.docx, document.pdf)


def test_long_addresses_and_mail_stay_in_their_cells(
    contract_terms: ContractTerms, contract_template: Template, printer: Print
) -> None:
    mail = "contracts-and-procurement." * 3 + "department@subsidiary-company.example.com.cn"
    party = replace(
        contract_terms.party_a,
        email=mail,
        address="浙江省杭州市西湖区示例路18号3幢" * 8,
        bank_account="3" * 40,
    )
    terms = replace(contract_terms, party_a=party, party_b=party)
    document = printer(contract_template, _fields(terms, contract_template), "A-1")

    assert_complete(document.docx, document.pdf)
    for page in document.pages:
        for line in page.body:
            for glyph in line.glyphs:
                assert not any(
                    glyph.left + 0.6 < x < glyph.right - 0.6 and low < glyph.bottom < high
                    for x, low, high in page.rules
                ), line.text


@pytest.mark.parametrize("length", [10, 60, 110, 160, 260])
def test_the_note_below_a_signature_never_stands_on_a_page_alone(
    samples: Mapping[str, Any], printer: Print, length: int
) -> None:
    sample = samples["authority"]
    poa = {**sample.fields["poa"], "matter": "商谈、签署示例园区项目合同" * (length // 10)}
    document = printer(sample.template, {**sample.fields, "poa": poa}, "SQ-1")

    last = _texts(document)[-1]
    for said in ("五、转委托", "委托人（盖章）", "日期：", "注：本委托书不得涂改"):
        assert said in last


def test_a_character_no_face_has_is_refused_and_never_an_empty_box(
    contract_terms: ContractTerms, contract_template: Template, printer: Print
) -> None:
    unknown = "\U00013000"
    terms = replace(contract_terms, party_a=replace(contract_terms.party_a, legal_rep=unknown))
    with pytest.raises(ProofFailed, match="字形"):
        printer(contract_template, _fields(terms, contract_template), "A-1")
