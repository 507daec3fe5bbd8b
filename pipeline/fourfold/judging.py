"""Judging: every rule of a checkpoint upon one dossier, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline.fourfold import (
    annexes,
    codes,
    dates,
    safety,
    truecontent,
    truth,
    usability,
    wholeness,
)
from pipeline.fourfold.exhibit import UNREADABLE, Exhibit
from pipeline.fourfold.means import Means
from pipeline.fourfold.measuring import TooLarge
from pipeline.fourfold.rules import FourfoldRules, Rule
from pipeline.fourfold.verdicts import (
    RETURNED,
    Checkpoint,
    Finding,
    Outcome,
    Verdict,
    by_people,
    judged,
    not_applicable,
)

SCHEMA: Final = "guidang.fourfold/1"

CHECKS: Final[Mapping[str, Callable[[Exhibit, Means], Verdict]]] = {
    "ZS01": truth.fixed,
    "ZS02": truth.signed,
    "ZS03": truth.shaped,
    "ZS04": truth.plain,
    "ZS05": dates.dated,
    "ZS06": codes.coded,
    "ZS07": codes.unique,
    "ZS08": truth.described,
    "ZS09": truth.linked,
    "ZS10": truth.packaged,
    "ZS11": truecontent.says_so,
    "ZS12": truecontent.decided,
    "ZS13": truecontent.stamped,
    "WZ01": wholeness.counted,
    "WZ02": wholeness.required,
    "WZ03": wholeness.told_through,
    "WZ04": wholeness.running,
    "WZ05": annexes.annexed,
    "WZ06": wholeness.paged,
    "WZ07": wholeness.complete,
    "WZ08": wholeness.in_scope,
    "WZ09": wholeness.examined_before,
    "KY01": usability.readable,
    "KY02": usability.opened,
    "KY03": usability.embedded,
    "KY04": usability.texted,
    "KY05": usability.inert,
    "KY06": usability.lasting,
    "KY07": usability.sharp,
    "KY08": usability.programmed,
    "AQ01": safety.clean,
    "AQ02": safety.nothing_else,
    "AQ03": safety.unbroken,
    "AQ04": safety.unwritten,
    "AQ05": safety.by_hand,
}
"""One small function a rule; what may be asked of it stands in rules/fourfold.toml."""

_FIRST: Final = "KY01"


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found of one dossier at one checkpoint, under one version of the rules."""

    code: str
    checkpoint: Checkpoint
    rules_version: str
    rules_digest: str
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Return what was not passed."""
        return tuple(f for f in self.findings if f.verdict.outcome is Outcome.FAILED)

    @property
    def conclusion(self) -> str:
        """Return 退回 where anything was not passed, 待人工 where people must look, or 通过."""
        if self.failed:
            return RETURNED
        waits = any(f.verdict.outcome is Outcome.BY_PEOPLE for f in self.findings)
        return "待人工" if waits else "通过"

    def said(self) -> dict[str, Any]:
        """Return it as JSON values; the same findings, the same bytes."""
        return {
            "schema": SCHEMA,
            "code": self.code,
            "checkpoint": self.checkpoint.value,
            "rules": {"version": self.rules_version, "sha256": self.rules_digest},
            "conclusion": self.conclusion,
            "findings": [finding.said() for finding in self.findings],
        }


def judge(
    exhibit: Exhibit, rules: FourfoldRules, checkpoint: Checkpoint, means: Means
) -> Examination:
    """Return what every rule of `checkpoint` finds; a dossier that lies stops none of them."""
    findings = [
        Finding(rule.code, rule.title, rule.property, rule.basis, _verdict(rule, exhibit, means))
        for rule in rules.at(checkpoint)
    ]
    return Examination(exhibit.code, checkpoint, rules.version, rules.digest, tuple(findings))


def _verdict(rule: Rule, exhibit: Exhibit, means: Means) -> Verdict:
    if rule.by_people:
        return by_people("按规则由档案员检测")
    if exhibit.unreadable and rule.code != _FIRST:
        return not_applicable("元数据读不出，未检（见 KY01）")
    try:
        return CHECKS[rule.code](exhibit, means)
    except TooLarge as error:
        return by_people(f"{error}，须由人工检测")
    except UNREADABLE as error:
        return judged([f"检测中断，案卷内容与其元数据不符：{type(error).__name__}：{error}"])
