"""Package: the parts of a Word file, packed the same way every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_UNPACKED_LIMIT = 50 * 1024 * 1024
# The first day a ZIP file can name: what a file says must not depend on when it was made.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the parts by name, in their order.

    Raises ValueError for what is no ZIP file, is encrypted, holds a part twice, or unpacks to
    more than 50 MB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT:
                raise ValueError("unpacks to more than 50 MB")
            parts = {entry.filename: package.read(entry) for entry in entries}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise ValueError(f"no readable ZIP file: {error}") from error
    if len(parts) != len(entries):
        raise ValueError("holds a part twice")
    return parts


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
