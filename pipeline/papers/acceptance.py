"""Acceptance: the paper that says the work of a filed contract was accepted (验收报告)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.failures import ContractNeeded
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.agreed import acceptance_terms
from pipeline.intake.refusal import OrderRefused
from pipeline.papers.following import FollowingPaper
from pipeline.papers.standing import Filed, Standing
from templates.agreements import Power
from templates.checking import check_acceptance
from templates.checks.grounds import Grounds
from templates.errors import Finding, Level
from templates.fields import Fields, acceptance_fields
from templates.terms import AcceptanceTerms
from templates.wording import chinese_date

PASSED = "合格"


@dataclass(frozen=True)
class AcceptancePaper(FollowingPaper[AcceptanceForm]):
    """An acceptance report on a contract that stands on the shelf."""

    kind = "acceptance"
    word = "验收报告"

    @classmethod
    def of(cls, form: AcceptanceForm, standing: Standing) -> AcceptancePaper:
        """Return the report `form` asks for, measured by the contract as changed.

        Raises ContractNeeded while a round, a change on its way or a power of attorney comes
        first, OrderRefused after the end or after the work was accepted.
        """
        standing.refuse_after_end(cls.word)
        _follow_the_rounds(form, standing.reports)
        for paper in standing.under_way:
            if paper.kind == "change" and paper.is_moving:
                raise ContractNeeded(f"第 {paper.turn} 号变更协议正在办理")
        standing.need_authority(form.signatory, Power.ACCEPT)
        return cls(form=form, standing=standing)

    @property
    def terms(self) -> AcceptanceTerms:
        """Return what the report says."""
        return acceptance_terms(
            self.form,
            self.contract,
            self.standing.number,
            history=_history(self.standing.reports),
            amendments=tuple(each.number for each in self.standing.changes),
        )

    @property
    def title(self) -> str:
        """Return parties, project and round, in full."""
        return (
            f"{self.party_a}与{self.party_b}关于{self.contract.project_name}的"
            f"验收报告（第{self.form.round}次）"
        )

    @property
    def copies(self) -> int:
        """Return the originals of both parties."""
        return self.form.copies.total

    def formed_on(self, numbered_on: date) -> date:
        """Return the day of acceptance the report states."""
        del numbered_on
        return self.form.accepted_on

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return what the acceptance checks find."""
        return check_acceptance(self.terms, grounds) + self.standing.signatory_findings(
            self.form.signatory, Power.ACCEPT, on=grounds.on, amount=Decimal(0)
        )

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return the report's fields."""
        return acceptance_fields(self.terms, defaults)

    def description(self) -> dict[str, Any]:
        """Return the contract's metadata and what was accepted when."""
        return super().description() | {
            "round": self.form.round,
            "conclusion": self.form.conclusion,
            "accepted_on": self.form.accepted_on.isoformat(),
        }


def _follow_the_rounds(form: AcceptanceForm, earlier: Sequence[Filed[AcceptanceForm]]) -> None:
    """Refuse a round after the work was accepted; let one wait for the round before it."""
    for report in earlier:
        if report.form.conclusion == PASSED:
            message = f"验收报告 {report.number} 已作出“合格”结论，不能再出具新一次验收报告"
            raise OrderRefused([Finding("P-503", Level.BLOCK, "round", message)])
    if form.round > len(earlier) + 1:
        raise ContractNeeded(f"第 {len(earlier) + 1} 次验收报告")


def _history(earlier: Sequence[Filed[AcceptanceForm]]) -> str:
    """Return what the report says of the rounds before it."""
    if not earlier:
        return "本次为首次验收"
    return "；".join(
        f"第 {report.form.round} 次验收（{chinese_date(report.formed_on)}）"
        f"结论：{report.form.conclusion}"
        for report in earlier
    )
