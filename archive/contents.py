"""Contents: pages and text of a file from anywhere, read by a confined child alone (读取原件).

Loaded in a child only: what is read here may crash, hang or eat memory.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
from lxml import etree
from PIL import Image, ImageSequence, UnidentifiedImageError

from archive.filetypes import (
    DOCX,
    OFD,
    PDF,
    TEXT,
    TypeRefused,
    part_in,
    parts_within,
    text_of,
    type_of,
)

MOST_PAGES: Final = 3_000
_MOST_TEXT: Final = 2_000_000
_MOST_XML: Final = 64 * 1024 * 1024
_MOST_PIXELS: Final = 200_000_000
_LEAST_LETTERS: Final = 8
"""A page with fewer letters than this says nothing: it is taken for a picture."""
_ENCRYPTED: Final = 4
"""PDFium: a password is needed (FPDF_ERR_PASSWORD)."""
_LETTERS: Final = re.compile(r"\w")
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(content: bytes) -> dict[str, Any]:
    """Return ``problem`` (Chinese, or None), ``pages``, the ``texts`` page by page and more.

    ``blank`` counts the pages without text, which a reader of letters may read; ``cut`` says
    that there was more text than is kept.
    """
    try:
        kind = type_of(content)
        if kind == PDF:
            texts, pages = _pdf(content)
        elif kind == DOCX:
            texts, pages = [_docx(content)], 0
        elif kind == OFD:
            texts = list(_ofd(content))
            pages = len(texts)
        elif kind == TEXT:
            texts, pages = [_plain(text_of(content))], 0
        else:
            pages = _image(content)
            texts = [""] * pages
    except TypeRefused as error:
        return {"problem": str(error)}
    kept, left = [], _MOST_TEXT
    for text in texts:
        kept.append(text[:left])
        left -= len(kept[-1])
    blank = sum(len(_LETTERS.findall(text)) < _LEAST_LETTERS for text in texts) if pages else 0
    cut = sum(map(len, kept)) < sum(map(len, texts))
    return {"problem": None, "pages": pages, "texts": kept, "blank": blank, "cut": cut}


def picture(content: bytes, page: int, dpi: int) -> bytes:
    """Return page `page` (from 0) as a grey PNG; raises ValueError where there is none."""
    try:
        is_pdf = type_of(content) == PDF
        image = _drawn(content, page, dpi) if is_pdf else _frame(content, page)
    except (TypeRefused, pypdfium2.PdfiumError, OSError, IndexError) as error:
        raise ValueError(str(error)) from error
    target = io.BytesIO()
    image.convert("L").save(target, "PNG", compress_level=1)
    return target.getvalue()


def _pdf(content: bytes) -> tuple[list[str], int]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _ENCRYPTED or "assword" in str(error):
            raise TypeRefused("文件已加密；请去除密码后移交") from error
        raise TypeRefused("PDF 已损坏，打不开") from error
    try:
        pages = len(document)
        if pages == 0:
            raise TypeRefused("PDF 中没有一页")
        if pages > MOST_PAGES:
            raise TypeRefused(f"超过 {MOST_PAGES} 页；请拆分后移交")
        return [_page_text(document, number) for number in range(pages)], pages
    finally:
        document.close()


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
        words = page.get_textpage()
        text: str = words.get_text_range()
        words.close()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise TypeRefused(f"PDF 已损坏：第 {number + 1} 页读不出") from error
    return _plain(text)


def _plain(text: str) -> str:
    """Return text with newlines alone between its lines; a form feed separates pages only."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return "".join(char for char in lines if char in "\n\t" or char.isprintable())


def _drawn(content: bytes, page: int, dpi: int) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    try:
        sheet = document[page]
        width, height = sheet.get_size()
        scale = min(dpi / 72, (_MOST_PIXELS / 8 / max(width * height, 1)) ** 0.5)
        image: Image.Image = sheet.render(scale=scale, grayscale=True).to_pil()
        return image
    finally:
        document.close()


def _docx(content: bytes) -> str:
    """Return the text of a Word file: a blank line ends a paragraph, a newline only a line."""
    paragraphs = []
    for paragraph in _tree(content, "word/document.xml").iter(f"{_W}p"):
        words = [_word(node) for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br")]
        paragraphs.append("".join(words))
    return _plain("\n\n".join(paragraphs))


def _word(node: Any) -> str:
    if node.tag == f"{_W}t":
        return node.text or ""
    return "\t" if node.tag == f"{_W}tab" else "\n"


def _ofd(content: bytes) -> Iterator[str]:
    """Yield the text of each page in the document's order, objects as they stand in it."""
    parts = parts_within(content)
    for root in _located(_tree(content, "OFD.xml"), "DocRoot", ""):
        if root not in parts:
            raise TypeRefused("OFD 已损坏：缺少文档主体")
        pages = list(_locations(_tree(content, root), "Page"))
        if len(pages) > MOST_PAGES:
            raise TypeRefused(f"超过 {MOST_PAGES} 页；请拆分后移交")
        for location in pages:
            path = _below(posixpath.dirname(root), location)
            if path not in parts:
                raise TypeRefused("OFD 已损坏：缺少页面")
            codes = _tree(content, path).iter("{*}TextCode")
            yield _plain("\n".join(code.text or "" for code in codes))


def _located(tree: Any, tag: str, folder: str) -> list[str]:
    return [_below(folder, (node.text or "").strip()) for node in tree.iter(f"{{*}}{tag}")]


def _locations(tree: Any, tag: str) -> Iterator[str]:
    for node in tree.iter(f"{{*}}{tag}"):
        if location := node.get("BaseLoc"):
            yield location


def _below(folder: str, location: str) -> str:
    if location.startswith("/"):
        return posixpath.normpath(location).lstrip("/")
    return posixpath.normpath(posixpath.join(folder, location))


def _tree(content: bytes, name: str) -> Any:
    payload = part_in(content, name, _MOST_XML)
    if b"<!DOCTYPE" in payload[:4096] or b"<!ENTITY" in payload:
        raise TypeRefused("含有外部定义（DOCTYPE），不予接收")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(payload, parser)
    except etree.XMLSyntaxError as error:
        raise TypeRefused("文件已损坏，内容读不出") from error


def _image(content: bytes) -> int:
    """Return how many frames a picture has, every one of them opened."""
    try:
        with _opened(content) as image:
            frames = getattr(image, "n_frames", 1)
            if frames > MOST_PAGES:
                raise TypeRefused(f"超过 {MOST_PAGES} 页；请拆分后移交")
            image.load()
            return int(frames)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise TypeRefused("图片已损坏，打不开") from error


def _frame(content: bytes, page: int) -> Image.Image:
    with _opened(content) as image:
        return ImageSequence.Iterator(image)[page].copy()


def _opened(content: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # our own limit counts, before anything is unpacked
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(content))
    if image.width * image.height > _MOST_PIXELS:
        raise TypeRefused(f"图片过大（{image.width}×{image.height} 像素）")
    return image
