"""Package: the parts of a Word file, opened without trusting it and packed the same way."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from templates.errors import DocumentUnreadable

MAX_UNPACKED = 50 * 1024 * 1024
"""Bytes of all parts together."""

MAX_RATIO = 200
"""Unpacked to packed bytes of one part; judged only where the part is large enough to harm."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_HARMLESS = 1024 * 1024
_MAX_PARTS = 2_000
# The first day a ZIP file can name: what a file says must not depend on when it was made.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the parts by name, in their order, folders left out.

    Raises DocumentUnreadable, in Chinese, for what is no ZIP file or damaged, is encrypted,
    holds a part twice or under a name that leaves the package, or unpacks beyond reason.
    """
    if len(content) > MAX_UNPACKED:
        raise DocumentUnreadable([f"文件过大（{len(content)} 字节），上限 {MAX_UNPACKED} 字节"])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if problems := [*_of_package(entries), *(p for e in entries for p in _of_entry(e))]:
                raise DocumentUnreadable(problems)
            return {entry.filename: package.read(entry) for entry in entries}
    except _DAMAGE as error:
        message = "不是 Word 文件，或文件已损坏（压缩包损坏）；请在 Word 中打开后另存为 .docx"
        raise DocumentUnreadable([message]) from error


def _of_package(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    names = [entry.filename for entry in entries]
    if len(names) != len(set(names)):
        yield "压缩包内有同名部分，读取结果不确定；请在 Word 中打开后另存为 .docx"
    if len(names) > _MAX_PARTS:
        yield f"压缩包内部分过多（{len(names)}）"
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        yield f"展开后超过 {MAX_UNPACKED} 字节"


def _of_entry(entry: zipfile.ZipInfo) -> Iterator[str]:
    name = entry.filename
    if posixpath.normpath(name) != name or name.startswith(("/", "..")) or set(":\\\0") & set(name):
        yield f"压缩包内部分的路径越出文件：{name[:100]}"
    if entry.flag_bits & 0x1:
        yield f"部分 {name} 已加密；请在 Word 中去掉密码后另存"
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        yield f"部分 {name} 的压缩方式不受支持"
    large = entry.file_size > _HARMLESS
    if large and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        yield f"部分 {name} 的压缩比异常"


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return the ZIP file of `parts` in their order; equal parts give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=_NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, content, compresslevel=6)
    return target.getvalue()
