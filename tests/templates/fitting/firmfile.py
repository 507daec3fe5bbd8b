"""A service contract as a firm brings it: written in another program than ours."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from templates.package import packed, unpacked

MAIN = "word/document.xml"
CLAUSES = (
    (
        "第一条　业务范围：乙方为{{ project.name }}提供{{ service.scope }}，"
        "服务地点{{ service.place }}，履行方式为{{ service.method }}。"
    ),
    (
        "第二条　服务标准：质量应符合国家标准及{{ service.extra_standard }}，数量见附表。项目负责人"
        "{{ project.manager }}（{{ project.manager_phone }}）。"
    ),
    "第三条　交付时间：服务期限自{{ service.start_cn }}至{{ service.end_cn }}，按节点表交付。",
    (
        "第四条　价款：含税总价{{ amount.total_upper }}（￥{{ amount.total }}），"
        "不含税￥{{ amount.net }}，税额￥{{ amount.tax }}，开具{{ invoice.type }}。"
    ),
    (
        "第五条　费用支付方式：按付款计划表支付，质量保证金{{ warranty.retention_pct }}%"
        "（￥{{ warranty.retention_amount }}），{{ terms.pay_days }}个工作日内支付。"
    ),
    (
        "第六条　质量保证期{{ warranty.months }}个月，{{ warranty.response_hours }}小时内响应。"
        "甲方应在{{ terms.accept_days }}个工作日内验收。"
    ),
    "第七条　违约责任：违约方应赔偿损失。",
    (
        "第八条　争议按第{{ dispute.option }}种方式解决：（1）提交{{ dispute.arbitration_body }}"
        "仲裁；（2）向{{ dispute.court_place }}有管辖权的人民法院起诉。"
    ),
    (
        "第九条　本合同一式{{ copies.total_upper }}份，甲方{{ copies.a_upper }}份，"
        "乙方{{ copies.b_upper }}份。报价单{{ quote.no }}（{{ quote.version }}，"
        "{{ quote.accepted_date_cn }}接受）为附件。"
    ),
    "第十条　乙方逾期交付、甲方逾期付款的，均应支付违约金并赔偿损失。",
    (
        "第十一条　合同变更和解除应订立书面协议；合同终止后双方办理结算。验收不合格的，乙方应整改。"
        "成果的知识产权归甲方。双方对所知悉的商业秘密负保密义务，通知按首部地址送达。"
    ),
    "第十二条　本合同自双方签字并盖章之日起生效。",
)
PARTY = (
    ("全称", "name"),
    ("信用代码", "uscc"),
    ("住所", "address"),
    ("法定代表人", "legal_rep"),
    ("授权代表", "agent"),
    ("联系人", "contact"),
    ("电话", "phone"),
    ("邮箱", "email"),
    ("开户行", "bank"),
    ("账号", "bank_account"),
)
LISTS = {
    "items": ("line_no fee_type name spec unit qty unit_price tax_rate net tax amount"),
    "payments": "seq name condition share amount within_workdays",
    "milestones": "seq name deliverable due_cn",
    "acceptance_items": "seq name quantity standard method clause",
}


def firm_file() -> bytes:
    """Return a contract in python-docx's own clothes that prints every field."""
    document = Document()
    _speak_chinese(document)
    document.sections[0].header.paragraphs[0].text = "服务合同　编号：{{ contract.no }}"
    footer = document.sections[0].footer.paragraphs[0]
    footer.add_run("第 ")
    footer._p.append(
        parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
    )
    footer.add_run(" 页")
    document.add_heading("服务合同", 0)
    document.add_paragraph(
        "合同编号：{{ contract.no }}　密级：{{ contract.secrecy }}　签订地点："
        "{{ contract.sign_place }}　签订日期：{{ contract.sign_date_cn }}"
    )
    parties = document.add_table(rows=0, cols=3, style="Table Grid")
    for word, name in PARTY:
        _fill(parties.add_row(), (word, f"{{{{ party_a.{name} }}}}", f"{{{{ party_b.{name} }}}}"))
    for clause in CLAUSES:
        document.add_paragraph(clause)
    _turn(document, WD_ORIENT.LANDSCAPE)
    for rows, columns in LISTS.items():
        document.add_paragraph(f"附表：{rows}")
        _repeated(document, rows, columns.split())
    _turn(document, WD_ORIENT.PORTRAIT)
    document.add_paragraph("（以下无正文）")
    signing = document.add_table(rows=2, cols=2)
    _fill(signing.rows[0], ("甲方（盖章）：{{ party_a.name }}", "乙方（盖章）：{{ party_b.name }}"))
    _fill(signing.rows[1], ("日期：　　年　　月　　日", "日期：　　年　　月　　日"))
    for number, cell in enumerate(signing.rows[0].cells):
        _bookmark(cell.paragraphs[0]._p, number, "sealA" if number == 0 else "sealB")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def edited(content: bytes, *changes: tuple[str, str], part: str = MAIN) -> bytes:
    """Return the file with each first text replaced by the second, which must stand there."""
    parts = unpacked(content)
    text = parts[part].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return packed({**parts, part: text.encode()})


def with_parts(content: bytes, **added: bytes) -> bytes:
    """Return the file with parts added; `__` in a name stands for a slash, `_DOT_` for a dot."""
    names = {name.replace("__", "/").replace("_DOT_", "."): part for name, part in added.items()}
    return packed({**unpacked(content), **names})


def split(text: str, into: Callable[[str], str] | None = None) -> str:
    """Return what stands between `<w:t>` and `</w:t>` when Word has split it into letters."""
    between = '</w:t></w:r><w:proofErr w:type="spellStart"/><w:r w:rsidR="00A1"><w:t>'
    return between.join(into(letter) if into else letter for letter in text)


def _turn(document: Document, orientation: WD_ORIENT) -> None:
    section = document.add_section()
    section.orientation = orientation
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Cm(1.5)


def _repeated(document: Document, rows: str, columns: Sequence[str]) -> None:
    table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
    _fill(table.add_row(), columns)
    table.add_row().cells[0].text = f"{{%tr for row in {rows} %}}"
    _fill(table.add_row(), [f"{{{{ row.{column} }}}}" for column in columns])
    table.add_row().cells[0].text = "{%tr endfor %}"
    for row in table.rows:
        for cell in row.cells:
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(7)


def _fill(row: object, texts: Sequence[str]) -> None:
    for cell, text in zip(row.cells, texts, strict=True):  # type: ignore[attr-defined]
        cell.text = text


def _bookmark(paragraph: object, number: int, name: str) -> None:
    start = f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="{name}"/>'
    end = f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'
    paragraph.insert(0, parse_xml(end))  # type: ignore[attr-defined]
    paragraph.insert(0, parse_xml(start))  # type: ignore[attr-defined]


def _speak_chinese(document: Document) -> None:
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
