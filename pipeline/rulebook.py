"""Rulebook: the rule files of a home, each read by the trade it is for (规则文件)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from archive.completeness import CompletenessRules
from archive.errors import RulesUnfit
from archive.fileplan import FilePlan
from archive.inspectionrules import InspectionRules
from archive.numbering import NumberingRules
from archive.paperrules import PaperRules
from archive.retentionrules import RetentionRules
from archive.routes import ApprovalRules
from archive.seals import SealRules
from archive.signingrules import SigningRules
from pipeline.accessrules import AccessRules
from pipeline.checkrules import load_check_rules
from pipeline.fourfold.rules import FourfoldRules
from pipeline.intake.customers import CustomerRules
from templates.checks.rules import CheckRules


class Rules(Protocol):
    """What every set of rules has, whatever it is about."""

    @property
    def version(self) -> str:
        """Return the version its file states."""

    @property
    def digest(self) -> str:
        """Return the SHA-256 of its file."""


READERS: Final[Mapping[str, Callable[[Path], Rules]]] = {
    "access": AccessRules.load,
    "approvals": ApprovalRules.load,
    "checks": load_check_rules,
    "completeness": CompletenessRules.load,
    "customers": CustomerRules.load,
    "fileplan": FilePlan.load,
    "fourfold": FourfoldRules.load,
    "inspection": InspectionRules.load,
    "numbering": NumberingRules.load,
    "paper": PaperRules.load,
    "retention": RetentionRules.load,
    "seals": SealRules.load,
    "signing": lambda path: SigningRules.load(path, home=path.parent.parent),
}
"""By the name of the file, without .toml; a file stands in the rules folder of its home."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of reading one rule file; `problem` is Chinese and blank where it may be used."""

    file: Path
    version: str = ""
    digest: str = ""
    problem: str = ""


def read_rules(file: Path, *, on: date) -> Reading:
    """Return whether the rule file `file` could be used on the day `on`; it is read, no more.

    What it is about is told by its name: checks.toml, or a copy such as checks.新.toml.
    """
    reader = READERS.get(file.name.partition(".")[0])
    if reader is None:
        return Reading(file, problem=f"不认识的规则文件；文件名应以 {'、'.join(READERS)} 之一开头")
    try:
        rules = reader(file)
    except RulesUnfit as error:
        return Reading(file, problem=str(error))
    problem = rules.problem_on(on) if isinstance(rules, CheckRules) else None
    return Reading(file, rules.version, rules.digest, problem or "")
