"""Nda: a confidentiality agreement as received, schema guidang.nda/1 (保密协议)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.intake.fields import Day, Form, Key, LongText, Sequence1, Text
from pipeline.intake.following import FollowingForm
from pipeline.intake.order import CopiesForm, DisputeForm, PartyForm

NDA_SCHEMA = "guidang.nda/1"


class DepartmentForm(Form):
    """The department in charge."""

    name: Text
    code: Key


class NdaForm(FollowingForm):
    """A confidentiality agreement; the whole file.

    It names its contract and joins it, or has a `request_no` of its own and stands alone.
    """

    kind = "nda"

    schema_: Literal["guidang.nda/1"] = Field(alias="schema")
    template: Key = "HT-MB-BM-01"
    request_no: Key | None = None
    seq: Sequence1 = 1
    party_a: PartyForm
    party_b: PartyForm
    department: DepartmentForm
    secrecy: Literal["公开", "内部", "商业秘密", "商业秘密（核心）"] = "内部"
    purpose: LongText
    relates_to: Text
    start: Day
    end: Day
    extra_information: LongText = "无其他约定"
    confirm_days: Sequence1 = 10
    return_days: Sequence1 = 10
    dispute: DisputeForm
    copies: CopiesForm
    signatory: Text

    @model_validator(mode="after")
    def _joins_or_stands_alone(self) -> Self:
        """Refuse an agreement that does both."""
        if self.request_no is not None and (self.order_no or self.contract_number):
            raise ValueError(
                "request_no（独立的保密协议）与 order_no、contract_number（随合同立卷）"
                "只能填写一种；请保留一种"
            )
        return self

    @property
    def needs_contract(self) -> bool:
        """Return whether it joins a contract."""
        return self.request_no is None

    @property
    def turn(self) -> int:
        """Return which agreement on its contract it is; 0 where it stands alone."""
        return self.seq if self.needs_contract else 0
