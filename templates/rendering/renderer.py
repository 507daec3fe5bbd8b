"""Renderer: what turns a finished Word document into a PDF/A-2b."""

from __future__ import annotations

from typing import Protocol


class Renderer(Protocol):
    """The edge to the converter outside; safe to use from many threads."""

    def render(self, docx: bytes) -> bytes:
        """Return `docx` as a PDF/A-2b; raises RenderingFailed where none came out.

        Raises ProofFailed where a character has no glyph: it would be printed as a box.
        """

    def warm(self) -> None:
        """Start now what would otherwise start with the first document."""

    def close(self) -> None:
        """Stop everything that was started; closing twice is harmless."""
