"""Remarks: findings written in one word of code."""

from __future__ import annotations

from templates.errors import Finding, Level


def block(code: str, place: str, message: str) -> Finding:
    """Return a finding that stops the document."""
    return Finding(code, Level.BLOCK, place, message)


def warn(code: str, place: str, message: str) -> Finding:
    """Return a finding that is shown and recorded."""
    return Finding(code, Level.WARN, place, message)
