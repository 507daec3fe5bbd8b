"""Sheets: legal opinion, approval sheet and seal request (F-103 to F-106, F-202, P-304)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.sheets import (
    NOT_REGISTERED,
    REVIEW_POINTS,
    STEPS,
    STEPS_OVER_LIMIT,
    ApprovalSheetTerms,
    LegalOpinionTerms,
    Opinion,
    SealRequestTerms,
)

AGREED, RETURNED = "同意", ("不同意", "退回")
_RESULTS = ("符合", "不符合", "不适用")
_NOTHING = {"", "无", "/", "／"}
_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_opinion(terms: LegalOpinionTerms) -> Iterator[Finding]:
    """Yield points without an answer, and an opinion that does not follow from them."""
    yield from _digest("draft_digest", terms.draft_digest)
    if tuple(point.name for point in terms.points) != REVIEW_POINTS:
        message = f"审核要点须为规定的 {len(REVIEW_POINTS)} 项，逐项作答、不得增减；请核对"
        yield block("F-104", "points", message)
    for position, point in enumerate(terms.points):
        place = f"points[{position}]"
        if point.result not in (*_RESULTS, NOT_REGISTERED):
            message = f"结果“{point.result}”无效；只能是{'、'.join(_RESULTS)}"
            yield block("F-104", f"{place}.result", message)
        elif point.result != "符合" and point.remark.strip() in _NOTHING:
            message = f"“{point.name}”的结果为{point.result}，请在说明中写明理由"
            yield block("F-104", f"{place}.remark", message)
    yield from _conclusion(terms)
    if terms.reviewer == terms.submitted_by:
        yield block("F-103", "reviewer", "审核人与经办人为同一人；审核应当由法务人员独立进行")
    if terms.reviewed_at < terms.submitted_at:
        yield block("K18", "reviewed_at", "审核时间早于送审时间；请核对")


def _conclusion(terms: LegalOpinionTerms) -> Iterator[Finding]:
    failed = [point.name for point in terms.points if point.result == "不符合"]
    if terms.opinion is Opinion.AGREED and failed:
        message = f"有不符合的要点（{'、'.join(failed)}），结论不能是“同意”；请核对"
        yield block("F-104", "opinion", message)
    if terms.opinion is not Opinion.AGREED and terms.remarks.strip() in _NOTHING:
        message = f"结论为“{terms.opinion}”，请写明修改要求或者理由"
        yield block("F-104", "remarks", message)


def check_approvals(terms: ApprovalSheetTerms) -> Iterator[Finding]:
    """Yield why the approvals do not carry the contract to its number and its seal."""
    yield from _digest("draft_digest", terms.draft_digest)
    wanted = terms.route + (STEPS_OVER_LIMIT if terms.is_over_limit else ())
    posts = tuple(step.post for step in terms.steps)
    if posts != wanted:
        message = f"审批环节应依次为{' → '.join(wanted)}，现为{' → '.join(posts) or '空白'}；请核对"
        yield block("F-106", "steps", message)
    for position, step in enumerate(terms.steps):
        place = f"steps[{position}]"
        if step.digest != terms.draft_digest:
            message = f"“{step.post}”所审的版本与本单的版本不同；改动后应当重新审批"
            yield block("F-106", f"{place}.digest", message)
        if step.opinion != AGREED:
            yield from _not_agreed(place, step.opinion, step.post)
    for position, (before, after) in enumerate(pairwise(terms.steps), 1):
        if after.at < before.at:
            message = f"“{after.post}”的时间早于“{before.post}”；审批应当按顺序进行"
            yield block("K18", f"steps[{position}].at", message)
    # Who checks what was taken in may also have drafted it; nobody else holds two posts.
    for either in STEPS[:2]:
        yield from _one_hand_each(
            "steps", [step.person for step in terms.steps if step.post != either]
        )


def _not_agreed(place: str, opinion: str, post: str) -> Iterator[Finding]:
    if opinion in RETURNED:
        message = f"“{post}”的意见为“{opinion}”，不得编号、用印；请修改后重新审批"
    else:
        message = f"“{post}”的意见“{opinion}”无效；只能是同意、{'、'.join(RETURNED)}"
    yield block("F-106", f"{place}.opinion", message)


def check_sealing(terms: SealRequestTerms) -> Iterator[Finding]:
    """Yield why the seal may not be used, or was not used as asked."""
    yield from _digest("digest", terms.digest)
    counts = ("at_signature", "over_edges", "at_corrections")
    for place in ("pages", "copies"):
        if getattr(terms, place) < 1:
            yield block("F-202", place, "页数和份数须至少为 1；请核对")
    for place in counts:
        if getattr(terms, place) < 0:
            yield block("F-202", place, "盖章处数不能为负；请核对")
    if terms.impressions < 1:
        yield block("F-202", "at_signature", "没有一处盖章；请写明盖章位置")
    elif terms.at_signature < 1:
        yield warn("F-202", "at_signature", "落款处不盖章；请确认用印目的")
    if terms.approval_no.strip() in _NOTHING:
        yield block("F-106", "approval_no", "没有审批依据；未经审批不得用印")
    hands = [terms.applicant, terms.approver, terms.keeper, terms.witness]
    yield from _one_hand_each("keeper", hands)
    yield from _work(terms)


def _work(terms: SealRequestTerms) -> Iterator[Finding]:
    work = terms.work
    if work is None:
        return
    if work.at < terms.applied_at:
        yield block("K18", "work.at", "用印时间早于申请时间；请核对")
    if work.impressions < 0 or work.spoilt < 0:
        yield block("F-202", "work", "枚数和份数不能为负；请核对")
    elif work.impressions < terms.impressions:
        message = f"实盖 {work.impressions} 枚，少于应盖 {terms.impressions} 枚；请核对有无漏盖"
        yield block("F-202", "work.impressions", message)
    elif work.impressions > terms.impressions and work.spoilt == 0:
        message = f"实盖 {work.impressions} 枚，多于应盖 {terms.impressions} 枚而没有作废；请说明"
        yield block("F-202", "work.impressions", message)
    if work.spoilt > 0 and work.spoilt_handling.strip() in _NOTHING:
        yield block("F-202", "work.spoilt_handling", "有作废份数而没有写明如何处理；请补充")


def _digest(place: str, digest: str) -> Iterator[Finding]:
    if _DIGEST.fullmatch(digest) is None:
        message = "版本摘要不是 64 位小写十六进制的 SHA-256；请由系统填写"
        yield block("F-106", place, message)


def _one_hand_each(place: str, people: list[str]) -> Iterator[Finding]:
    plain = ["".join(person.split()) for person in people]
    double = [person for person, times in Counter(plain).items() if times > 1]
    if double:
        message = f"{'、'.join(double)}在同一文件上担任了几个角色；起草、审核、审批、用印应当分开"
        yield block("F-106", place, message)
