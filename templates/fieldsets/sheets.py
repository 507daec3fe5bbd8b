"""Sheets: the fields of the firm's own papers about a contract."""

from __future__ import annotations

from collections.abc import Mapping

from templates.fieldsets.contract import DATE_TO_SIGN
from templates.fieldsets.origin import chinese_moment, ticked
from templates.fieldsets.shape import UNUSED, Fields, merged
from templates.sheets import (
    ApprovalSheetTerms,
    ApprovalStep,
    Deviation,
    LegalOpinionTerms,
    Opinion,
    SealKind,
    SealRequestTerms,
)
from templates.terms import ContractTerms
from templates.wording import amount_in_words, money

_DIGEST_SHOWN = 16
_LIMITS = {
    True: "超限额（加签财务负责人、总经理）",
    False: "限额以内",
    None: "审批规则未设限额",
}
_NO_DEVIATION = {
    "seq": UNUSED,
    "clause": "无",
    "standard": UNUSED,
    "agreed": UNUSED,
    "reason": UNUSED,
}


def legal_opinion_fields(terms: LegalOpinionTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of a legal opinion but its number."""
    review = {
        "digest": terms.draft_digest,
        "department": terms.department,
        "submitted_by": terms.submitted_by,
        "submitted_cn": chinese_moment(terms.submitted_at),
        "counterparty": terms.counterparty,
        "remarks": terms.remarks,
        "reviewer": terms.reviewer,
        "head": terms.head,
        "reviewed_cn": chinese_moment(terms.reviewed_at),
    }
    boxes = {f"c{place}": ticked(each is terms.opinion) for place, each in enumerate(Opinion, 1)}
    agreed: dict[str, object] = {
        **_subject(terms.contract),
        "review": review | boxes,
        "points": [
            {
                "seq": str(place),
                "name": point.name,
                "result": point.result,
                "remark": point.remark,
            }
            for place, point in enumerate(terms.points, 1)
        ],
        "deviations": [_deviation(each) for each in terms.deviations] or [dict(_NO_DEVIATION)],
    }
    return merged(defaults, agreed)


def approval_sheet_fields(terms: ApprovalSheetTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of an approval sheet but its number."""
    agreed: dict[str, object] = {
        **_subject(terms.contract),
        "approval": {
            "digest": terms.draft_digest,
            "limit": _LIMITS[terms.is_over_limit],
        },
        "steps": [_step(each) for each in terms.steps],
    }
    return merged(defaults, agreed)


def seal_request_fields(terms: SealRequestTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of a request for the seal but its number.

    What the keeper writes after the work stands open until `terms.work` says it.
    """
    work = terms.work
    sealing = {
        "department": terms.department,
        "applicant": terms.applicant,
        "applied_cn": chinese_moment(terms.applied_at),
        "document_name": terms.document_name,
        "document_no": terms.document_number,
        "counterparty": terms.counterparty,
        "digest": terms.digest,
        "pages": str(terms.pages),
        "copies": str(terms.copies),
        "c1": ticked(terms.seal is SealKind.COMPANY),
        "c2": ticked(terms.seal is SealKind.CONTRACT),
        "at_signature": str(terms.at_signature),
        "over_edges": str(terms.over_edges),
        "at_corrections": str(terms.at_corrections),
        "planned": str(terms.impressions),
        "approval_no": terms.approval_no,
        "approver": terms.approver,
        "keeper": terms.keeper,
        "witness": terms.witness,
        "carried_out": terms.carried_out,
        "used_cn": DATE_TO_SIGN if work is None else chinese_moment(work.at),
        "made": "　　　枚" if work is None else f"{work.impressions} 枚",
        "spoilt": "　　　份，处理："
        if work is None
        else f"{work.spoilt} 份，处理：{work.spoilt_handling}",
        "remark": terms.remark,
    }
    return merged(defaults, {"sealing": sealing})


def _subject(contract: ContractTerms) -> dict[str, dict[str, str]]:
    return {
        "contract": {
            "order_no": contract.order_no,
            "type_name": contract.type_name,
            "template": f"{contract.template_code}（版本 {contract.template_version}）",
        },
        "project": {"name": contract.project_name},
        "party_a": {"name": contract.party_a.name},
        "party_b": {"name": contract.party_b.name},
        "amount": {
            "total": money(contract.total),
            "total_upper": amount_in_words(contract.total),
        },
    }


def _deviation(each: Deviation) -> dict[str, str]:
    return {
        "seq": str(each.seq),
        "clause": each.clause,
        "standard": each.standard,
        "agreed": each.agreed,
        "reason": each.reason,
    }


def _step(each: ApprovalStep) -> dict[str, str]:
    return {
        "seq": str(each.seq),
        "post": each.post,
        "person": each.person,
        "opinion": each.opinion,
        "remark": each.remark,
        "at_cn": chinese_moment(each.at),
        "digest": each.digest[:_DIGEST_SHOWN],
    }
