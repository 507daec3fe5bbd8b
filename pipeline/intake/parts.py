"""Parts: the files inside a zipped office document, each measured before it is believed."""

from __future__ import annotations

import io
import zipfile
import zlib

from pipeline.intake.unfinished import Unfinished

MOST_PARTS = 500
MOST_BYTES = 64 * 1024 * 1024
"""Unpacked, all parts together: an order of 300 lines is under 1 MB."""

_MOST_RATIO = 200
_RATIO_FROM = 1024 * 1024
_ENCRYPTED = 0x1


class PartRefused(ValueError):
    """A zipped document is dangerous or broken; the text says what to do (Chinese)."""


def parts_of(payload: bytes) -> dict[str, bytes]:
    """Return the parts by name; raises PartRefused, and Unfinished where the end is missing."""
    try:
        package = zipfile.ZipFile(io.BytesIO(payload))
    except zipfile.BadZipFile as error:
        raise Unfinished("文件内容不完整（结尾缺失）") from error
    with package:
        infos = package.infolist()
        if len(infos) > MOST_PARTS:
            raise PartRefused(f"文件内部的部件过多（超过 {MOST_PARTS} 个），不是订单工作簿")
        if len({info.filename.lower() for info in infos}) < len(infos):
            raise PartRefused("文件内部有同名部件，无法判断以哪一个为准；请另存后重新投放")
        left = MOST_BYTES
        parts: dict[str, bytes] = {}
        for info in infos:
            content = _content(package, info, left)
            left -= len(content)
            if not info.is_dir():
                parts[info.filename] = content
    return parts


def _content(package: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise PartRefused("文件已加密；请去掉密码后重新投放")
    if info.file_size > left:
        raise PartRefused("文件解压后过大，不是订单工作簿")
    try:
        with package.open(info) as part:
            content = part.read(left + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise PartRefused("文件已损坏；请用 Excel 或 WPS 打开后另存") from error
    if len(content) > left:
        raise PartRefused("文件解压后过大，不是订单工作簿")
    if len(content) > _RATIO_FROM and len(content) > _MOST_RATIO * max(info.compress_size, 1):
        raise PartRefused("文件压缩率异常，不是订单工作簿")
    return content
