"""Evidence: what was proved of a finished document, as a record to be kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORMAT = 2
"""The form of the record; the first had no fields by name."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was proved, and how far it went."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: in the Word file, and on which page of the PDF (0: on every page)."""

    word: str
    page: int


@dataclass(frozen=True, slots=True)
class ProvedField:
    """A field as it was read back."""

    path: str
    label: str
    value: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved of a finished document; kept beside it as a record.

    `readers` says of each reader of the PDF whether it read it alike; `digests` are the SHA-256
    of every file that was compared.
    """

    number: str
    title: str
    fields: tuple[ProvedField, ...]
    paragraphs: int
    pages: int
    checks: tuple[Check, ...]
    readers: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the proof as JSON values; the same document gives the same proof."""
        return {
            "format": FORMAT,
            "number": self.number,
            "title": self.title,
            "field_count": len(self.fields),
            "fields": [
                {
                    "path": each.path,
                    "label": each.label,
                    "value": each.value,
                    "places": [{"word": place.word, "page": place.page} for place in each.places],
                }
                for each in self.fields
            ],
            "paragraphs": self.paragraphs,
            "pages": self.pages,
            "checks": [
                {"code": each.code, "verdict": "pass", "detail": each.detail}
                for each in self.checks
            ],
            "readers": dict(self.readers),
            "digests": dict(self.digests),
        }
