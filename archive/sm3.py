"""SM3: the national digest GB/T 32905-2016, where OpenSSL does not bring it."""

from __future__ import annotations

import struct
from typing import Final

_WORD: Final = 0xFFFFFFFF
_START: Final = (
    0x7380166F,
    0x4914B2B9,
    0x172442D7,
    0xDA8A0600,
    0xA96F30BC,
    0x163138AA,
    0xE38DEE4D,
    0xB0FB0E4E,
)
_BLOCK: Final = 64
_EARLY: Final = 16
_ROUNDS: Final = 64


def _rotated(word: int, by: int) -> int:
    by %= 32
    return ((word << by) | (word >> (32 - by))) & _WORD


_CONSTANTS: Final = tuple(
    _rotated(0x79CC4519 if turn < _EARLY else 0x7A879D8A, turn) for turn in range(_ROUNDS)
)


class Sm3:
    """A running SM3, used like one of hashlib's: some hundred times slower than OpenSSL's."""

    def __init__(self, content: bytes = b"") -> None:
        self._state: tuple[int, ...] = _START
        self._pending = b""
        self._length = 0
        self.update(content)

    def update(self, content: bytes | memoryview) -> None:
        """Take in `content`."""
        self._length += len(content)
        pending = self._pending + content
        whole = len(pending) - len(pending) % _BLOCK
        for at in range(0, whole, _BLOCK):
            self._state = _compressed(self._state, pending[at : at + _BLOCK])
        self._pending = pending[whole:]

    def hexdigest(self) -> str:
        """Return the digest of what was taken in so far, in 64 lower-case hex digits."""
        padding = b"\x80" + b"\x00" * ((55 - self._length) % _BLOCK)
        last = self._pending + padding + struct.pack(">Q", self._length * 8)
        state = self._state
        for at in range(0, len(last), _BLOCK):
            state = _compressed(state, last[at : at + _BLOCK])
        return struct.pack(">8I", *state).hex()


def _compressed(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    """Return `state` after `block` (GB/T 32905-2016, 5.3)."""
    words = _expanded(block)
    a, b, c, d, e, f, g, h = state
    for turn in range(_ROUNDS):
        first = _rotated((_rotated(a, 12) + e + _CONSTANTS[turn]) & _WORD, 7)
        second = first ^ _rotated(a, 12)
        if turn < _EARLY:
            left, right = a ^ b ^ c, e ^ f ^ g
        else:
            left, right = (a & b) | (a & c) | (b & c), (e & f) | (~e & _WORD & g)
        new_a = (left + d + second + (words[turn] ^ words[turn + 4])) & _WORD
        new_e = (right + h + first + words[turn]) & _WORD
        a, b, c, d = new_a, a, _rotated(b, 9), c
        e, f, g, h = new_e ^ _rotated(new_e, 9) ^ _rotated(new_e, 17), e, _rotated(f, 19), g
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))


def _expanded(block: bytes) -> list[int]:
    words = list(struct.unpack(">16I", block))
    for at in range(16, 68):
        mixed = words[at - 16] ^ words[at - 9] ^ _rotated(words[at - 3], 15)
        mixed ^= _rotated(mixed, 15) ^ _rotated(mixed, 23)
        words.append((mixed ^ _rotated(words[at - 13], 7) ^ words[at - 6]) & _WORD)
    return words
