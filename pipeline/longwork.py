"""Long work: how far something has come that goes over the whole archive."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[str, int], None]
"""Hears the name of what is being done (Chinese) and how many are done so far."""


def told_to_nobody(what: str, done: int) -> None:
    """Hear and say nothing."""
    del what, done
