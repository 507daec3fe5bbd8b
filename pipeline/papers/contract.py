"""Contract: the paper drawn up from an order (合同)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from archive.days import business_day
from archive.routes import UpstreamApproval
from pipeline.intake.agreed import contract_terms, upstream_approvals
from pipeline.intake.order import OrderForm
from templates.checking import check_contract
from templates.checks.chains import Dated, check_after
from templates.checks.grounds import Grounds
from templates.errors import Finding
from templates.fields import Fields, contract_fields
from templates.terms import ContractTerms, Party


@dataclass(frozen=True, slots=True)
class ContractPaper:
    """A contract as its order asks for it."""

    order: OrderForm
    terms: ContractTerms

    kind = "contract"
    round = 0
    opens = True
    basis: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def of(cls, order: OrderForm) -> ContractPaper:
        """Return the contract that `order` asks for."""
        return cls(order=order, terms=contract_terms(order))

    @property
    def order_no(self) -> str:
        """Return the order's own number."""
        return self.order.order_no

    @property
    def type_code(self) -> str:
        """Return the contract type."""
        return self.order.contract.type

    @property
    def title(self) -> str:
        """Return parties, project and type, in full (DA/T 22-2015: the full title)."""
        return (
            f"{self.party_a}与{self.party_b}关于{self.order.project.name}的"
            f"{self.order.contract.type_name}"
        )

    @property
    def party_a(self) -> str:
        """Return the client."""
        return self.order.party_a.name

    @property
    def party_b(self) -> str:
        """Return the firm."""
        return self.order.party_b.name

    @property
    def responsible(self) -> str:
        """Return both parties (责任者)."""
        return f"{self.party_a}、{self.party_b}"

    @property
    def amount(self) -> Decimal | None:
        """Return the price, tax included."""
        return self.order.amount.total

    @property
    def template(self) -> tuple[str, str]:
        """Return the template the order names."""
        return self.order.contract.template, self.order.contract.template_version

    @property
    def secrecy(self) -> str:
        """Return the secrecy the order names."""
        return self.order.contract.secrecy

    @property
    def department(self) -> tuple[str, str]:
        """Return the project's department."""
        return self.order.project.dept, self.order.project.dept_code

    @property
    def retention_class(self) -> str | None:
        """Return the class the order names, None where it leaves it to the plan."""
        return self.order.retention.class_ if self.order.retention else None

    @property
    def copies(self) -> int:
        """Return the originals of both parties."""
        return self.order.contract.copies.total

    @property
    def approvals(self) -> tuple[UpstreamApproval, ...]:
        """Return the decisions inside the order."""
        return upstream_approvals(self.order.approvals)

    def formed_on(self, numbered_on: date) -> date:
        """Return the day the text was settled: the day it was approved and numbered."""
        return numbered_on

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return what the contract checks find, and what the order's days contradict (K18)."""
        return (*check_contract(self.terms, grounds), *self._days_out_of_order(grounds.on))

    def _days_out_of_order(self, on: date) -> Iterator[Finding]:
        quote = self.order.quote
        enquired = Dated(
            "intake.received_at", "咨询登记日", business_day(self.order.intake.received_at)
        )
        approved = Dated(
            "quote.approved_by.signed_at",
            "报价审批日",
            business_day(quote.approved_by.signed_at),
        )
        accepted = Dated(
            "quote.accepted_by_client.date", "客户接受日", quote.accepted_by_client.date
        )
        decisions = [
            Dated(f"approvals[{place}].at", f"{given.step}的审批日", business_day(given.at))
            for place, given in enumerate(self.order.approvals)
        ]
        yield from check_after(enquired, [approved], on=on)
        yield from check_after(accepted, decisions, on=on)

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return the contract's fields."""
        return contract_fields(self.terms, defaults)

    def number_parts(self, company_prefix: str) -> Mapping[str, str]:
        """Return company and type."""
        return {"company": company_prefix, "type": self.type_code}

    def description(self) -> dict[str, Any]:
        """Return parties, amounts, project and days."""
        return contract_description(self.terms) | {
            "quote": {"no": self.terms.quote_no, "version": self.terms.quote_version},
            "quote_accepted_by": self.order.quote.accepted_by_client.evidence,
            "department": self.order.project.dept,
            "handler": self.order.intake.handler,
        }


def contract_description(terms: ContractTerms) -> dict[str, Any]:
    """Return the metadata every paper of a contract shares."""
    return {
        "party_a": described_party(terms.party_a),
        "party_b": described_party(terms.party_b),
        "amount": {
            "currency": terms.currency,
            "total": str(terms.total),
            "net": str(terms.net),
            "tax": str(terms.tax),
        },
        "project": {
            "no": terms.project_no,
            "name": terms.project_name,
            "manager": terms.project_manager,
        },
        "service": {
            "start": terms.service_start.isoformat(),
            "end": terms.service_end.isoformat(),
        },
        "type_code": terms.type_code,
        "language": "zh-CN",
    }


def described_party(party: Party) -> dict[str, str]:
    """Return the metadata of a party."""
    return {
        "name": party.name,
        "uscc": party.uscc,
        "legal_rep": party.legal_rep,
        "agent": party.agent,
    }
