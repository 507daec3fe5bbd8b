"""Measuring: a file's size, digests and first bytes, read in pieces and never held whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final

from archive.digests import running
from archive.filetypes import MOST_BYTES

_PIECE: Final = 1 << 20
_HEAD: Final = 64

Opened = Callable[[str], IO[bytes]]


class TooLarge(ValueError):
    """A file is larger than an engine is given whole; what pieces can prove was proved."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What pieces tell of a file; `head` are its first bytes."""

    size: int
    sha256: str
    sm3: str
    head: bytes


def measured(file: IO[bytes]) -> Measured:
    """Return what the open file is, read to its end; raises OSError."""
    digests = running("sha256"), running("sm3")
    size, head = 0, b""
    while piece := file.read(_PIECE):
        head = head or piece[:_HEAD]
        size += len(piece)
        for digest in digests:
            digest.update(piece)
    return Measured(size, digests[0].hexdigest(), digests[1].hexdigest(), head)


def whole(file: IO[bytes]) -> bytes:
    """Return the bytes of an open file for an engine that needs all of them; raises TooLarge."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLarge(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，不整个读入")
    return content
