"""Paper ticket: what the QR on page one says, by which a paper is checked (验真码)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote, unquote

_PLAIN: Final = re.compile(r"guidang:1:([^:\s]+):([0-9a-f]{64})")
_LINKED: Final = re.compile(r"(https?://\S+)/([^/\s?#]+)/([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class PaperTicket:
    """Number and digest of the approved terms, and where they are checked, None for nowhere.

    ``guidang:1:NUMBER:DIGEST``, or ``ADDRESS/NUMBER/DIGEST`` where the firm has an address.
    """

    number: str
    digest: str
    address: str | None = None

    def __str__(self) -> str:
        if self.address is None:
            return f"guidang:1:{self.number}:{self.digest}"
        return f"{self.address.rstrip('/')}/{quote(self.number, safe='')}/{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a QR code said; raises ValueError."""
        if found := _PLAIN.fullmatch(text.strip()):
            return cls(number=found[1], digest=found[2])
        if found := _LINKED.fullmatch(text.strip()):
            return cls(number=unquote(found[2]), digest=found[3], address=found[1])
        raise ValueError(f"{text[:80]!r} is no ticket")
