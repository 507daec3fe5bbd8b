"""Acceptance: one acceptance round as received, schema guidang.acceptance/1 (验收)."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from pipeline.intake.approval import ApprovalForm
from pipeline.intake.fields import Count, Day, Form, Key, LongText, Sequence1, Text
from pipeline.intake.order import CopiesForm

ACCEPTANCE_SCHEMA = "guidang.acceptance/1"


class SelfCheckForm(Form):
    """The firm's own check before the client was called (自查)."""

    no: Key
    date: Day
    result: Literal["合格", "不合格"]
    issues: Count
    fixed: Count


class NoticeForm(Form):
    """The notice that called the client to accept (验收通知书)."""

    no: Key
    delivered_on: Day


class DeliverableForm(Form):
    """One thing handed over."""

    seq: Sequence1
    name: Text
    medium: Text
    quantity: Text
    delivered_on: Day
    complete: bool


class ResultForm(Form):
    """The result of the contract's acceptance item `seq`."""

    seq: Sequence1
    finding: LongText
    result: Literal["合格", "不合格", "不适用"]
    remark: Text = "无"


class RectificationForm(Form):
    """One defect, what is demanded, and how the re-inspection came out."""

    seq: Sequence1
    item: Text
    problem: LongText
    demand: LongText
    responsible: Text
    due: Day
    done_on: Day | None = None
    rechecked_on: Day | None = None
    recheck_result: Literal["合格", "不合格", "/"] = "/"
    rechecked_by: Text = "/"


class AcceptanceForm(Form):
    """An acceptance round; the whole file."""

    schema_: Literal["guidang.acceptance/1"] = Field(alias="schema")
    order_no: Key | None = None
    contract_number: Key | None = None
    template: Key = "YS-MB-01"
    template_version: Text = "2026.1"
    round: Sequence1 = 1
    round_kind: Literal["初验", "复验", "终验", "阶段验收"]
    completed_on: Day
    notice: NoticeForm
    accepted_on: Day
    place: Text
    method: Text
    standards: LongText = "合同未另行列明"
    self_check: SelfCheckForm
    deliverables: tuple[DeliverableForm, ...] = Field(min_length=1, max_length=300)
    results: tuple[ResultForm, ...] = Field(min_length=1, max_length=300)
    rectifications: tuple[RectificationForm, ...] = Field(default=(), max_length=300)
    leftover: LongText = "无"
    conclusion: Literal["合格", "部分合格", "不合格"]
    satisfaction: int | None = Field(default=None, ge=1, le=5)
    attachment_pages: Count = 0
    copies: CopiesForm
    drafted_by: Text
    approvals: tuple[ApprovalForm, ...] = Field(default=(), max_length=20)
    extensions: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_its_contract(self) -> Self:
        """Refuse a report that does not say which contract it belongs to."""
        if self.order_no is None and self.contract_number is None:
            raise ValueError(
                "未说明属于哪份合同；请填写 contract_number（合同编号）或 order_no（订单号）"
            )
        return self
