"""Specimen sheets: the firm's own papers about an invented contract (样稿)."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.days import BUSINESS_ZONE
from pipeline.specimenagreements import NUMBER
from templates.sheets import (
    REVIEW_POINTS,
    STEPS,
    ApprovalSheetTerms,
    ApprovalStep,
    Deviation,
    LegalOpinionTerms,
    Opinion,
    ReviewPoint,
    SealKind,
    SealRequestTerms,
)
from templates.terms import ContractTerms

_DIGEST = "0123456789abcdef" * 4
_BEGUN = datetime(2026, 3, 10, 9, 0, tzinfo=BUSINESS_ZONE)
_PEOPLE = ("样例甲", "样例乙", "样例丙", "样例丁", "样例戊")


def legal_opinion_specimen(contract: ContractTerms, rows: int) -> LegalOpinionTerms:
    """Return an agreement to a contract that departs from the template in `rows` clauses."""
    return LegalOpinionTerms(
        contract=contract,
        draft_digest=_DIGEST,
        department="销售部",
        submitted_by=_PEOPLE[0],
        submitted_at=_BEGUN,
        counterparty="登记状态为存续，经营范围与本合同相符，授权代表持有效授权委托书。",
        deviations=tuple(
            Deviation(seq, f"第 {seq} 处", "按模板的约定", "按双方商定", "相对方要求，风险可控")
            for seq in range(1, rows + 1)
        ),
        points=tuple(ReviewPoint(name, "符合", "无") for name in REVIEW_POINTS),
        opinion=Opinion.AGREED,
        remarks="无",
        reviewer=_PEOPLE[2],
        head=_PEOPLE[3],
        reviewed_at=_BEGUN + timedelta(days=1),
    )


def approval_sheet_specimen(contract: ContractTerms) -> ApprovalSheetTerms:
    """Return the sheet of a contract that every post agreed to."""
    return ApprovalSheetTerms(
        contract=contract,
        draft_digest=_DIGEST,
        is_over_limit=False,
        steps=tuple(
            ApprovalStep(
                seq, post, person, "同意", "无", _BEGUN + timedelta(hours=seq), _DIGEST
            )
            for seq, (post, person) in enumerate(zip(STEPS, _PEOPLE, strict=True), 1)
        ),
    )  # fmt: skip


def seal_request_specimen(contract: ContractTerms) -> SealRequestTerms:
    """Return a request for the contract seal, not yet used."""
    return SealRequestTerms(
        department="销售部",
        applicant=_PEOPLE[0],
        applied_at=_BEGUN,
        document_name=f"{contract.project_name}合同",
        document_number=NUMBER,
        counterparty=contract.party_a.name,
        digest=_DIGEST,
        pages=11,
        copies=contract.copies.total,
        seal=SealKind.CONTRACT,
        at_signature=1,
        over_edges=1,
        at_corrections=0,
        approval_no="SP-0000-0000",
        approver=_PEOPLE[4],
        keeper=_PEOPLE[1],
        witness=_PEOPLE[2],
    )
