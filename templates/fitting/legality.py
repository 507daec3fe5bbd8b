"""Legality: the checks of the company's list that are questions to the template (K08 … K19)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from templates.catalogue import Template
from templates.checks.rules import Figures
from templates.errors import Finding
from templates.fitting.legaltext import check_wording
from templates.fitting.outline import Outline, check_outline
from templates.fitting.places import lines_of
from templates.fitting.signingpage import check_pages
from templates.fitting.styles import Styles
from templates.wordfile import Wordfile

_KEPT = 64


def clauses_of(kind: str, types: Iterable[str], figures: Figures) -> tuple[str, ...]:
    """Return the topics a text of `kind` must treat that serves contracts of `types`."""
    found = (clause for key in (kind, *types) for clause in figures.clauses.get(key, ()))
    return tuple(dict.fromkeys(found))


def legal_findings(content: bytes, kind: str, clauses: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return what a legal officer would find in the Word file `content`, tags and all.

    Faults and doubts as the checks call them: the rules weigh them. Raises DocumentUnreadable.
    """
    wordfile = Wordfile.open(content)
    lines = lines_of(wordfile)
    body = [line for line in lines if line.kind == "body"]
    found = list(check_pages(lines, kind))
    if kind == "contract":
        found += check_wording(body, Styles.of(wordfile), clauses)
        found += check_outline(Outline.of(line.text for line in body))
    return tuple(found)


def findings_of(template: Template, clauses: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return the legal findings of a registered template."""
    return _findings(template.path, template.digest, template.kind, clauses)


def outline_of(template: Template) -> Outline:
    """Return the outline of a registered template."""
    return _outline(template.path, template.digest)


# A registered text never changes: the digest is part of the key and needs no other use.
@lru_cache(maxsize=_KEPT)
def _findings(path: Path, _digest: str, kind: str, clauses: tuple[str, ...]) -> tuple[Finding, ...]:
    return legal_findings(path.read_bytes(), kind, clauses)


@lru_cache(maxsize=_KEPT)
def _outline(path: Path, _digest: str) -> Outline:
    lines = lines_of(Wordfile.open(path.read_bytes()))
    return Outline.of(line.text for line in lines if line.kind == "body")
