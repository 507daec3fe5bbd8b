"""Zipping: a written package as one file, for whoever takes no folder (打包)."""

from __future__ import annotations

import os
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final

from archive.days import BUSINESS_ZONE

_PIECE: Final = 1 << 20
_PLAIN: Final = 0o100644 << 16


def zip_folder(folder: Path, target: Path, *, name: str, at: datetime) -> None:
    """Write every file of `folder` into the new ZIP file `target`, below one folder `name`.

    In pieces, dated `at`, in the order of names: the same package, the same bytes. Durable when it
    returns; raises OSError.
    """
    moment = at.astimezone(BUSINESS_ZONE).timetuple()[:6]
    with target.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(each for each in folder.rglob("*") if each.is_file()):
                entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", moment)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _PLAIN
                entry.file_size = path.stat().st_size  # beyond 4 GB it is written as ZIP64
                with path.open("rb") as read, packed.open(entry, "w") as written:
                    shutil.copyfileobj(read, written, _PIECE)
        file.flush()
        os.fsync(file.fileno())
