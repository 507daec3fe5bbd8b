"""Builders: the firm's own papers, and every standard document filled; all invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

import pytest

from templates.catalogue import Catalogue, Template
from templates.fields import (
    Fields,
    acceptance_fields,
    approval_sheet_fields,
    authority_fields,
    change_fields,
    contract_fields,
    legal_opinion_fields,
    nda_fields,
    seal_request_fields,
    termination_fields,
)
from templates.sheets import (
    REVIEW_POINTS,
    STEPS,
    ApprovalSheetTerms,
    ApprovalStep,
    LegalOpinionTerms,
    Opinion,
    ReviewPoint,
    SealKind,
    SealRequestTerms,
)
from templates.terms import AcceptanceTerms, ContractTerms, Deliverable, ItemResult

_DIGEST = "3f9a0c" + "7b51d2e8" * 7 + "0f"
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Sample:
    """One standard document: its template, and its fields but the number."""

    template: Template
    fields: Fields
    number: str
    title: str


@pytest.fixture(scope="session")
def opinion_terms(contract_terms: ContractTerms) -> LegalOpinionTerms:
    return LegalOpinionTerms(
        contract=contract_terms,
        draft_digest=_DIGEST,
        department="销售部",
        submitted_by="林晓舟",
        submitted_at=datetime(2026, 3, 10, 9, 5, tzinfo=_CHINA),
        counterparty="登记状态为存续，经营范围包括园区管理服务；授权代表持有效授权委托书。",
        deviations=(),
        points=tuple(ReviewPoint(name, "符合", "无") for name in REVIEW_POINTS),
        opinion=Opinion.AGREED,
        remarks="无",
        reviewer="欧阳敏",
        head="司马青",
        reviewed_at=datetime(2026, 3, 11, 16, 40, tzinfo=_CHINA),
    )


@pytest.fixture(scope="session")
def sheet_terms(contract_terms: ContractTerms) -> ApprovalSheetTerms:
    first = datetime(2026, 3, 10, 9, 0, tzinfo=_CHINA)
    people = ("林晓舟", "许宁", "欧阳敏", "周立群", "郑𠅤")
    return ApprovalSheetTerms(
        contract=contract_terms,
        draft_digest=_DIGEST,
        is_over_limit=False,
        steps=tuple(
            ApprovalStep(
                place, post, person, "同意", "无", first + timedelta(minutes=50 * place), _DIGEST
            )
            for place, (post, person) in enumerate(zip(STEPS, people, strict=True), 1)
        ),
    )


@pytest.fixture(scope="session")
def seal_terms() -> SealRequestTerms:
    return SealRequestTerms(
        department="销售部",
        applicant="林晓舟",
        applied_at=datetime(2026, 3, 16, 10, 0, tzinfo=_CHINA),
        document_name="示例园区弱电系统运维及监控平台升级项目服务合同",
        document_number="GD-FW-2026-0001",
        counterparty="示例园区运营管理有限公司",
        digest=_DIGEST,
        pages=11,
        copies=4,
        seal=SealKind.CONTRACT,
        at_signature=1,
        over_edges=1,
        at_corrections=0,
        approval_no="SP-2026-0041",
        approver="郑𠅤",
        keeper="钱一鸣",
        witness="孙玉",
    )


def _receipt(report: AcceptanceTerms, contract: ContractTerms) -> AcceptanceTerms:
    return replace(
        report,
        contract=contract,
        contract_number="GD-XS-2026-0001",
        template_code="YS-MB-02",
        completed_on=date(2026, 5, 18),
        notice_delivered_on=date(2026, 5, 22),
        accepted_on=date(2026, 5, 26),
        standards="GB 4943.1-2022 音视频、信息技术和通信技术设备 第1部分：安全要求",
        self_checked_on=date(2026, 5, 20),
        deliverables=(
            Deliverable(1, "接入交换机", "原厂包装", "20 台", date(2026, 4, 20), complete=True),
            Deliverable(2, "六类非屏蔽网线", "纸箱", "60 箱", date(2026, 5, 18), complete=True),
        ),
        results=(
            ItemResult(1, "20 台加电自检全部通过", "合格", "无"),
            ItemResult(2, "抽检 3 箱，长度与标识符合", "合格", "无"),
        ),
    )


@pytest.fixture(scope="session")
def samples(
    catalogue: Catalogue,
    request: pytest.FixtureRequest,
    acceptance_terms: AcceptanceTerms,
    sales_terms: ContractTerms,
) -> Mapping[str, Sample]:
    """Every standard document by the name of its folder."""
    by_folder = {template.path.parent.name: template for template in catalogue.templates}
    made: tuple[tuple[str, Callable[..., Fields], object, str], ...] = (
        ("sales", contract_fields, sales_terms, "GD-XS-2026-0001"),
        ("goods_acceptance", acceptance_fields,
         _receipt(acceptance_terms, sales_terms),
         "GD-XS-2026-0001-YS1"),
        ("change", change_fields, "change_terms", "GD-FW-2026-0001-BG1"),
        ("termination", termination_fields, "termination_terms", "GD-FW-2026-0001-ZZ"),
        ("nda", nda_fields, "nda_terms", "GD-BM-2026-0001"),
        ("authority", authority_fields, "authority_terms", "SQ-2026-0007"),
        ("legal_opinion", legal_opinion_fields, "opinion_terms", "FS-2026-0033"),
        ("approval_sheet", approval_sheet_fields, "sheet_terms", "SP-2026-0041"),
        ("seal_request", seal_request_fields, "seal_terms", "YY-2026-0028"),
    )  # fmt: skip
    found = {}
    for folder, fields, terms, number in made:
        template = by_folder[folder]
        values = request.getfixturevalue(terms) if isinstance(terms, str) else terms
        found[folder] = Sample(template, fields(values, template.defaults), number, folder)
    return found
