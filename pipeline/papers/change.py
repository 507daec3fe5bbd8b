"""Change: the paper that changes a filed contract (合同变更协议)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.failures import ContractNeeded
from pipeline.intake.change import ChangeForm
from pipeline.intake.refusal import OrderRefused
from pipeline.papers.agreements import change_terms, contract_as_changed
from pipeline.papers.changewords import acceptance_in_words, payments_in_words, period_in_words
from pipeline.papers.contract import contract_description
from pipeline.papers.following import FollowingPaper
from pipeline.papers.standing import Standing
from templates.agreements import ChangeTerms, Power
from templates.checking import check_change, check_contract_as_changed
from templates.checks.grounds import Grounds
from templates.errors import Finding, Level
from templates.fields import Fields, change_fields
from templates.terms import ContractTerms


@dataclass(frozen=True)
class ChangePaper(FollowingPaper[ChangeForm]):
    """A change agreement; `contract` is the contract as the changes before it left it."""

    kind = "change"
    word = "合同变更协议"

    @classmethod
    def of(cls, form: ChangeForm, standing: Standing) -> ChangePaper:
        """Return the change `form` asks for.

        Raises ContractNeeded while the change before it or a power of attorney is not filed,
        OrderRefused after the end and where its place is taken.
        """
        standing.refuse_after_end(cls.word)
        next_one = len(standing.changes) + 1
        if form.seq > next_one:
            raise ContractNeeded(f"第 {next_one} 号变更协议")
        if form.seq < next_one:
            taken = standing.changes[form.seq - 1].number
            message = (
                f"第 {form.seq} 号变更协议 {taken} 已归档，不能再改；"
                f"再次变更的，请编为第 {next_one} 号"
            )
            raise OrderRefused([Finding("F-304", Level.BLOCK, "seq", message)])
        standing.need_authority(form.signatory, Power.CHANGE)
        return cls(form=form, standing=standing)

    @property
    def terms(self) -> ChangeTerms:
        """Return what the agreement says."""
        earlier = tuple(each.number for each in self.standing.changes)
        return change_terms(self.form, self.contract, self.standing.number, earlier=earlier)

    @property
    def after(self) -> ContractTerms:
        """Return the contract as this change leaves it."""
        return contract_as_changed(self.contract, self.form)

    @property
    def amount(self) -> Decimal | None:
        """Return the price after the change."""
        return self.form.price.after_total

    @property
    def copies(self) -> int:
        """Return the originals of both parties."""
        return self.form.copies.total

    def formed_on(self, numbered_on: date) -> date:
        """Return the day the text was settled."""
        return numbered_on

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return what the checks find: the change, the contract it leaves, who signs it."""
        return (
            *check_change(self.terms),
            *check_contract_as_changed(self.terms, self.after, grounds),
            *self.standing.signatory_findings(
                self.form.signatory, Power.CHANGE, on=grounds.on, amount=self.form.price.after_total
            ),
        )

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return the agreement's fields."""
        return change_fields(self.terms, defaults)

    def description(self) -> dict[str, Any]:
        """Return the contract's metadata as this change leaves them, and what it changed.

        `agreed` tells what is otherwise than in the signed contract, earlier changes included.
        """
        original, after = self.standing.original.terms, self.after
        return (
            super().description()
            | contract_description(after)
            | {
                "seq": self.form.seq,
                "reason": self.form.reason,
                "before_total": str(self.form.price.before_total),
                "delta": str(self.form.price.delta),
                "after_total": str(self.form.price.after_total),
                "agreed": {
                    "payments": payments_in_words(original, after),
                    "periods": period_in_words(original, after),
                    "acceptance": acceptance_in_words(original, after),
                },
            }
        )
