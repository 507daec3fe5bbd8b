"""Following: what every paper that belongs to a contract takes from it (随合同的文书)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from archive.routes import UpstreamApproval
from pipeline.intake.agreed import upstream_approvals
from pipeline.intake.following import FollowingForm
from pipeline.papers.contract import contract_description
from pipeline.papers.standing import Standing
from templates.terms import ContractTerms

_Form = TypeVar("_Form", bound=FollowingForm)


@dataclass(frozen=True)
class FollowingPaper(Generic[_Form]):
    """A paper on a contract that stands on the shelf; what it says is measured by `standing`."""

    form: _Form
    standing: Standing

    kind: ClassVar[str]
    word: ClassVar[str]
    opens: ClassVar[bool] = False

    @property
    def contract(self) -> ContractTerms:
        """Return the contract as its changes left it."""
        return self.standing.contract

    @property
    def basis(self) -> frozenset[str]:
        """Return the digests of what was on the shelf when this was drawn up."""
        return self.standing.sources

    @property
    def order_no(self) -> str:
        """Return the contract's order."""
        return self.standing.order.order_no

    @property
    def round(self) -> int:
        """Return its place among the papers of its kind."""
        return self.form.turn

    @property
    def type_code(self) -> str:
        """Return the contract's type."""
        return self.contract.type_code

    @property
    def title(self) -> str:
        """Return parties, project, word and place, in full."""
        turn = f"（第{self.form.turn}号）" if self.form.turn else ""
        project = self.contract.project_name
        return f"{self.party_a}与{self.party_b}关于{project}的{self.word}{turn}"

    @property
    def party_a(self) -> str:
        """Return the client."""
        return self.contract.party_a.name

    @property
    def party_b(self) -> str:
        """Return the firm."""
        return self.contract.party_b.name

    @property
    def responsible(self) -> str:
        """Return both parties (责任者)."""
        return f"{self.party_a}、{self.party_b}"

    @property
    def amount(self) -> Decimal | None:
        """Return the contract's price as changed, which most papers repeat."""
        return self.contract.total

    @property
    def template(self) -> tuple[str, str]:
        """Return the template the file names."""
        return self.form.template, self.form.template_version

    @property
    def secrecy(self) -> str:
        """Return the contract's secrecy."""
        return self.contract.secrecy

    @property
    def department(self) -> tuple[str, str]:
        """Return the project's department."""
        return self.standing.original.department

    @property
    def retention_class(self) -> str | None:
        """Return the contract's class: one dossier has one period."""
        return self.standing.original.retention_class

    @property
    def approvals(self) -> tuple[UpstreamApproval, ...]:
        """Return the decisions inside the file."""
        return upstream_approvals(self.form.approvals)

    def number_parts(self, company_prefix: str) -> Mapping[str, str]:
        """Return the contract's number and the place among its papers."""
        del company_prefix
        return {"parent": self.standing.number, "round": str(self.form.turn)}

    def description(self) -> dict[str, Any]:
        """Return the contract's metadata as they hold now, and whose it is."""
        return contract_description(self.contract) | {
            "contract_number": self.standing.number,
            "amendments": [each.number for each in self.standing.changes],
            "department": self.department[0],
        }
