"""Change: a change agreement as received, schema guidang.change/1 (合同变更)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.intake.fields import (
    Day,
    Form,
    Key,
    LongText,
    Money,
    Sequence1,
    SignedMoney,
    Text,
)
from pipeline.intake.following import FollowingForm
from pipeline.intake.order import (
    AcceptanceItemForm,
    CopiesForm,
    MilestoneForm,
    PartyForm,
    PaymentForm,
    WarrantyForm,
)

CHANGE_SCHEMA = "guidang.change/1"


class ClauseChangeForm(Form):
    """One clause as it was agreed and as it shall read."""

    seq: Sequence1
    clause: Text
    before: LongText
    after: LongText


class PriceForm(Form):
    """The price before and after; `delta` is negative where something is taken off."""

    before_total: Money
    delta: SignedMoney
    after_total: Money
    after_net: Money
    after_tax: Money


class PeriodForm(Form):
    """The term of service as it shall be."""

    start: Day
    end: Day


class ChangeForm(FollowingForm):
    """A change agreement; the whole file.

    `payments`, `service`, `milestones`, `acceptance_items`, `warranty` and the parties are the
    whole of what shall hold from now on; what is left out stays as it was.
    """

    kind = "change"

    schema_: Literal["guidang.change/1"] = Field(alias="schema")
    template: Key = "HT-MB-BG-01"
    seq: Sequence1
    reason: LongText
    changes: tuple[ClauseChangeForm, ...] = Field(min_length=1, max_length=100)
    price: PriceForm
    payments: tuple[PaymentForm, ...] | None = Field(default=None, min_length=1, max_length=60)
    service: PeriodForm | None = None
    milestones: tuple[MilestoneForm, ...] | None = Field(default=None, min_length=1, max_length=120)
    acceptance_items: tuple[AcceptanceItemForm, ...] | None = Field(
        default=None, min_length=1, max_length=300
    )
    warranty: WarrantyForm | None = None
    party_a: PartyForm | None = None
    party_b: PartyForm | None = None
    performed: LongText = "原合同的约定"
    claims: LongText = "无争议"
    copies: CopiesForm
    signatory: Text

    @property
    def turn(self) -> int:
        """Return which change of its contract it is."""
        return self.seq
