"""Countersigning: the original both parties signed, beside the file this firm sealed (签署件)."""

from __future__ import annotations

from typing import Final

COUNTERSIGNED: Final = "countersigned"
COUNTERSIGNED_TEXT: Final = "countersigned_text"
"""The roles of the countersigned original, and of what was read off its pictures."""
ACTION: Final = "record:countersigned"
