"""Acceptance: one acceptance round as received, schema guidang.acceptance/1 (验收)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.intake.fields import Count, Day, Form, Key, LongText, Sequence1, Text
from pipeline.intake.following import FollowingForm
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


class AcceptanceForm(FollowingForm):
    """An acceptance round; the whole file."""

    kind = "acceptance"

    schema_: Literal["guidang.acceptance/1"] = Field(alias="schema")
    template: Key = "YS-MB-01"
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
    signatory: Text | None = None

    @property
    def turn(self) -> int:
        """Return the round."""
        return self.round
