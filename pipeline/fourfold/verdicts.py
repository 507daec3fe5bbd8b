"""Verdicts: what one rule found of one dossier, with what was compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

_MOST_LINES: Final = 6
_MOST_SIGNS: Final = 160
RETURNED: Final = "退回"


class Outcome(StrEnum):
    """What a rule came to."""

    PASSED = "通过"
    FAILED = "不通过"
    NOT_APPLICABLE = "不适用"
    BY_PEOPLE = "人工"


class Checkpoint(StrEnum):
    """When a dossier is examined; the value is the word of the rule file."""

    FILING = "归档"
    HANDOVER = "移交"
    KEEPING = "保存"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule found: the evidence says what was compared, in Chinese, with its values."""

    outcome: Outcome
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict under its rule."""

    code: str
    title: str
    property: str
    basis: str
    verdict: Verdict

    def evidence(self) -> str:
        """Return the evidence as it is printed: long lists and long lines are cut, and say so."""
        lines = [_cut(each) for each in self.verdict.evidence[:_MOST_LINES]]
        more = len(self.verdict.evidence) - _MOST_LINES
        if more > 0:
            lines.append(f"另有 {more} 项，见 guidang archive examine --json")
        return "；".join(lines)

    def said(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "code": self.code,
            "title": self.title,
            "property": self.property,
            "basis": self.basis,
            "result": self.verdict.outcome.value,
            "evidence": list(self.verdict.evidence),
        }


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_SIGNS else f"{text[:_MOST_SIGNS]}……"


def judged(problems: Iterable[str], *compared: str) -> Verdict:
    """Return 不通过 with the problems where there is one, else 通过 with what was compared."""
    found = tuple(problems)
    if found:
        return Verdict(Outcome.FAILED, found)
    return Verdict(Outcome.PASSED, compared)


def not_applicable(why: str) -> Verdict:
    """Return that there is nothing here for the rule to look at."""
    return Verdict(Outcome.NOT_APPLICABLE, (why,))


def by_people(why: str) -> Verdict:
    """Return that a person must look, and why the system cannot."""
    return Verdict(Outcome.BY_PEOPLE, (why,))
