"""Termination: the paper that ends and settles a filed contract (合同终止与结算协议)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.failures import ContractNeeded
from pipeline.intake.agreed import agreed_copies
from pipeline.intake.termination import TerminationForm
from pipeline.papers.following import FollowingPaper
from pipeline.papers.standing import Standing
from templates.agreements import Ending, Handover, Paid, Power, Settlement, TerminationTerms
from templates.checking import check_termination
from templates.checks.grounds import Grounds
from templates.errors import Finding
from templates.fields import Fields, termination_fields

_BEFORE_IT = {"change": "第 {} 号变更协议", "acceptance": "第 {} 次验收报告"}
_NONE = "/"


@dataclass(frozen=True)
class TerminationPaper(FollowingPaper[TerminationForm]):
    """An agreement on end and settlement; changes and acceptance are those on the shelf."""

    kind = "termination"
    word = "合同终止与结算协议"

    @classmethod
    def of(cls, form: TerminationForm, standing: Standing) -> TerminationPaper:
        """Return the agreement `form` asks for.

        Raises ContractNeeded while a change, a report or a power of attorney is not filed,
        OrderRefused where the contract has ended already.
        """
        standing.refuse_after_end(cls.word)
        for paper in standing.under_way:
            if paper.kind in _BEFORE_IT:
                raise ContractNeeded(_BEFORE_IT[paper.kind].format(paper.turn))
        standing.need_authority(form.signatory, Power.SETTLE)
        return cls(form=form, standing=standing)

    @property
    def terms(self) -> TerminationTerms:
        """Return what the agreement says."""
        form, standing = self.form, self.standing
        report = standing.reports[-1] if standing.reports else None
        return TerminationTerms(
            contract=self.contract,
            contract_number=standing.number,
            contract_signed_on=None,
            amendments=tuple(each.number for each in standing.changes),
            template_code=form.template,
            template_version=form.template_version,
            ending=Ending(form.ending),
            reason=form.reason,
            ended_on=form.ended_on,
            performance=form.performance,
            acceptance_no=report.number if report else _NONE,
            acceptance_conclusion=report.form.conclusion if report else _NONE,
            settlement=_settlement(form),
            handover_by=form.handover_by,
            handovers=_handovers(form),
            copies=agreed_copies(form.copies),
            unaccepted=form.unaccepted,
            release=form.release,
            original_total=standing.original.terms.total,
            deltas=tuple(each.form.price.delta for each in standing.changes),
            payments=tuple(Paid(each.paid_on, each.amount, each.voucher) for each in form.payments),
        )

    @property
    def amount(self) -> Decimal | None:
        """Return the settled price."""
        return self.form.settlement.final

    @property
    def copies(self) -> int:
        """Return the originals of both parties."""
        return self.form.copies.total

    def formed_on(self, numbered_on: date) -> date:
        """Return the day the text was settled."""
        return numbered_on

    def findings(self, grounds: Grounds) -> tuple[Finding, ...]:
        """Return what the checks find: the account, and who signs it."""
        return check_termination(self.terms) + self.standing.signatory_findings(
            self.form.signatory, Power.SETTLE, on=grounds.on, amount=self.form.settlement.final
        )

    def fields(self, defaults: Mapping[str, str]) -> Fields:
        """Return the agreement's fields."""
        return termination_fields(self.terms, defaults)

    def description(self) -> dict[str, Any]:
        """Return the contract's metadata, how it ended and how it was settled."""
        said = super().description()
        account = self.form.settlement
        return said | {
            "amount": {"currency": said["amount"]["currency"], "total": str(account.final)},
            "contract_total": str(account.contract_total),
            "change_total": str(account.change_total),
            "paid": str(account.paid),
            "payable": str(account.payable),
            "ending": self.form.ending,
            "ended_on": self.form.ended_on.isoformat(),
            "acceptance": self.terms.acceptance_no,
            "payments": [
                {
                    "paid_on": each.paid_on.isoformat(),
                    "amount": str(each.amount),
                    "voucher": each.voucher,
                }
                for each in self.form.payments
            ],
        }


def _settlement(form: TerminationForm) -> Settlement:
    account = form.settlement
    return Settlement(
        contract_total=account.contract_total,
        change_total=account.change_total,
        deduct=account.deduct,
        deduct_basis=account.deduct_basis,
        final=account.final,
        paid=account.paid,
        retention=account.retention,
        payable=account.payable,
        pay_by=account.pay_by,
        invoiced=account.invoiced,
        invoice_diff=account.invoice_diff,
    )


def _handovers(form: TerminationForm) -> tuple[Handover, ...]:
    return tuple(
        Handover(
            seq=each.seq,
            name=each.name,
            medium=each.medium,
            quantity=each.quantity,
            extent=each.extent,
            giver=each.giver,
            taker=each.taker,
            due=each.due,
            remark=each.remark,
        )
        for each in form.handovers
    )
