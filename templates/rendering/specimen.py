"""Specimen: the smallest Word document in all our faces, to warm a converter with."""

from __future__ import annotations

import io
import zipfile
from typing import Final

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MAIN_TYPE: Final = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)
_RELS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"


def specimen() -> bytes:
    """Return a Word document of one line in 宋体 and 黑体, regular and bold."""
    runs = "".join(
        f'<w:r><w:rPr><w:rFonts w:eastAsia="{family}" w:ascii="Times New Roman"/>{weight}</w:rPr>'
        "<w:t>合同 No. 1</w:t></w:r>"
        for family in ("宋体", "黑体")
        for weight in ("", "<w:b/>")
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_RELS_TYPE}"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body><w:p>{runs}</w:p>'
        "</w:body></w:document>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()
