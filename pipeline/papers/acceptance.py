"""Acceptance: the paper that says the work of a filed contract was accepted (验收报告)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from archive.routes import UpstreamApproval
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.agreed import acceptance_terms, upstream_approvals
from pipeline.intake.order import OrderForm
from pipeline.papers.contract import ContractPaper, contract_description
from templates.checking import check_acceptance
from templates.checks.grounds import Grounds
from templates.errors import Finding
from templates.fields import Fields, acceptance_fields
from templates.terms import AcceptanceTerms


@dataclass(frozen=True, slots=True)
class AcceptancePaper:
    """An acceptance report on a contract that stands on the shelf."""

    form: AcceptanceForm
    contract: ContractPaper
    contract_number: str
    terms: AcceptanceTerms

    kind = "acceptance"

    @classmethod
    def of(
        cls, form: AcceptanceForm, order: OrderForm, contract_number: str, *, history: str
    ) -> AcceptancePaper:
        """Return the report `form` asks for, on the contract made from `order`."""
        contract = ContractPaper.of(order)
        terms = acceptance_terms(form, contract.terms, contract_number, history=history)
        return cls(form=form, contract=contract, contract_number=contract_number, terms=terms)

    @property
    def order_no(self) -> str:
        """Return the contract's order."""
        return self.contract.order_no

    @property
    def round(self) -> int:
        """Return the round."""
        return self.form.round

    @property
    def type_code(self) -> str:
        """Return the contract's type."""
        return self.contract.type_code

    @property
    def title(self) -> str:
        """Return parties, project and round, in full."""
        return (
            f"{self.party_a}与{self.party_b}关于{self.terms.contract.project_name}的"
            f"验收报告（第{self.form.round}次）"
        )

    @property
    def party_a(self) -> str:
        """Return the client."""
        return self.contract.party_a

    @property
    def party_b(self) -> str:
        """Return the firm."""
        return self.contract.party_b

    @property
    def amount(self) -> Decimal | None:
        """Return the contract's price, which the report repeats."""
        return self.contract.amount

    @property
    def template(self) -> tuple[str, str]:
        """Return the report's template."""
        return self.form.template, self.form.template_version

    @property
    def secrecy(self) -> str:
        """Return the contract's secrecy."""
        return self.contract.secrecy

    @property
    def department(self) -> tuple[str, str]:
        """Return the project's department."""
        return self.contract.department

    @property
    def retention_class(self) -> str | None:
        """Return the contract's class: one dossier has one period."""
        return self.contract.retention_class

    @property
    def copies(self) -> int:
        """Return the originals of both parties."""
        return self.form.copies.total

    @property
    def approvals(self) -> tuple[UpstreamApproval, ...]:
        """Return the decisions inside the file."""
        return upstream_approvals(self.form.approvals)

    def formed_on(self, numbered_on: date) -> date:
        """Return the day of acceptance the report states."""
        del numbered_on
        return self.form.accepted_on

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return what the acceptance checks find."""
        return check_acceptance(self.terms, grounds)

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return the report's fields."""
        return acceptance_fields(self.terms, defaults)

    def number_parts(self, company_prefix: str) -> Mapping[str, str]:
        """Return the contract's number and the round."""
        del company_prefix
        return {"parent": self.contract_number, "round": str(self.form.round)}

    def description(self) -> dict[str, Any]:
        """Return the contract's metadata and what was accepted when."""
        return contract_description(self.terms.contract) | {
            "contract_number": self.contract_number,
            "round": self.form.round,
            "conclusion": self.form.conclusion,
            "accepted_on": self.form.accepted_on.isoformat(),
            "department": self.department[0],
        }
