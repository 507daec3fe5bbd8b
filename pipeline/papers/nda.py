"""Nda: the confidentiality agreement, on its own or beside a contract (保密协议)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from archive.routes import UpstreamApproval
from pipeline.intake.agreed import upstream_approvals
from pipeline.intake.nda import NdaForm
from pipeline.papers.agreements import nda_terms
from pipeline.papers.contract import described_party
from pipeline.papers.standing import Standing
from templates.agreements import NdaTerms
from templates.checking import check_nda
from templates.checks.grounds import Grounds
from templates.errors import Finding
from templates.fields import Fields, nda_fields


@dataclass(frozen=True)
class NdaPaper:
    """A confidentiality agreement; `standing` is None where it stands alone."""

    form: NdaForm
    standing: Standing | None

    kind = "nda"

    @classmethod
    def of(cls, form: NdaForm, standing: Standing | None) -> NdaPaper:
        """Return the agreement `form` asks for."""
        return cls(form=form, standing=standing)

    @property
    def terms(self) -> NdaTerms:
        """Return what it says."""
        return nda_terms(self.form)

    @property
    def opens(self) -> bool:
        """Return whether it has a dossier of its own."""
        return self.standing is None

    @property
    def basis(self) -> frozenset[str]:
        """Return the digests of what was on the shelf when this was drawn up."""
        return self.standing.sources if self.standing else frozenset()

    @property
    def order_no(self) -> str:
        """Return the contract's order, or the request's own number."""
        return self.standing.order.order_no if self.standing else str(self.form.request_no)

    @property
    def round(self) -> int:
        """Return its place among the agreements of its contract; 0 where it stands alone."""
        return self.form.turn

    @property
    def type_code(self) -> str:
        """Return the type of its contract, BM on its own."""
        return self.standing.contract.type_code if self.standing else "BM"

    @property
    def title(self) -> str:
        """Return parties and matter, in full."""
        return f"{self.party_a}与{self.party_b}关于{self.form.relates_to}的保密协议"

    @property
    def party_a(self) -> str:
        """Return the other side."""
        return self.form.party_a.name

    @property
    def party_b(self) -> str:
        """Return the firm."""
        return self.form.party_b.name

    @property
    def responsible(self) -> str:
        """Return both parties (责任者)."""
        return f"{self.party_a}、{self.party_b}"

    @property
    def amount(self) -> Decimal | None:
        """Return None: it states no amount."""
        return None

    @property
    def template(self) -> tuple[str, str]:
        """Return the template the file names."""
        return self.form.template, self.form.template_version

    @property
    def secrecy(self) -> str:
        """Return its secrecy."""
        return self.form.secrecy

    @property
    def department(self) -> tuple[str, str]:
        """Return the department in charge."""
        return self.form.department.name, self.form.department.code

    @property
    def retention_class(self) -> str | None:
        """Return its contract's class; alone, the file plan decides."""
        return self.standing.original.retention_class if self.standing else None

    @property
    def copies(self) -> int:
        """Return the originals of both parties."""
        return self.form.copies.total

    @property
    def approvals(self) -> tuple[UpstreamApproval, ...]:
        """Return the decisions inside the file."""
        return upstream_approvals(self.form.approvals)

    def formed_on(self, numbered_on: date) -> date:
        """Return the day the text was settled."""
        return numbered_on

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return what the checks find; beside a contract the parties are the contract's."""
        contract = self.standing.contract if self.standing else None
        return check_nda(
            self.terms, company=grounds.firm_name, contract=contract, signatory=self.form.signatory
        )

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return its fields."""
        return nda_fields(self.terms, defaults)

    def number_parts(self, company_prefix: str) -> Mapping[str, str]:
        """Return the company: confidentiality agreements have a series of their own."""
        return {"company": company_prefix}

    def description(self) -> dict[str, Any]:
        """Return parties, matter and term."""
        said: dict[str, Any] = {
            "party_a": described_party(self.terms.party_a),
            "party_b": described_party(self.terms.party_b),
            "project": {"name": self.form.relates_to},
            "purpose": self.form.purpose,
            "start": self.form.start.isoformat(),
            "end": self.form.end.isoformat(),
            "department": self.department[0],
            "type_code": self.type_code,
            "language": "zh-CN",
        }
        if self.standing is not None:
            said["contract_number"] = self.standing.number
        return said
