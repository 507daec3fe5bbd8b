"""Digests: what bytes are known by (摘要): SHA-512 on the shelf, SHA-256 and SM3 beside."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from archive.sm3 import Sm3

_PIECE: Final = 1 << 18
_OWN: Final = threading.local()
_MADE: Final = {"sha512": hashlib.sha512, "sha256": hashlib.sha256}


class Running(Protocol):
    """A digest under way, used like one of hashlib's."""

    def update(self, content: bytes | memoryview, /) -> None:
        """Take in `content`."""

    def hexdigest(self) -> str:
        """Return the digest of what was taken in so far."""


def sha256(content: bytes) -> str:
    """Return the SHA-256 of `content` in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def sha512(content: bytes) -> str:
    """Return the SHA-512 of `content` in lower-case hex."""
    return hashlib.sha512(content).hexdigest()


def sm3(content: bytes) -> str:
    """Return the SM3 of `content` (GB/T 32905-2016) in lower-case hex."""
    digest = running("sm3")
    digest.update(content)
    return digest.hexdigest()


def file_digests(
    path: str | Path, algorithms: Sequence[str], after_piece: Callable[[], None] = lambda: None
) -> tuple[str, ...]:
    """Return the digests of the file at `path`, opened and read once, in pieces.

    Python's lock is free while a piece is digested: threads share the work. `after_piece` hears
    that it goes on. A link is not followed: raises OSError.
    """
    digests = [running(algorithm) for algorithm in algorithms]
    buffer = _buffer()
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        while size := os.readv(handle, [buffer]):
            piece = buffer[:size]
            for digest in digests:
                digest.update(piece)
            after_piece()
    finally:
        os.close(handle)
    return tuple(digest.hexdigest() for digest in digests)


def _buffer() -> memoryview:
    """Return this thread's own buffer: nothing is allocated for each file."""
    buffer: memoryview | None = getattr(_OWN, "buffer", None)
    if buffer is None:
        buffer = _OWN.buffer = memoryview(bytearray(_PIECE))
    return buffer


def running(algorithm: str) -> Running:
    """Return a digest of that name (sha256, sha512, sm3) that has taken in nothing yet."""
    if algorithm == "sm3" and "sm3" not in hashlib.algorithms_available:
        return Sm3()
    ours: Callable[[], Running] | None = _MADE.get(algorithm)
    return ours() if ours else hashlib.new(algorithm)
