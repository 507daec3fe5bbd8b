"""Mapped: Whoosh's files read through memory maps, which stay whole when a writer removes them."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

from index.engines.quiet import FileStorage, StructFile


class _MappedFile(StructFile):  # type: ignore[misc]  # Whoosh has no types
    """A file whose parts are slices of a map; Whoosh's own seeks and reads for each."""

    def get(self, position: int, length: int) -> bytes:
        """Return `length` bytes from `position`."""
        content: bytes = self.file[position : position + length]
        return content


class MappedStorage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """A folder of files to read; none is held open."""

    def open_file(self, name: str, **_: Any) -> _MappedFile:
        """Return the file `name`; raises FileNotFoundError, ValueError if it is empty."""
        with (Path(self.folder) / name).open("rb") as file:
            return _MappedFile(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), name=name)
