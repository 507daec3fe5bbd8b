"""File formats: what a kept file is by form and version, and which program made it (格式信息)."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

RECEIVED: Final = frozenset({"order", "revision", "original", "catalogue", "countersigned"})
"""Roles of files that came from outside: their program is not ours to state."""
OUTSIDE: Final = "外部形成"

_FORMS: Final = {
    "application/json": "JSON (RFC 8259)",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (
        "XLSX (ISO/IEC 29500, SpreadsheetML)"
    ),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "DOCX (ISO/IEC 29500, WordprocessingML)"
    ),
    "application/ofd": "OFD (GB/T 33190-2016)",
    "application/xml": "XML 1.0",
    "application/yaml": "YAML 1.2",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/jpeg": "JPEG (ISO/IEC 10918)",
    "image/png": "PNG (ISO/IEC 15948)",
    "image/tiff": "TIFF 6.0",
    "image/webp": "WebP",
    "text/csv": "CSV (RFC 4180)",
    "text/html": "HTML 5",
    "text/plain": "纯文本",
}
_HEADER: Final = re.compile(rb"%PDF-(\d\.\d)")
_PART: Final = re.compile(rb"pdfaid:part(?:>|=[\"'])\s*(\d)")
_LEVEL: Final = re.compile(rb"pdfaid:conformance(?:>|=[\"'])\s*([A-Za-z])")


def format_of(media_type: str, content: bytes) -> str:
    """Return form and version of a file; of a PDF what it declares itself, PDF/A among it."""
    plain = media_type.partition(";")[0].strip()
    if plain != "application/pdf":
        return _FORMS.get(plain, plain)
    header = _HEADER.match(content)
    told = f"PDF {header[1].decode()}" if header else "PDF"
    part, level = _PART.search(content), _LEVEL.search(content)
    if part and level:
        told += f"（PDF/A-{part[1].decode()}{level[1].decode().lower()}）"
    return told


def program_of(role: str) -> str:
    """Return the program that made the file of that role (文档创建程序)."""
    is_received = role.partition("_")[0] in RECEIVED and not role.endswith("_text")
    return OUTSIDE if is_received else _program()


@cache
def _program() -> str:
    try:
        return f"guidang {version('guidang')}"
    except PackageNotFoundError:
        return "guidang"
