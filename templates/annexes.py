"""Annexes: which annexes a text names as its own, and which of them follow it (附件)."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = "[一二三四五六七八九十]+"
_NAMED: Final = re.compile(rf"附件({_NUMBER})《")
_HEADED: Final = re.compile(rf"^附件({_NUMBER})\u3000\S", re.MULTILINE)


def named_annexes(text: str) -> tuple[str, ...]:
    """Return the numbers of the annexes a text lists with their names, in its order, each once."""
    return tuple(dict.fromkeys(_NAMED.findall(text)))


def headed_annexes(text: str) -> frozenset[str]:
    """Return the numbers of the annexes that stand in the text under a heading of their own."""
    return frozenset(_HEADED.findall(text))
