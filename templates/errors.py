"""Errors: what can go wrong with templates and documents, named by consequence.

TemplateError
  TermsRefused       input      the sender corrects the order (findings say where)
  TemplateUnfit      rule       the template is broken, altered or not in force
  ProofFailed        integrity  a finished document does not say what it should
    DocumentUnreadable          it cannot be opened, or not without danger
  RenderingFailed    temporary  the converter hung, crashed or gave garbage
  RendererMissing    stop       no LibreOffice, or the fonts are not there
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a finding does: block stops the document, warn is shown and recorded."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found, for a clerk: `message` is Chinese and says what to do.

    `title` and `basis` are those of the rule that governs it; blank where no rule does.
    """

    code: str
    level: Level
    place: str
    message: str
    title: str = ""
    basis: str = ""


class TemplateError(Exception):
    """Any failure of this package."""


class TermsRefused(TemplateError):
    """The terms cannot be put into a document; carries every finding at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{f.code} {f.place}: {f.message}" for f in findings))
        self.findings = tuple(findings)


class TemplateUnfit(TemplateError):
    """A template is broken, was altered, or is not in force on that day."""

    def __init__(self, template: str, problems: Sequence[str]) -> None:
        super().__init__(f"{template}: " + "; ".join(problems))
        self.template = template
        self.problems = tuple(problems)


class ProofFailed(TemplateError):
    """A finished document differs from what it should say; `differences` name the places."""

    def __init__(self, differences: Sequence[str]) -> None:
        super().__init__("; ".join(differences))
        self.differences = tuple(differences)


class DocumentUnreadable(ProofFailed):
    """A file is damaged, hostile or too large to be read back; it proves nothing."""


class RenderingFailed(TemplateError):
    """A converter gave no usable PDF: it hung, crashed, or its output is incomplete."""


class RendererMissing(TemplateError):
    """LibreOffice or the fonts a document needs are not installed."""
