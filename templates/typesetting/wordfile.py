"""Word file: a standard text as the bytes of a .docx."""

from __future__ import annotations

from datetime import date

from templates.core_properties import CORE_PART, core_properties
from templates.package import packed
from templates.typesetting.blocks import StandardText, Style
from templates.typesetting.layout import Layout
from templates.typesetting.stylesheet import NAMESPACES, stylesheet

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word_file(text: StandardText, *, title: str, dated: date) -> bytes:
    """Return the template; equal texts give equal bytes."""
    layout = Layout()
    document = layout.document(text)
    header = layout.margin("hdr", Style.HEADER, text.header)
    footer = layout.margin("ftr", Style.FOOTER, text.footer)
    return packed(
        {
            "[Content_Types].xml": _content_types(),
            "_rels/.rels": _package_relations(),
            CORE_PART: core_properties(title, dated=dated),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": _document_relations(),
            "word/styles.xml": stylesheet(layout.used),
            "word/settings.xml": _settings(),
            "word/header1.xml": header,
            "word/footer1.xml": footer,
        }
    )


def _content_types() -> bytes:
    parts = {
        "/word/document.xml": f"{_WORD_TYPE}.document.main+xml",
        "/word/styles.xml": f"{_WORD_TYPE}.styles+xml",
        "/word/settings.xml": f"{_WORD_TYPE}.settings+xml",
        "/word/header1.xml": f"{_WORD_TYPE}.header+xml",
        "/word/footer1.xml": f"{_WORD_TYPE}.footer+xml",
        f"/{CORE_PART}": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts.items()
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    ).encode()


def _package_relations() -> bytes:
    return _relations(
        ("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"),
        ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", CORE_PART),
    )


def _document_relations() -> bytes:
    return _relations(
        ("rIdStyles", f"{_OFFICE}/styles", "styles.xml"),
        ("rIdSettings", f"{_OFFICE}/settings", "settings.xml"),
        ("rIdHeader", f"{_OFFICE}/header", "header1.xml"),
        ("rIdFooter", f"{_OFFICE}/footer", "footer1.xml"),
    )


def _relations(*relations: tuple[str, str, str]) -> bytes:
    entries = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
        for name, kind, target in relations
    )
    return (
        f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'
    ).encode()


def _settings() -> bytes:
    return (
        f"{_DECLARATION}<w:settings {NAMESPACES}>"
        '<w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    ).encode()
