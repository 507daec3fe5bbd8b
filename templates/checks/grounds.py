"""Grounds: what terms are judged by (审查依据)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from templates.checks.rules import CheckRules


@dataclass(frozen=True, slots=True)
class Grounds:
    """The day of the check, the rules in force, and who the firm is, which is always party B.

    Without a name or a code of the firm, who party B is is not compared.
    """

    on: date
    rules: CheckRules
    firm_name: str | None = None
    firm_uscc: str | None = None
