"""Authority: a power of attorney as received, schema guidang.authority/1 (授权委托书)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.intake.fields import Day, Key, LongText, Money, Sequence1, Text
from pipeline.intake.following import FollowingForm

AUTHORITY_SCHEMA = "guidang.authority/1"


class AuthorityForm(FollowingForm):
    """A power of attorney of the firm for one contract; the whole file.

    `seq` counts the powers given for one contract. `agent_id` is masked.
    """

    kind = "authority"

    schema_: Literal["guidang.authority/1"] = Field(alias="schema")
    template: Key = "HT-MB-SQ-01"
    seq: Sequence1 = 1
    agent_name: Text
    agent_title: Text
    agent_id_kind: Text
    agent_id: Text
    matter: LongText
    powers: tuple[
        Literal[
            "商谈合同条款",
            "签署合同及其附件",
            "签署变更协议",
            "签署验收报告",
            "办理结算",
            "其他",
        ],
        ...,
    ] = Field(min_length=1, max_length=6)
    other_power: LongText = "/"
    limit: Money
    start: Day
    end: Day
    may_delegate: bool = False
    copies: Sequence1 = 1

    @property
    def turn(self) -> int:
        """Return which power of attorney for its contract it is."""
        return self.seq
