"""File types: what a file is by its content, never by its name (格式识别)."""

from __future__ import annotations

import codecs
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 128 * 1024 * 1024
_MOST_UNPACKED: Final = 512 * 1024 * 1024
_MOST_PARTS: Final = 20_000
_MOST_RATIO: Final = 200
_RATIO_COUNTS_FROM: Final = 16 * 1024 * 1024
_HEAD: Final = 1024
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_AGAIN: Final = "请另存为 PDF/A 或 .docx 后再移交"


@dataclass(frozen=True, slots=True)
class FileType:
    """A format that is taken in; `word` is its name for people."""

    word: str
    media_type: str

    @property
    def is_image(self) -> bool:
        """Return whether it is a picture."""
        return self.media_type.startswith("image/")


class TypeRefused(Exception):
    """The content is of no format that is taken in; the message is Chinese."""


PDF: Final = FileType("PDF", "application/pdf")
DOCX: Final = FileType("DOCX", _WORD)
OFD: Final = FileType("OFD", "application/ofd")
TEXT: Final = FileType("文本", "text/plain")
_IMAGES: Final[tuple[tuple[bytes, FileType], ...]] = (
    (b"\xff\xd8\xff", FileType("JPEG", "image/jpeg")),
    (b"\x89PNG\r\n\x1a\n", FileType("PNG", "image/png")),
    (b"II*\x00", FileType("TIFF", "image/tiff")),
    (b"MM\x00*", FileType("TIFF", "image/tiff")),
    (b"GIF8", FileType("GIF", "image/gif")),
    (b"BM", FileType("BMP", "image/bmp")),
)
_REFUSED: Final[Mapping[bytes, str]] = {
    b"\xd0\xcf\x11\xe0": f"是旧版 Office 文件（.doc、.xls、.ppt 一类），不能长期保存；{_AGAIN}",
    b"MZ": "是程序文件，不是档案",
    b"\x7fELF": "是程序文件，不是档案",
    b"Rar!": "是压缩包；请解开后移交其中的文件",
    b"7z\xbc\xaf": "是压缩包；请解开后移交其中的文件",
    b"\x1f\x8b": "是压缩包；请解开后移交其中的文件",
    b"{\\rtf": f"是 RTF 文件；{_AGAIN}",
}


def type_of(content: bytes) -> FileType:
    """Return what `content` is; raises TypeRefused."""
    if not content:
        raise TypeRefused("文件是空的（0 字节）")
    if len(content) > MOST_BYTES:
        raise TypeRefused(f"文件过大（超过 {MOST_BYTES // 1024 // 1024} MB）；请拆分后移交")
    if b"%PDF-" in content[:_HEAD]:
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileType("WEBP", "image/webp")
    for magic, found in _IMAGES:
        if content.startswith(magic):
            return found
    for magic, reason in _REFUSED.items():
        if content.startswith(magic):
            raise TypeRefused(reason)
    text_of(content)
    return TEXT


def text_of(content: bytes) -> str:
    """Return a text file's text, in UTF-8, UTF-16 with its mark, or GB 18030.

    Raises TypeRefused for what is no text.
    """
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(char < " " and char not in "\t\n\r\f" for char in text):
            return text
    raise TypeRefused("格式不识别；可接收 PDF、DOCX、OFD、图片（JPEG、PNG、TIFF 等）和文本")


def parts_within(content: bytes) -> Mapping[str, zipfile.ZipInfo]:
    """Return the parts of a package by name; raises TypeRefused where it is broken or a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise TypeRefused("文件已损坏，打不开") from error
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED:
        raise TypeRefused("解开后过大，疑似恶意压缩包")
    if any(
        part.file_size > _RATIO_COUNTS_FROM
        and part.file_size > _MOST_RATIO * max(part.compress_size, 1)
        for part in parts
    ):
        raise TypeRefused("压缩比异常，疑似恶意压缩包")
    if any(part.flag_bits & 1 for part in parts):
        raise TypeRefused("文件已加密；请去除密码后移交")
    return {part.filename: part for part in parts}


def part_in(content: bytes, name: str, most: int) -> bytes:
    """Return at most `most` bytes of one part, whatever its header claims; raises TypeRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, package.open(name) as part:
            found = part.read(most + 1)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, zlib.error) as error:
        raise TypeRefused("文件已损坏，内容读不出") from error
    if len(found) > most:
        raise TypeRefused("解开后过大，疑似恶意压缩包")
    return found


def _package(content: bytes) -> FileType:
    names = parts_within(content)
    if "word/document.xml" in names:
        if any("vbaProject" in name for name in names):
            raise TypeRefused(f"含有宏；{_AGAIN}")
        return DOCX
    if "OFD.xml" in names:
        return OFD
    if "xl/workbook.xml" in names:
        raise TypeRefused("是 Excel 工作簿；作为目录请用 --catalogue 指明，作为档案请另存为 PDF")
    raise TypeRefused("是压缩包；请解开后移交其中的文件")
