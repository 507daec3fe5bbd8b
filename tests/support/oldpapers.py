"""Old papers: files as an old archive has them, and catalogues that describe them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from PIL import Image, ImageDraw
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

HEADINGS = (
    *("序号", "旧档号", "合同号", "合同名称", "甲方", "乙方", "合同金额（万元）"),
    *("签订日期", "保管期限", "密级", "文件名称"),
)


def a_pdf(*pages: str, password: str | None = None) -> bytes:
    """Return a PDF whose pages say these lines."""
    if "STSong-Light" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    target = io.BytesIO()
    paper = canvas.Canvas(target, invariant=1, encrypt=password)
    for page in pages:
        paper.setFont("STSong-Light", 14)
        for at, line in enumerate(page.splitlines()):
            paper.drawString(60, 780 - 20 * at, line)
        paper.showPage()
    paper.save()
    return target.getvalue()


def a_picture(seed: int = 0) -> bytes:
    """Return a page as a scanner gives it, without a letter on it."""
    image = Image.new("L", (160, 220), 255)
    ImageDraw.Draw(image).rectangle((10, 10, 20 + seed, 30), fill=0)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def an_ofd(*pages: str) -> bytes:
    """Return an OFD whose pages say these words."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    places = "".join(
        f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages))
    )
    root = "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    parts = {
        "OFD.xml": f"<ofd:OFD {space}>{root}</ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:Pages>{places}</ofd:Pages>"
        "</ofd:Document>",
    }
    for at, words in enumerate(pages):
        code = f"<ofd:TextObject><ofd:TextCode>{words}</ofd:TextCode></ofd:TextObject>"
        parts[f"Doc_0/Pages/Page_{at}/Content.xml"] = f"<ofd:Page {space}>{code}</ofd:Page>"
    return a_zip(parts)


def a_docx(*paragraphs: str) -> bytes:
    """Return a Word file, as far as a reader of its text looks."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in paragraphs)
    document = f"<w:document {space}><w:body>{body}</w:body></w:document>"
    return a_zip({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def a_zip(parts: dict[str, str | bytes]) -> bytes:
    """Return a package of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def a_catalogue(path: Path, rows: Sequence[Sequence[Any]], *, title: str = "历史合同目录") -> Path:
    """Write a workbook with a title above its headings, and return its path."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("目录")
        for at, row in enumerate([[title], HEADINGS, *rows]):
            for column, value in enumerate(row):
                sheet.write(at, column, value)
    return path


def an_old_archive(folder: Path) -> Path:
    """Lay out a small archive and its catalogue beside it; return the catalogue's path."""
    (folder / "合同").mkdir(parents=True)
    (folder / "合同" / "HT-2009-001.pdf").write_bytes(
        a_pdf("技术服务合同\n甲方：云帆数据有限公司", "验收条款\n水泵十二台")
    )
    (folder / "图纸说明.txt").write_text("补充说明：泵房图纸", "utf-8")
    (folder / "HT-2010-002 采购合同.png").write_bytes(a_picture())
    (folder / "发票.ofd").write_bytes(an_ofd("发票抬头", "价税合计"))
    return a_catalogue(
        folder.parent / "目录.xlsx",
        [
            (
                *(1, "A-2009-1", "HT-2009-001", "技术服务合同", "云帆数据有限公司", "示例公司"),
                *(12.5, "2009年3月5日", "永久", "内部", "合同/HT-2009-001.pdf；图纸说明.txt"),
            ),
            (
                *(2, "A-2010-2", "HT-2010-002", "采购合同", "", "青山机械厂", "30", "2010"),
                *("30年", "普通", ""),
            ),
            (3, "A-2011-3", "", "设备发票", "", "", "面议", "2011-13-40", "长期", "", "发票.ofd"),
            (4, "A-9", "", "没有的", "", "", "", "", "", "", "无此文件.pdf"),
            (5, "A-10", "", "出界的", "", "", "", "", "", "", "../../etc/passwd"),
        ],
    )
