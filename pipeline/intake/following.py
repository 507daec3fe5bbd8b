"""Following: what every file says of a paper that belongs to a contract on the shelf."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from pipeline.intake.approval import ApprovalForm
from pipeline.intake.fields import Form, Key, Text


class FollowingForm(Form):
    """The contract it belongs to, its template, who drew it up and who approved it.

    `kind` is the paper's kind, `turn` its place among the papers of that kind on one contract.
    """

    kind: ClassVar[str]

    order_no: Key | None = None
    contract_number: Key | None = None
    template: Key
    template_version: Text = "2026.1"
    drafted_by: Text
    approvals: tuple[ApprovalForm, ...] = Field(default=(), max_length=20)
    extensions: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_its_contract(self) -> Self:
        """Refuse a paper that does not say which contract it belongs to."""
        if self.needs_contract and self.order_no is None and self.contract_number is None:
            raise ValueError(
                "未说明属于哪份合同；请填写 contract_number（合同编号）或 order_no（订单号）"
            )
        return self

    @property
    def needs_contract(self) -> bool:
        """Return whether it belongs to a contract; most do."""
        return True

    @property
    def turn(self) -> int:
        """Return its place among the papers of its kind, from 1; 0 where there is only one."""
        return 0
