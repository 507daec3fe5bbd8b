"""Authority: the paper by which the firm empowers somebody for a contract (授权委托书)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.intake.authority import AuthorityForm
from pipeline.papers.agreements import authority_terms
from pipeline.papers.following import FollowingPaper
from pipeline.papers.standing import Standing
from templates.agreements import AuthorityTerms
from templates.checking import check_authority, check_authority_for_contract
from templates.checks.grounds import Grounds
from templates.errors import Finding
from templates.fields import Fields, authority_fields


@dataclass(frozen=True)
class AuthorityPaper(FollowingPaper[AuthorityForm]):
    """A power of attorney; the firm, party B of the contract, is the principal."""

    kind = "authority"
    word = "授权委托书"

    @classmethod
    def of(cls, form: AuthorityForm, standing: Standing) -> AuthorityPaper:
        """Return the power of attorney `form` asks for."""
        return cls(form=form, standing=standing)

    @property
    def terms(self) -> AuthorityTerms:
        """Return what it says."""
        return authority_terms(self.form, self.contract, self.standing.number)

    @property
    def title(self) -> str:
        """Return principal, agent, project and place, in full."""
        return (
            f"{self.party_b}关于{self.contract.project_name}委托{self.form.agent_name}的"
            f"授权委托书（第{self.form.seq}号）"
        )

    @property
    def responsible(self) -> str:
        """Return the principal alone: it is the firm's own declaration."""
        return self.party_b

    @property
    def amount(self) -> Decimal | None:
        """Return the limit."""
        return self.form.limit

    @property
    def copies(self) -> int:
        """Return the originals."""
        return self.form.copies

    def formed_on(self, numbered_on: date) -> date:
        """Return the day the text was settled."""
        return numbered_on

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return what the checks find: the powers, whether they reach, who approved them."""
        approvers = [each.by.name for each in self.form.approvals if "起草" not in each.step]
        return (
            *check_authority(self.terms),
            *check_authority_for_contract(
                self.terms, self.contract, on=grounds.on, approvers=approvers
            ),
        )

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return its fields."""
        return authority_fields(self.terms, defaults)

    def description(self) -> dict[str, Any]:
        """Return the contract's metadata, and who may do what until when."""
        said = super().description()
        return said | {
            "amount": {"currency": said["amount"]["currency"], "total": str(self.form.limit)},
            "seq": self.form.seq,
            "agent": self.form.agent_name,
            "powers": list(self.form.powers),
            "start": self.form.start.isoformat(),
            "end": self.form.end.isoformat(),
        }
