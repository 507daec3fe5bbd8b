"""Word files as firms have them: of other programs, with the habits of those who wrote them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from templates.package import packed, unpacked

_W = nsdecls("w")
_CLAUSES = (
    "第一条　业务范围：乙方为甲方提供技术服务，数量见附表。",
    "第二条　服务标准：质量符合国家标准。",
    "第三条　期限与地点：按双方约定的期限履行，地点：＿＿＿＿。",
    "第四条　价款与付款方式：价款按附表支付。",
    "第五条　违约责任：违约方赔偿损失。争议由人民法院管辖。",
)


def from_libreoffice() -> bytes:
    """Return a contract typed as a page of HTML, made a Word file by LibreOffice through ODT."""
    return Path(__file__).with_name("libreoffice.docx").read_bytes()


def from_python_docx() -> bytes:
    """Return one in the default clothes of python-docx.

    No Chinese is marked; a bare page number, a head that may not split, full-width blanks.
    """
    document = Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "某公司合同文本　编号：＿＿＿＿＿＿"
    section.footer.paragraphs[0]._p.append(
        parse_xml(f'<w:fldSimple {_W} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )
    document.add_heading("技术服务合同", 0)
    document.add_paragraph("甲方：＿＿＿＿＿＿　住所：＿＿＿＿＿＿")
    document.add_paragraph("乙方：＿＿＿＿＿＿　住所：＿＿＿＿＿＿")
    for clause in _CLAUSES:
        document.add_paragraph(clause)
    table = document.add_table(rows=2, cols=3, style="Table Grid")
    for cell, text in zip(table.rows[0].cells, ("期次", "款项", "金额"), strict=True):
        cell.text = text
    for name in ("tblHeader", "cantSplit"):
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:{name} {_W}/>"))
    box = (
        f'<w:r {_W} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox>'
        "<w:txbxContent><w:p><w:r><w:t>本合同为公司标准文本</w:t></w:r></w:p></w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r>"
    )
    document.paragraphs[0]._p.append(parse_xml(box))
    _sign(document)
    return _saved(document)


def from_word() -> bytes:
    """Return one that went through many hands in Word.

    Controls, changes, comments, nested tables, merge fields, counted clauses, hidden text, a
    tag with a bookmark inside, a macro, a template on somebody's disk.
    """
    document = Document()
    _mark(document, "zh-CN")
    document.add_paragraph("技术服务合同　合同编号：______")
    _append(document, "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>"
            "单击此处输入文字</w:t></w:r></w:sdtContent></w:sdt>")  # fmt: skip
    changes = (
        '<w:ins w:id="1" w:author="甲"><w:r><w:t>补充约定如下。</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="甲"><w:r><w:delText>旧文</w:delText></w:r></w:del>'
    )
    _append(document, changes)
    _append(document, '<w:commentRangeStart w:id="3"/><w:r><w:t>此处待议。</w:t></w:r>'
            '<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>')  # fmt: skip
    _append(document, '<w:fldSimple w:instr=" MERGEFIELD 客户 "><w:r><w:t>«客户»</w:t></w:r>'
            "</w:fldSimple>")  # fmt: skip
    _append(document, '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE'
            '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>今日'
            '</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>')  # fmt: skip
    _append(document, "<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部底价</w:t></w:r>")
    _append(document, '<w:r><w:t>甲方：{{ party_</w:t></w:r><w:bookmarkStart w:id="4" w:name="m"/>'
            '<w:bookmarkEnd w:id="4"/><w:r><w:t>a.name }}</w:t></w:r>')  # fmt: skip
    for clause in _CLAUSES:
        document.add_paragraph(clause[4:], style="List Number")
    outer = document.add_table(rows=1, cols=1, style="Table Grid").cell(0, 0)
    inner = outer.add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲方住所", "____________"
    _sign(document)
    parts = unpacked(_saved(document))
    links = parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rA" TargetMode="External" Target="file:///C:/a.dotm" Type="http://schemas'
        b'.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>',
    )
    return packed({**parts, "word/_rels/document.xml.rels": links, "word/vbaProject.bin": b"x"})


def from_wps() -> bytes:
    """Return one of another office: its own faces, English marked, blanks and tags of its kind."""
    document = Document()
    _mark(document, "en-US")
    for text in (
        "技术服务合同",
        "合同编号：【　　　】",
        "甲方：【甲方全称】　住所：【　　　】",
        "乙方：｛｛ party_b.name ｝｝　住所：{{ party_b.adress }}",
        "联系人：{{ 甲方联系人 }}　签订地点：{{ sign_place }}",
        *_CLAUSES,
    ):
        run = document.add_paragraph().add_run(text)
        run.font.name = "方正仿宋_GBK"
        run.element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), "方正仿宋_GBK")
    _sign(document)
    return _saved(document)


BROUGHT: dict[str, Callable[[], bytes]] = {
    "libreoffice": from_libreoffice,
    "python-docx": from_python_docx,
    "word": from_word,
    "wps": from_wps,
}


def _sign(document: Any) -> None:
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table.rows[0].cells, ("甲方（盖章）：", "乙方（盖章）："), strict=True):
        cell.text = text
    for cell in table.rows[1].cells:
        cell.text = "日期：　　年　　月　　日"


def _append(document: Any, runs: str) -> None:
    blank = document.add_paragraph()._p
    blank.getparent().replace(blank, parse_xml(f"<w:p {_W}>{runs}</w:p>"))


def _mark(document: Any, language: str) -> None:
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), language)


def _saved(document: Any) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
