"""Paper: what the flow must know of any kind of document, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from archive.routes import UpstreamApproval
from templates.checks.grounds import Grounds
from templates.errors import Finding
from templates.fields import Fields


class Paper(Protocol):
    """One document to be drawn up, as its order asks for it."""

    @property
    def kind(self) -> str:
        """Return the kind's name, a key of KINDS."""

    @property
    def order_no(self) -> str:
        """Return the order it goes back to."""

    @property
    def round(self) -> int:
        """Return the round, or the place among papers of its kind, from 1; 0: the only one."""

    @property
    def opens(self) -> bool:
        """Return whether it begins a dossier; every other joins the one of its order."""

    @property
    def basis(self) -> frozenset[str]:
        """Return the digests of what stood in its dossier when this was drawn up."""

    @property
    def type_code(self) -> str:
        """Return the contract type, e.g. FW."""

    @property
    def title(self) -> str:
        """Return the full title it is filed under (题名)."""

    @property
    def party_a(self) -> str:
        """Return the client's full name."""

    @property
    def party_b(self) -> str:
        """Return the firm's full name."""

    @property
    def responsible(self) -> str:
        """Return who stands for it, in full: mostly both parties (责任者)."""

    @property
    def amount(self) -> Decimal | None:
        """Return the tax-inclusive total it states; None where it states none."""

    @property
    def template(self) -> tuple[str, str]:
        """Return code and version of the template the order names."""

    @property
    def secrecy(self) -> str:
        """Return the secrecy it is kept under (密级)."""

    @property
    def department(self) -> tuple[str, str]:
        """Return name and code of the department in charge."""

    @property
    def retention_class(self) -> str | None:
        """Return the retention class the order names; None leaves it to the file plan."""

    @property
    def copies(self) -> int:
        """Return how many originals are signed."""

    @property
    def approvals(self) -> tuple[UpstreamApproval, ...]:
        """Return the decisions that arrived with it."""

    def formed_on(self, numbered_on: date) -> date:
        """Return the day the document was formed (形成日期)."""

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return everything the checks find in its terms, as the checks call it.

        What that means for the document is for the rules to say: `examining` governs it.
        """

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return its fields as the template names them, without its number."""

    def number_parts(self, company_prefix: str) -> Mapping[str, str]:
        """Return what its number is made of, beside year and counter."""

    def description(self) -> dict[str, Any]:
        """Return its metadata: parties, amounts, project, days (JSON values only)."""
