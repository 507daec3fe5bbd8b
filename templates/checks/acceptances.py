"""Acceptances: results, conclusion and days of an acceptance round (P-502, P-503, B-106)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from templates.checks.grounds import Grounds
from templates.checks.remarks import block, warn
from templates.errors import Finding
from templates.fieldsets.verdict import possible_conclusions
from templates.terms import AcceptanceTerms
from templates.wording import chinese_date
from templates.workdays import workday_after

PASSED, FAILED, NOT_APPLICABLE = "合格", "不合格", "不适用"
_BEST_SATISFACTION = 5


def check_results(terms: AcceptanceTerms) -> Iterator[Finding]:
    """Yield where the results are not exactly those of the contract's annex 2 (P-502)."""
    items = {item.seq: item for item in terms.contract.acceptance_items}
    times = Counter(result.seq for result in terms.results)
    for seq, item in items.items():
        if seq not in times:
            message = (
                f"缺少合同附件二第 {seq} 项“{item.name}”的验收结果；请补充，确不适用的填“不适用”"
            )
            yield block("P-502", "results", message)
    for position, result in enumerate(terms.results):
        place = f"results[{position}]"
        if result.seq not in items:
            message = f"第 {result.seq} 项不在合同附件二之内；增加验收项目须先签变更协议"
            yield block("P-502", f"{place}.seq", message)
        elif times[result.seq] > 1:
            yield block("P-502", f"{place}.seq", f"第 {result.seq} 项有多个结果；请只保留一个")
        if result.result not in {PASSED, FAILED, NOT_APPLICABLE}:
            message = f"结果“{result.result}”无效；只能是合格、不合格、不适用"
            yield block("P-502", f"{place}.result", message)
        elif result.result == NOT_APPLICABLE and result.remark.strip() in {"", "无", "/"}:
            yield warn("P-502", f"{place}.remark", "结果为不适用，请在备注中说明双方确认的理由")


def check_conclusion(terms: AcceptanceTerms) -> Iterator[Finding]:
    """Yield where the conclusion does not follow from the results (P-503, P-504)."""
    allowed = possible_conclusions(terms.results)
    if not allowed:
        yield block("P-503", "results", "没有一项得出合格或不合格，不能作出验收结论")
    elif terms.conclusion not in allowed:
        listed = "或".join(f"“{each}”" for each in allowed)
        message = f"结论“{terms.conclusion}”与逐项结果不符；按结果应为{listed}"
        yield block("P-503", "conclusion", message)
    failed = [result for result in terms.results if result.result == FAILED]
    if failed and not terms.rectifications:
        message = f"有 {len(failed)} 项不合格但没有整改要求；请逐项列明问题、要求和期限"
        yield block("P-504", "rectifications", message)
    if terms.conclusion == PASSED:
        yield from _open_ends(terms)


def _open_ends(terms: AcceptanceTerms) -> Iterator[Finding]:
    for position, each in enumerate(terms.rectifications):
        if each.recheck_result != PASSED:
            message = f"“{each.item}”的整改未经复验合格，不能得出合格结论；请复验后再报"
            yield block("P-504", f"rectifications[{position}].recheck_result", message)
    for position, thing in enumerate(terms.deliverables):
        if not thing.complete:
            message = f"交付成果“{thing.name}”不齐全而结论为合格；请补齐，或在遗留事项中约定"
            yield warn("P-503", f"deliverables[{position}].complete", message)


def check_days(terms: AcceptanceTerms) -> Iterator[Finding]:
    """Yield days out of order: self-check, notice, acceptance (K18)."""
    ordered = (
        ("self_check.date", "自查日", terms.self_checked_on,
         "notice.delivered_on", "验收通知送达日", terms.notice_delivered_on),
        ("notice.delivered_on", "验收通知送达日", terms.notice_delivered_on,
         "accepted_on", "验收日", terms.accepted_on),
        ("completed_on", "实际完成日", terms.completed_on,
         "accepted_on", "验收日", terms.accepted_on),
    )  # fmt: skip
    for _, earlier, first, place, later, second in ordered:
        if first > second:
            message = f"{later} {chinese_date(second)} 早于{earlier} {chinese_date(first)}；请核对"
            yield block("K18", place, message)
    signed = terms.contract_signed_on
    if signed is not None and signed > terms.accepted_on:
        message = f"验收日早于合同签订日 {chinese_date(signed)}；请核对"
        yield block("K18", "accepted_on", message)
    if terms.completed_on > terms.contract.service_end:
        message = (
            f"实际完成日晚于合同约定的 {chinese_date(terms.contract.service_end)}；请确认逾期责任"
        )
        yield warn("K18", "completed_on", message)
    yield from _rectification_days(terms)


def _rectification_days(terms: AcceptanceTerms) -> Iterator[Finding]:
    for position, each in enumerate(terms.rectifications):
        place = f"rectifications[{position}].rechecked_on"
        if each.rechecked_on is None:
            continue
        if each.done_on is None or each.done_on > each.rechecked_on:
            yield block("K18", place, f"“{each.item}”复验早于整改完成；请核对日期")
        if each.rechecked_on > terms.accepted_on:
            yield block("K18", place, f"“{each.item}”的复验日晚于验收日；请核对日期")


def check_filing_day(terms: AcceptanceTerms, grounds: Grounds) -> Iterator[Finding]:
    """Yield that a report comes later than it should be filed (P-306)."""
    allowed = grounds.rules.figures.file_within_workdays
    last = workday_after(terms.accepted_on, allowed)
    if grounds.on > last:
        message = (
            f"验收日 {chinese_date(terms.accepted_on)} 后 {allowed} 个工作日"
            f"（{chinese_date(last)}）内应当归档，已逾期；请说明原因"
        )
        yield block("P-306", "accepted_on", message)
    if terms.accepted_on > grounds.on:
        message = f"验收日 {chinese_date(terms.accepted_on)} 晚于今日；请核对"
        yield block("K18", "accepted_on", message)


def check_self_check(terms: AcceptanceTerms) -> Iterator[Finding]:
    """Yield why the client should not have been called yet (B-106)."""
    if terms.self_check_result != PASSED:
        message = f"自查结论为“{terms.self_check_result}”；自查合格后方可通知客户验收"
        yield block("B-106", "self_check.result", message)
    if terms.self_check_fixed != terms.self_check_issues:
        message = (
            f"自查发现 {terms.self_check_issues} 项问题，已纠正 {terms.self_check_fixed} 项；"
            "全部纠正后方可通知客户验收"
        )
        yield block("B-106", "self_check.fixed", message)


def check_round(terms: AcceptanceTerms) -> Iterator[Finding]:
    """Yield what is wrong with round, satisfaction and annex pages."""
    if terms.round < 1:
        yield block("P-504", "round", "验收轮次从 1 起")
    elif (terms.round == 1) == (terms.round_kind == "复验"):
        message = f"第 {terms.round} 次验收写成“{terms.round_kind}”；请核对轮次与性质"
        yield warn("P-504", "round_kind", message)
    satisfaction = terms.satisfaction
    if satisfaction is not None and not 1 <= satisfaction <= _BEST_SATISFACTION:
        yield block("K11", "satisfaction", "满意度须为 1 至 5 的整数，未评价的不填")
    if terms.attachment_pages < 0:
        yield block("K11", "attachment_pages", "附件页数不能为负")
    if not terms.deliverables:
        yield block("P-503", "deliverables", "没有交付成果清单；请至少填写一项")
