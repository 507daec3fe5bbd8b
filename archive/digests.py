"""Digests: what bytes are known by (摘要): SHA-512 on the shelf, SHA-256 and SM3 beside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from archive.sm3 import Sm3

_PIECE: Final = 1 << 20


class _Running(Protocol):
    def update(self, content: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def sha256(content: bytes) -> str:
    """Return the SHA-256 of `content` in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def sha512(content: bytes) -> str:
    """Return the SHA-512 of `content` in lower-case hex."""
    return hashlib.sha512(content).hexdigest()


def sm3(content: bytes) -> str:
    """Return the SM3 of `content` (GB/T 32905-2016) in lower-case hex."""
    running = _running("sm3")
    running.update(content)
    return running.hexdigest()


def file_digests(path: Path, algorithms: Sequence[str]) -> tuple[str, ...]:
    """Return the digests of the file at `path`, read once in pieces.

    Python's lock is free while a piece is digested: threads share the work.
    """
    running = [_running(algorithm) for algorithm in algorithms]
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            for digest in running:
                digest.update(piece)
    return tuple(digest.hexdigest() for digest in running)


def _running(algorithm: str) -> _Running:
    if algorithm == "sm3" and "sm3" not in hashlib.algorithms_available:
        return Sm3()
    return hashlib.new(algorithm)
