"""Examination: what any PDF says of itself, and what its signatures are worth (验签).

Loaded in a child alone (`confined`): the files come from anywhere.
"""

from __future__ import annotations

import io
import re
from typing import Any, Final

import pikepdf

from archive.copying import claimed_mark
from archive.signingorder import Trust
from archive.stampable import MARK

_MOST_PAGES: Final = 3_000
_CLAIM: Final = re.compile(
    rb"pdfaid:part(?:>|=[\"'])([1-4]).*?pdfaid:conformance(?:>|=[\"'])([A-Za-z])", re.DOTALL
)
LIES: Final = (
    pikepdf.PdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OSError,
)
"""What libraries raise over files that lie about themselves."""


def examine(pdf: bytes, trust: Trust) -> dict[str, Any]:
    """Return what is found, as JSON values; ``problem`` is None or says why nothing could be.

    Only what the file says is looked at here; whether the register knows it is another
    question.
    """
    found: dict[str, Any] = {
        "problem": None,
        "pages": None,
        "pdfa": None,
        "number": None,
        "derived": None,
        "signatures": [],
    }
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if document.is_encrypted:
                return found | {"problem": "文件已加密"}
            if len(document.pages) > _MOST_PAGES:
                return found | {"problem": f"文件超过 {_MOST_PAGES} 页"}
            found |= _said(document)
            is_form = document.Root.get("/AcroForm") is not None
        if is_form:
            found |= _judged(pdf, trust)
    except pikepdf.PasswordError:
        return found | {"problem": "文件已加密"}
    except LIES as error:
        return found | {"problem": f"不是 PDF，或者已损坏，无法读取（{type(error).__name__}）"}
    return found


def claim_of(packet: bytes) -> str | None:
    """Return the part and level of PDF/A an XMP packet claims, None where it claims none."""
    claim = _CLAIM.search(packet)
    return f"PDF/A-{claim[1].decode()}{claim[2].decode().lower()}" if claim else None


def _said(document: pikepdf.Pdf) -> dict[str, Any]:
    root = document.Root
    metadata = root.get("/Metadata")
    packet = metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""
    info = root.get("/PieceInfo", pikepdf.Dictionary())
    ours = MARK in info
    private = info.get(MARK, pikepdf.Dictionary()).get("/Private", pikepdf.Dictionary())
    derived = claimed_mark(document)
    return {
        "pages": len(document.pages),
        "pdfa": claim_of(packet),
        "number": str(private.get("/Number", "")) or None if ours else None,
        "derived": derived
        and {
            "source_sha256": derived[0],
            "as": derived[1].kind.value,
            "nth": derived[1].nth,
            "of": derived[1].of,
        },
    }


def _judged(pdf: bytes, trust: Trust) -> dict[str, Any]:
    """Return the signatures, or that this installation cannot judge them."""
    try:
        from archive.signatures import signatures_in  # noqa: PLC0415 - heavy, and an extra
    except ImportError:
        return {"problem": "文件可能含电子签名，本机没有验签组件（安装 guidang[signing]）"}
    return {"signatures": signatures_in(pdf, trust)}
