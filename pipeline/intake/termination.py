"""Termination: an agreement on end and settlement as received, schema guidang.termination/1."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.intake.fields import Day, Form, Key, LongText, Money, Sequence1, SignedMoney, Text
from pipeline.intake.following import FollowingForm
from pipeline.intake.order import CopiesForm

TERMINATION_SCHEMA = "guidang.termination/1"


class PaidForm(Form):
    """One payment that came in, and the voucher that proves it."""

    paid_on: Day
    amount: Money
    voucher: Text


class SettlementForm(Form):
    """The account of the contract, numbered (1) to (7) in the agreement; see the template."""

    contract_total: Money
    change_total: SignedMoney
    deduct: Money
    deduct_basis: LongText
    final: Money
    paid: Money
    retention: Money
    payable: SignedMoney
    pay_by: Day | None = None
    invoiced: Money
    invoice_diff: SignedMoney


class HandoverForm(Form):
    """One thing, paper or account that changes hands."""

    seq: Sequence1
    name: Text
    medium: Text
    quantity: Text
    extent: Text
    giver: Text
    taker: Text
    due: Day
    remark: Text = "无"


class TerminationForm(FollowingForm):
    """An agreement on end and settlement; the whole file.

    Changes and acceptance are not stated here: they are those that stand on the shelf.
    """

    kind = "termination"

    schema_: Literal["guidang.termination/1"] = Field(alias="schema")
    template: Key = "HT-MB-ZZ-01"
    ending: Literal["履行完毕", "双方协商解除", "一方行使法定或者约定解除权", "其他原因"]
    reason: LongText
    ended_on: Day
    performance: LongText
    unaccepted: LongText = "无"
    settlement: SettlementForm
    payments: tuple[PaidForm, ...] = Field(default=(), max_length=300)
    handover_by: Day
    handovers: tuple[HandoverForm, ...] = Field(default=(), max_length=300)
    release: LongText = "不存在其他未结清的债权债务"
    copies: CopiesForm
    signatory: Text
