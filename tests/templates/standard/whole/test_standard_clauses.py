from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from templates.catalogue import Catalogue, Template, read_template, shipped
from templates.completeness import missing_clauses
from templates.errors import TemplateUnfit
from templates.fields import contract_fields, with_number
from templates.filling import fill
from templates.reading import text_of
from templates.terms import ContractTerms
from templates.typesetting.folder import register

TODAY = date(2026, 3, 15)
REGULATION = ("业务范围", "服务标准", "交付时间", "费用支付方式", "违约责任")
Own = Callable[..., Template]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """Return a builder of a firm's own template from the sales contract, its text edited."""

    def build(edit: Callable[[str], str], manifest: Callable[[str], str] = str) -> Template:
        folder = tmp_path / "own"
        shutil.copytree(shipped() / "sales", folder)
        for name, change in (("text.md", edit), ("manifest.toml", manifest)):
            path = folder / name
            path.write_text(change(path.read_text("utf-8")), "utf-8")
        register(folder)
        return read_template(folder)

    return build


@pytest.mark.requirement_part("P-302", "F-102")
def test_every_standard_document_has_all_the_clauses_it_must_have(catalogue: Catalogue) -> None:
    for template in catalogue.templates:
        assert template.required_clauses, template.code
        assert missing_clauses(template) == (), template.code


@pytest.mark.requirement_part("P-302")
def test_a_contract_without_a_clause_is_found_out_by_name(own: Own) -> None:
    def without_liability(text: str) -> str:
        start = text.index("## 第十四条　违约责任")
        return text[:start] + text[text.index("## 第十五条") :]

    assert missing_clauses(own(without_liability)) == ("违约责任",)


@pytest.mark.requirement_part("P-302")
def test_what_the_regulation_and_the_code_ask_for_cannot_be_left_out_of_the_list(
    own: Own,
) -> None:
    def bare(_: str) -> str:
        header = "@header 便条　　编号：{{ contract.no }}\n@footer 第 ‹page› 页\n\n# 便条\n"
        return header + "双方同意。\n"

    def no_list(text: str) -> str:
        return re.sub(r"required_clauses = \[.*?\]\n", "", text, flags=re.DOTALL)

    missing = missing_clauses(own(bare, no_list))

    assert [topic.partition("（")[0] for topic in missing[:5]] == list(REGULATION)
    assert len(missing) == 10


def test_a_mention_inside_another_clause_is_no_clause(contract_template: Template) -> None:
    asked = replace(
        contract_template, required_clauses=("保密、知识产权", "第九十九条", "知识产权与保密")
    )

    assert missing_clauses(asked) == ("保密、知识产权", "第九十九条")


@pytest.mark.parametrize("value", ['"违约责任"', "[]", "[1]"])
def test_a_list_of_clauses_that_is_none_is_refused(own: Own, value: str) -> None:
    def faulty(text: str) -> str:
        return re.sub(
            r"required_clauses = \[.*?\]\n", f"required_clauses = {value}\n", text, flags=re.DOTALL
        )

    with pytest.raises(TemplateUnfit, match="required_clauses"):
        own(str, faulty)


def test_a_second_type_of_contract_is_a_folder_and_no_code(
    tmp_path: Path, sales_terms: ContractTerms
) -> None:
    folder = tmp_path / "firm" / "lease"
    shutil.copytree(shipped() / "sales", folder)
    for name, edits in (
        ("manifest.toml", {'"HT-MB-XS-01"': '"HT-MB-SB-01"', '["XS"]': '["SB"]'}),
        ("text.md", {"销售合同": "设备销售合同"}),
    ):
        text = (folder / name).read_text("utf-8")
        for old, new in edits.items():
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")
    register(folder)

    catalogue = Catalogue.load(shipped(), folder.parent)
    template = catalogue.pick("contract", "SB", on=TODAY)
    fields = with_number(contract_fields(sales_terms, template.defaults), "GD-SB-2026-0001")
    said = text_of(fill(template, fields, title="设备销售合同"))

    assert template.path.is_relative_to(tmp_path)
    assert missing_clauses(template) == ()
    assert "《设备销售合同》签署页" in said
    assert "人民币壹拾叁万捌仟陆佰捌拾元整（￥138,680.00）" in said
    for kind in ("change", "termination", "nda", "authority", "approval_sheet"):
        assert catalogue.pick(kind, "SB", on=TODAY).kind == kind
    with pytest.raises(TemplateUnfit, match="SB"):
        catalogue.pick("acceptance", "SB", on=TODAY)


def test_goods_have_a_contract_and_an_acceptance_report_of_their_own(
    catalogue: Catalogue, sales_terms: ContractTerms
) -> None:
    assert catalogue.pick("contract", "XS", on=TODAY).code == sales_terms.template_code
    assert catalogue.pick("acceptance", "XS", on=TODAY).code == "YS-MB-02"
    assert catalogue.pick("contract", "FW", on=TODAY).code == "HT-MB-FW-01"


def test_a_sales_contract_takes_what_the_parties_agree_instead_of_the_standard(
    samples: Mapping[str, Any], sales_terms: ContractTerms
) -> None:
    template = samples["sales"].template
    agreed = replace(
        sales_terms, options={"terms.inspect_days": "20", "goods.carrier_cost": "甲方"}
    )
    fields = with_number(contract_fields(agreed, template.defaults), "GD-XS-2026-0002")
    said = text_of(fill(template, fields, title="销售合同"))

    assert "收到之日起 20 个工作日内按附件二检验" in said
    assert "在途保险费用由甲方承担" in said


@pytest.mark.parametrize(
    ("article", "about"),
    [
        ("6.2", "货物毁损、灭失的风险，在交付之前由乙方承担，交付之后由甲方承担"),
        ("7.4", "检验期限内书面通知乙方"),
        ("4.1", "货物的包装"),
        ("11.1", "第三人对货物不享有任何权利"),
    ],
)
def test_a_sales_contract_says_what_the_civil_code_leaves_to_the_parties(
    samples: Mapping[str, Any], article: str, about: str
) -> None:
    sample = samples["sales"]
    filled = fill(sample.template, with_number(sample.fields, sample.number), title="销售合同")
    clause = next(line for line in text_of(filled).splitlines() if line.startswith(f"{article} "))

    assert about in clause
