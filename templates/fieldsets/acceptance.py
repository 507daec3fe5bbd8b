"""Acceptance: the fields of an acceptance report, from its terms and its contract's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from templates.fieldsets.contract import copies_fields, total_fields
from templates.fieldsets.origin import listed
from templates.fieldsets.shape import UNUSED, Fields, merged
from templates.fieldsets.verdict import conclusion_of, paired_results, warranty_ends_on
from templates.terms import AcceptanceTerms, Rectification
from templates.wording import chinese_date

_NO_RECTIFICATION = {
    "seq": UNUSED,
    "item": "无",
    "problem": UNUSED,
    "demand": UNUSED,
    "responsible": UNUSED,
    "due_cn": UNUSED,
    "done_cn": UNUSED,
    "rechecked_cn": UNUSED,
    "recheck_result": UNUSED,
    "rechecked_by": UNUSED,
}


def acceptance_fields(terms: AcceptanceTerms, defaults: Mapping[str, str]) -> Fields:
    """Return every field of an acceptance report but its number.

    Items and standards are those of the contract alone (regulation P-502). Raises
    TermsRefused where results and items do not match or the conclusion does not follow.
    """
    contract = terms.contract
    signed_on = terms.contract_signed_on
    agreed: dict[str, object] = {
        "contract": {
            "no": terms.contract_number,
            "sign_date_cn": chinese_date(signed_on) if signed_on else "以合同签署页所载日期为准",
            **({"amendments": listed(terms.amendments)} if terms.amendments else {}),
        },
        "project": {"name": contract.project_name},
        "party_a": {"name": contract.party_a.name},
        "party_b": {"name": contract.party_b.name},
        "service": {"end_cn": chinese_date(contract.service_end)},
        "amount": total_fields(contract),
        "copies": copies_fields(terms.copies),
        "acceptance": _inspection(terms) | _verdict(terms),
        "selfcheck": {
            "no": terms.self_check_no,
            "date_cn": chinese_date(terms.self_checked_on),
            "result": terms.self_check_result,
            "issues": str(terms.self_check_issues),
            "fixed": str(terms.self_check_fixed),
        },
        "warranty": _warranty_period(terms),
        **_rows(terms),
    }
    return merged(defaults, agreed)


def _inspection(terms: AcceptanceTerms) -> dict[str, str]:
    return {
        "round": str(terms.round),
        "kind": terms.round_kind,
        "done_date_cn": chinese_date(terms.completed_on),
        "notice_no": terms.notice_no,
        "notice_date_cn": chinese_date(terms.notice_delivered_on),
        "date_cn": chinese_date(terms.accepted_on),
        "place": terms.place,
        "method": terms.method,
        "standards": terms.standards,
        "history": terms.history,
        "leftover": terms.leftover,
        "csat": UNUSED if terms.satisfaction is None else str(terms.satisfaction),
        "attach_pages": str(terms.attachment_pages),
    }


def _verdict(terms: AcceptanceTerms) -> dict[str, str]:
    results = [result.result for result in terms.results]
    conclusion = conclusion_of(terms)
    return {
        # √ and □, not ☑ and ☐: the latter stand in no Chinese text face.
        "c1": "√" if conclusion == "合格" else "□",
        "c2": "√" if conclusion == "部分合格" else "□",
        "c3": "√" if conclusion == "不合格" else "□",
        "total": str(len(results)),
        "pass": str(results.count("合格")),
        "fail": str(results.count("不合格")),
        "na": str(results.count("不适用")),
    }


def _warranty_period(terms: AcceptanceTerms) -> dict[str, str]:
    months = terms.contract.warranty.months
    if conclusion_of(terms) != "合格" or months == 0:
        return {"start_cn": UNUSED, "end_cn": UNUSED}
    return {
        "start_cn": chinese_date(terms.accepted_on),
        "end_cn": chinese_date(warranty_ends_on(terms.accepted_on, months)),
    }


def _rows(terms: AcceptanceTerms) -> dict[str, object]:
    return {
        "deliverables": [
            {
                "seq": str(thing.seq),
                "name": thing.name,
                "medium": thing.medium,
                "quantity": thing.quantity,
                "date_cn": chinese_date(thing.delivered_on),
                "complete": "齐全" if thing.complete else "不齐全",
            }
            for thing in terms.deliverables
        ],
        "results": [
            {
                "seq": str(item.seq),
                "name": item.name,
                "clause": item.clause,
                "standard": item.standard,
                "method": item.method,
                "finding": result.finding,
                "result": result.result,
                "remark": result.remark,
            }
            for item, result in paired_results(terms)
        ],
        "rectifications": [_rectification(each) for each in terms.rectifications]
        or [dict(_NO_RECTIFICATION)],
    }


def _rectification(each: Rectification) -> dict[str, str]:
    return {
        "seq": str(each.seq),
        "item": each.item,
        "problem": each.problem,
        "demand": each.demand,
        "responsible": each.responsible,
        "due_cn": chinese_date(each.due),
        "done_cn": _day_or_unused(each.done_on),
        "rechecked_cn": _day_or_unused(each.rechecked_on),
        "recheck_result": each.recheck_result,
        "rechecked_by": each.rechecked_by,
    }


def _day_or_unused(day: date | None) -> str:
    return UNUSED if day is None else chinese_date(day)
