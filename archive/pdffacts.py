"""PDF facts: whether a PDF can be used, and kept, without us (可用性).

Loaded in a child alone (`confined`): the files come from anywhere. What is looked at is our own
list, named by `examined`; it is no certificate of PDF/A.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
import pypdf
import pypdfium2
from pypdf.errors import PyPdfError

from archive.examination import LIES, claim_of

_MOST_PAGES: Final = 3_000
_MOST_TEXT: Final = 3_000_000
_MOST_DEPTH: Final = 12
_HARMLESS: Final = frozenset({"/URI", "/GoTo"})
_FONT_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")
_POINTS: Final = 72.0
_COVERED: Final = 0.8
"""How much of a page one image takes where the page was scanned."""


def facts_of(pdf: bytes) -> dict[str, Any]:
    """Return what is found, as JSON values; what an engine cannot open stands in `problems`."""
    found: dict[str, Any] = {
        "problems": [],
        "pages": {},
        "text": [],
        "encrypted": False,
        "unembedded": [],
        "active": [],
        "claim": None,
        "lacks": [],
        "scan_dpi": None,
        "program": None,
    }
    for name, look in (("pikepdf", _structure), ("pypdf", _by_pypdf), ("PDFium", _by_pdfium)):
        try:
            found |= look(pdf, found)
        except (PyPdfError, pypdfium2.PdfiumError, *LIES) as error:
            found["problems"].append(f"{name}：{type(error).__name__}")
    return found


def _by_pypdf(pdf: bytes, found: dict[str, Any]) -> dict[str, Any]:
    return {"pages": found["pages"] | {"pypdf": len(pypdf.PdfReader(io.BytesIO(pdf)).pages)}}


def _by_pdfium(pdf: bytes, found: dict[str, Any]) -> dict[str, Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        if len(document) > _MOST_PAGES:
            raise ValueError("too many pages")
        text, left, scans = [], _MOST_TEXT, []
        for page in document:
            said = page.get_textpage().get_text_range()[:left]
            left -= len(said)
            text.append(said)
            scans.append(_scan_dpi(page))
        dpi = min((each for each in scans if each is not None), default=None)
        return {
            "pages": found["pages"] | {"PDFium": len(document)},
            "text": text,
            "scan_dpi": None if dpi is None else round(dpi),
        }
    finally:
        document.close()


def _structure(pdf: bytes, found: dict[str, Any]) -> dict[str, Any]:
    try:
        document = pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PasswordError:
        return {"encrypted": True, "problems": [*found["problems"], "文件已加密"]}
    with document:
        if len(document.pages) > _MOST_PAGES:
            raise ValueError("too many pages")
        metadata = document.Root.get("/Metadata")
        packet = metadata.read_bytes() if isinstance(metadata, pikepdf.Stream) else b""
        info = document.trailer.get("/Info", pikepdf.Dictionary())
        unembedded = sorted(set(_unembedded(document)))
        return {
            "encrypted": document.is_encrypted,
            "unembedded": unembedded,
            "active": sorted(set(_active(document))),
            "claim": claim_of(packet),
            "lacks": list(_lacks(document, packet)),
            "program": str(info.get("/Producer", "")) or None,
        }


def _lacks(document: pikepdf.Pdf, packet: bytes) -> Iterator[str]:
    """Yield what a file made to last has and this has not (ISO 19005-2, 6.2.2, 6.6.2)."""
    intents = document.Root.get("/OutputIntents", pikepdf.Array())
    if not any(intent.get("/DestOutputProfile") is not None for intent in intents):
        yield "没有输出意图（ICC 颜色特性文件）"
    if not packet:
        yield "没有 XMP 元数据"
    if document.Root.get("/NeedsRendering") is not None:
        yield "含动态表单（XFA）"


def _unembedded(document: pikepdf.Pdf) -> Iterator[str]:
    for page in document.pages:
        yield from _fonts_of(page.obj.get("/Resources"), 0)


def _fonts_of(resources: Any, depth: int) -> Iterator[str]:
    if not isinstance(resources, pikepdf.Dictionary) or depth > _MOST_DEPTH:
        return
    for font in dict(resources.get("/Font", pikepdf.Dictionary())).values():
        kind = str(font.get("/Subtype"))
        if kind == "/Type3":
            continue
        holders = list(font.get("/DescendantFonts", [])) if kind == "/Type0" else [font]
        for holder in holders:
            descriptor = holder.get("/FontDescriptor", pikepdf.Dictionary())
            if not any(descriptor.get(key) is not None for key in _FONT_FILES):
                yield str(holder.get("/BaseFont", "?")).lstrip("/")
    for form in dict(resources.get("/XObject", pikepdf.Dictionary())).values():
        if str(form.get("/Subtype")) == "/Form":
            yield from _fonts_of(form.get("/Resources"), depth + 1)


def _active(document: pikepdf.Pdf) -> Iterator[str]:
    """Yield what acts by itself, hides files, or needs something from outside."""
    root = document.Root
    names = root.get("/Names", pikepdf.Dictionary())
    if names.get("/JavaScript") is not None:
        yield "脚本"
    if names.get("/EmbeddedFiles") is not None or root.get("/AF") is not None:
        yield "嵌入文件"
    yield from _acts(root)
    for page in document.pages:
        yield from _acts(page.obj)
        for annotation in page.obj.get("/Annots", pikepdf.Array()):
            yield from _acts(annotation)
    for each in document.objects:
        if isinstance(each, pikepdf.Stream) and each.get("/F") is not None:
            yield "外部数据流"


def _acts(holder: Any) -> Iterator[str]:
    if holder.get("/AA") is not None:
        yield "自动执行的动作"
    for key in ("/OpenAction", "/A"):
        action = holder.get(key)
        if isinstance(action, pikepdf.Dictionary):
            kind = str(action.get("/S"))
            if kind not in _HARMLESS or action.get("/Next") is not None:
                yield f"动作 {kind}"


def _scan_dpi(page: pypdfium2.PdfPage) -> float | None:
    """Return the resolution of a page that one image covers, with or without text over it."""
    width, height = page.get_size()
    for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = image.get_bounds()
        across, up = (right - left) / _POINTS, (top - bottom) / _POINTS
        if across * up * _POINTS**2 >= _COVERED * width * height:
            pixels = image.get_px_size()
            return float(min(pixels[0] / across, pixels[1] / up))
    return None
