"""Findings: how a fault of a Word file is reported, by code."""

from __future__ import annotations

from templates.errors import Finding, Level

WHOLE = "全文"
"""The place of what concerns the whole file."""


def blocks(code: str, place: str, message: str) -> Finding:
    """Return a finding that keeps the file from being registered."""
    return Finding(code=code, level=Level.BLOCK, place=place, message=message)


def warns(code: str, place: str, message: str) -> Finding:
    """Return a finding to be looked at."""
    return Finding(code=code, level=Level.WARN, place=place, message=message)
