"""Core properties: what a Word file says about itself."""

from __future__ import annotations

from datetime import date
from html import escape

from templates.wordfile import Wordfile

CORE_PART = "docProps/core.xml"

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_LONGEST_NAME = 60


def core_properties(title: str, *, dated: date) -> bytes:
    """Return the part: `title`, the language, and a day that no clock decides."""
    stamp = f"{dated.isoformat()}T00:00:00Z"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        "<cp:coreProperties"
        f' xmlns:cp="{_CORE}"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title>"
        "<dc:language>zh-CN</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified>'
        "</cp:coreProperties>"
    ).encode()


def last_author(docx: bytes) -> str:
    """Return who saved a Word file last, as it says itself; "" where it does not say.

    Raises DocumentUnreadable.
    """
    file = Wordfile.open(docx)
    if CORE_PART not in file.parts:
        return ""
    found = file.tree(CORE_PART).findtext(f"{{{_CORE}}}lastModifiedBy")
    return " ".join((found or "").split())[:_LONGEST_NAME]
