"""Readability: whether a kept file opens, by two engines where it is a PDF (可用性).

Loaded in a child alone (`confined`): a damaged file may make a library crash or never end.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, Final

import pikepdf
import pypdfium2
from lxml import etree

_MOST_XML: Final = 64 * 1024 * 1024
_SCALE: Final = 0.25
_UNREADABLE: Final = (
    pikepdf.PdfError,
    pypdfium2.PdfiumError,
    zipfile.BadZipFile,
    etree.XMLSyntaxError,
    ValueError,
    KeyError,
    TypeError,
    RuntimeError,
    NotImplementedError,
    OSError,
    EOFError,
)


def opened(media_type: str, content: bytes) -> dict[str, Any]:
    """Return how many pages a PDF has, and why a file does not open; None where all is well."""
    try:
        if media_type == "application/pdf":
            return _pdf(content)
        if "wordprocessingml" in media_type:
            _word(content)
        elif media_type == "application/json":
            json.loads(content)
        elif media_type.startswith("text/"):
            content.decode()
    except _UNREADABLE as error:
        return {"pages": None, "problem": f"打不开（{type(error).__name__}）"}
    return {"pages": None, "problem": None}


def _pdf(content: bytes) -> dict[str, Any]:
    with pikepdf.open(io.BytesIO(content)) as first:
        if first.is_encrypted:
            return {"pages": None, "problem": "文件已加密"}
        pages = len(first.pages)
    second = pypdfium2.PdfDocument(content)
    try:
        if len(second) != pages:
            problem = f"两个引擎数出的页数不同（{pages} 与 {len(second)}）"
            return {"pages": pages, "problem": problem}
        for number in sorted({0, pages - 1} if pages else ()):
            second[number].render(scale=_SCALE)
    finally:
        second.close()
    return {"pages": pages, "problem": None if pages else "没有一页"}


def _word(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(each.file_size for each in package.infolist()) > _MOST_XML * 4:
            raise ValueError("too large")
        if package.testzip() is not None:
            raise zipfile.BadZipFile("damaged")
        with package.open("word/document.xml") as part:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            etree.fromstring(part.read(_MOST_XML), parser)
