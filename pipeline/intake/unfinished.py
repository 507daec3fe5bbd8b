"""Unfinished: a file that ends in the middle."""

from __future__ import annotations


class Unfinished(Exception):
    """The bytes end in the middle: perhaps the file is still being written."""
