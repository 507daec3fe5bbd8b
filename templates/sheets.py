"""Sheets: the firm's own papers about a contract, as values (内部单据).

Moments carry their zone and are printed as their own clock shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from templates.terms import ContractTerms

REVIEW_POINTS = (
    "主体资格",
    "条款齐备（民法典第四百七十条）",
    "权利义务对等",
    "价款、税率、大小写一致",
    "付款与发票",
    "验收标准可检验",
    "违约责任与上限",
    "知识产权与保密",
    "格式条款提示",
    "争议解决择一",
    "合法性、合规性",
    "附件齐全",
)
"""What a legal officer answers for every contract, in this order (审核要点)."""


class Opinion(StrEnum):
    """The outcome of a legal review (regulation F-104)."""

    AGREED = "同意"
    AGREED_IF_AMENDED = "修改后同意"
    REFUSED = "不同意"


NOT_REGISTERED = "未登记"
"""What stands for an answer that was given elsewhere and is not known here."""


@dataclass(frozen=True, slots=True)
class ReviewPoint:
    """One point of the review: 符合, 不符合 or 不适用, or NOT_REGISTERED with what is known."""

    name: str
    result: str
    remark: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """One clause that is not the template's, or is agreed otherwise than its standard."""

    seq: int
    clause: str
    standard: str
    agreed: str
    reason: str


@dataclass(frozen=True, slots=True)
class LegalOpinionTerms:
    """Everything a legal opinion says, but its number (合同法律审核意见书).

    `draft_digest` is the SHA-256 of what was reviewed; `counterparty` what was found about the
    other side's standing, business scope and authority.
    """

    contract: ContractTerms
    draft_digest: str
    department: str
    submitted_by: str
    submitted_at: datetime
    counterparty: str
    deviations: tuple[Deviation, ...]
    points: tuple[ReviewPoint, ...]
    opinion: Opinion
    remarks: str
    reviewer: str
    head: str
    reviewed_at: datetime


STEPS = ("起草", "接单核对", "法务审核", "业务部门负责人", "分管领导")
"""The posts through which every contract goes, in this order (regulation F-103 to F-106)."""

STEPS_OVER_LIMIT = ("财务负责人", "总经理")
"""The posts that come after them where the amount is over the limit (超限额加签)."""


@dataclass(frozen=True, slots=True)
class ApprovalStep:
    """One post's word on one text; `digest` is that of the text it saw."""

    seq: int
    post: str
    person: str
    opinion: str
    remark: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class ApprovalSheetTerms:
    """Everything an approval sheet says, but its number (合同审批单).

    `is_over_limit` is None where the firm's rules set no limit; `route` are the posts they name,
    those of a contract unless said otherwise.
    """

    contract: ContractTerms
    draft_digest: str
    is_over_limit: bool | None
    steps: tuple[ApprovalStep, ...]
    route: tuple[str, ...] = STEPS


class SealKind(StrEnum):
    """The two seals a contract may bear (regulation F-202)."""

    COMPANY = "公章"
    CONTRACT = "合同专用章"


@dataclass(frozen=True, slots=True)
class SealWork:
    """What the keeper of the seal did: impressions made, and sheets spoilt in doing so."""

    at: datetime
    impressions: int
    spoilt: int
    spoilt_handling: str


@dataclass(frozen=True, slots=True)
class SealRequestTerms:
    """Everything a request for the seal says, but its number (用印申请单).

    `at_signature`, `over_edges` and `at_corrections` are impressions on one copy (落款、骑缝、
    修改处); `work` is None until the seal was used. `carried_out` says who takes the seal
    where and until when, "否" where it stays.
    """

    department: str
    applicant: str
    applied_at: datetime
    document_name: str
    document_number: str
    counterparty: str
    digest: str
    pages: int
    copies: int
    seal: SealKind
    at_signature: int
    over_edges: int
    at_corrections: int
    approval_no: str
    approver: str
    keeper: str
    witness: str
    work: SealWork | None = None
    carried_out: str = "否"
    remark: str = "无"

    @property
    def impressions(self) -> int:
        """Return the impressions asked for, over all copies."""
        return self.copies * (self.at_signature + self.over_edges + self.at_corrections)
