"""Standing: what is on the shelf of one contract when a later paper is drawn up (原合同现状)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from archive.people import person_key
from pipeline.failures import ContractNeeded
from pipeline.intake.acceptance import AcceptanceForm
from pipeline.intake.authority import AuthorityForm
from pipeline.intake.change import ChangeForm
from pipeline.intake.following import FollowingForm
from pipeline.intake.order import OrderForm
from pipeline.intake.refusal import OrderRefused
from pipeline.intake.termination import TerminationForm
from pipeline.papers.agreements import authority_terms, contract_as_changed
from pipeline.papers.contract import ContractPaper
from templates.agreements import Power
from templates.checking import check_signatory
from templates.errors import Finding, Level
from templates.terms import ContractTerms

_Form = TypeVar("_Form", bound=FollowingForm)


@dataclass(frozen=True, slots=True)
class Filed(Generic[_Form]):
    """A paper on the shelf, as the file it was made from said it."""

    number: str
    form: _Form
    formed_on: date


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A paper of the same contract received and not filed; `is_moving`: nothing stops it."""

    kind: str
    turn: int
    is_moving: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A contract with everything filed in its dossier so far; `sources` are their digests."""

    order: OrderForm
    number: str
    papers: tuple[Filed[FollowingForm], ...]
    sources: frozenset[str]
    under_way: tuple[UnderWay, ...] = ()

    @property
    def original(self) -> ContractPaper:
        """Return the contract as it was signed."""
        return ContractPaper.of(self.order)

    @property
    def changes(self) -> tuple[Filed[ChangeForm], ...]:
        """Return the change agreements, the first first."""
        return tuple(sorted(self._of(ChangeForm), key=lambda each: each.form.seq))

    @property
    def reports(self) -> tuple[Filed[AcceptanceForm], ...]:
        """Return the acceptance reports, the first round first."""
        return tuple(sorted(self._of(AcceptanceForm), key=lambda each: each.form.round))

    @property
    def contract(self) -> ContractTerms:
        """Return the contract as all its changes left it: what holds now (F-305)."""
        terms = self.original.terms
        for change in self.changes:
            terms = contract_as_changed(terms, change.form)
        return terms

    def refuse_after_end(self, word: str) -> None:
        """Raise OrderRefused where the contract has ended: no `word` comes after that."""
        for end in self._of(TerminationForm):
            message = (
                f"合同 {self.number} 已由《合同终止与结算协议》{end.number} 终止，"
                f"不能再办理{word}；请核对合同编号"
            )
            raise OrderRefused([Finding("F-402", Level.BLOCK, "contract_number", message)])

    def need_authority(self, signatory: str | None, power: Power) -> None:
        """Raise ContractNeeded while `signatory` has no power of attorney on the shelf at all."""
        if self._signs_by_office(signatory) or self._authorities(signatory):
            return
        raise ContractNeeded(f"{signatory}的授权委托书（权限：{power}）")

    def signatory_findings(
        self, signatory: str | None, power: Power, *, on: date, amount: Decimal
    ) -> tuple[Finding, ...]:
        """Return why `signatory` may not sign for the firm: what the best power lacks (K16)."""
        if self._signs_by_office(signatory):
            return ()
        lacking = [
            tuple(
                Finding(each.code, each.level, "signatory", f"{held.number}：{each.message}")
                for each in check_signatory(
                    authority_terms(held.form, self.contract, self.number),
                    on=on,
                    amount=amount,
                    power=power,
                )
            )
            for held in self._authorities(signatory)
        ]
        return min(lacking, key=len, default=())

    def _signs_by_office(self, signatory: str | None) -> bool:
        """Return whether no power is needed: nobody is named, or the legal representative signs."""
        if signatory is None:
            return True
        return person_key(signatory) == person_key(self.contract.party_b.legal_rep)

    def _authorities(self, signatory: str | None) -> Sequence[Filed[AuthorityForm]]:
        return [
            each
            for each in self._of(AuthorityForm)
            if signatory is not None and person_key(each.form.agent_name) == person_key(signatory)
        ]

    def _of(self, kind: type[_Form]) -> list[Filed[_Form]]:
        return [
            Filed(each.number, each.form, each.formed_on)
            for each in self.papers
            if isinstance(each.form, kind)
        ]
