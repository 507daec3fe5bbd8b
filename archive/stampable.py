"""Stampable: what a PDF must be, and must not be, before anything is put on it."""

from __future__ import annotations

import re
from typing import Any, Final

import pikepdf

from archive.errors import StampRefused

MARK: Final = pikepdf.Name("/Guidang")
"""Under /PieceInfo of the catalogue: this file was stamped by us."""

_PART: Final = re.compile(rb"pdfaid:part(?:>|=[\"'])([0-9])\b")
_ALLOWED_ACTIONS: Final = frozenset({"/URI", "/GoTo"})
_FORBIDDEN_NAMES: Final = {"/JavaScript": "脚本", "/EmbeddedFiles": "嵌入文件"}


def assert_stampable(document: pikepdf.Pdf) -> None:
    """Raise StampRefused unless `document` is an unsigned, unstamped, inert PDF/A-2.

    A signature would be broken by writing the file anew; a script or an embedded file would
    be filed under our seal; transparency is allowed from part 2 on (ISO 19005-2, 6.2.10).
    """
    root = document.Root
    if document.is_encrypted:
        raise StampRefused("文件已加密，不得盖章")
    if len(document.pages) == 0:
        raise StampRefused("文件没有页面，不得盖章")
    if MARK in root.get("/PieceInfo", pikepdf.Dictionary()):
        raise StampRefused("文件已盖过章，不得重复盖章")
    if root.get("/AcroForm") is not None:
        raise StampRefused("文件含表单域或电子签名，盖章会破坏它，不得盖章")
    for key, what in _FORBIDDEN_NAMES.items():
        if root.get("/Names", pikepdf.Dictionary()).get(key) is not None:
            raise StampRefused(f"文件含{what}，不得盖章")
    _assert_inert(root)
    for page in document.pages:
        _assert_inert(page.obj)
        for annotation in page.obj.get("/Annots", pikepdf.Array()):
            _assert_inert(annotation)
    _assert_part_two(root)


def _assert_inert(holder: Any) -> None:
    if holder.get("/AA") is not None:
        raise StampRefused("文件含自动执行的动作，不得盖章")
    for key in ("/OpenAction", "/A"):
        _assert_harmless(holder.get(key))


def _assert_harmless(action: Any) -> None:
    if not isinstance(action, pikepdf.Dictionary):
        return
    kind = str(action.get("/S"))
    if kind not in _ALLOWED_ACTIONS or action.get("/Next") is not None:
        raise StampRefused(f"文件含脚本或动作（{kind}），不得盖章")


def _assert_part_two(root: Any) -> None:
    metadata = root.get("/Metadata")
    packet = metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""
    found = _PART.search(packet)
    if found is None or found.group(1) != b"2":
        raise StampRefused("文件不是 PDF/A-2，不得盖章")
