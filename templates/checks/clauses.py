"""Clauses: standards, numbering of rows, dispute, copies and warranty (K04, K09, K12, K17)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from templates.checks.remarks import block, warn
from templates.checks.rules import Figures
from templates.errors import Finding
from templates.terms import ContractTerms, Copies, Dispute

_EMPTY = {"", "/", "无", "／"}
_UNTESTABLE = re.compile(r"(?:合格|良好|满意|正常|优良|符合要求|达到要求|甲方满意|验收合格)[。.]?")
_ARBITRATION, _COURT = 1, 2
_MOST_COPIES = 9999


def check_clauses(terms: ContractTerms, figures: Figures) -> Iterator[Finding]:
    """Yield what is wrong with the figures the standing clauses need."""
    yield from check_rows(terms)
    yield from check_dispute("contract.dispute", terms.dispute)
    yield from check_copies("contract.copies", terms.copies)
    if terms.warranty.months < 0 or terms.warranty.response_hours < 0:
        yield block("K04", "warranty", "质量保证期和响应时限不能为负；请核对")
    if terms.warranty.months > figures.usual_warranty_months:
        message = (
            f"质量保证期 {terms.warranty.months} 个月，长于通常的 "
            f"{figures.usual_warranty_months} 个月；请核对"
        )
        yield warn("K04", "warranty.months", message)
    if terms.copies.total > figures.usual_copies:
        message = f"合同共 {terms.copies.total} 份，多于通常的 {figures.usual_copies} 份；请核对"
        yield warn("K17", "contract.copies.total", message)


def check_rows(terms: ContractTerms) -> Iterator[Finding]:
    """Yield what is wrong with the standards, and rows nobody could name by their number."""
    yield from _standards(terms)
    yield from _numbering(terms)


def check_copies(place: str, copies: Copies) -> Iterator[Finding]:
    """Yield why `copies` cannot be signed: each party keeps one, and they add up."""
    if copies.a < 1 or copies.b < 1:
        yield block("K17", place, f"甲方 {copies.a} 份、乙方 {copies.b} 份；双方至少各执 1 份")
    if max(copies.total, copies.a, copies.b) > _MOST_COPIES:
        yield block("K17", f"{place}.total", f"份数超过 {_MOST_COPIES}；请核对")
    if copies.total != copies.a + copies.b:
        message = f"总份数 {copies.total} 不等于甲方 {copies.a} 份加乙方 {copies.b} 份；请核对"
        yield block("K17", f"{place}.total", message)


def _standards(terms: ContractTerms) -> Iterator[Finding]:
    if not terms.acceptance_items:
        message = "没有验收项目和标准；请至少填写一项可检验的标准"
        yield block("K04", "acceptance_items", message)
    for position, item in enumerate(terms.acceptance_items):
        if _UNTESTABLE.fullmatch(item.standard.strip()):
            message = f"验收标准“{item.standard}”无法检验；请写明指标、数量或依据的标准"
            yield warn("K04", f"acceptance_items[{position}].standard", message)


def _numbering(terms: ContractTerms) -> Iterator[Finding]:
    numbered = {
        "items": [line.line_no for line in terms.lines],
        "payments": [instalment.seq for instalment in terms.instalments],
        "milestones": [milestone.seq for milestone in terms.milestones],
        "acceptance_items": [item.seq for item in terms.acceptance_items],
    }
    for place, numbers in numbered.items():
        double = sorted(number for number, times in Counter(numbers).items() if times > 1)
        if double:
            listed = "、".join(map(str, double))
            yield block("K12", place, f"序号 {listed} 重复，无法准确引用；请重新编号")
        elif numbers != list(range(1, len(numbers) + 1)):
            yield warn("K12", place, "序号没有从 1 起连续排列；请确认没有漏行")


def check_dispute(place: str, dispute: Dispute) -> Iterator[Finding]:
    """Yield why `dispute` names no one way out, or names it wrongly."""
    body, court = dispute.arbitration_body.strip(), dispute.court_place.strip()
    if dispute.option not in {_ARBITRATION, _COURT}:
        message = "争议解决方式须且只能选一种：1 仲裁，2 诉讼；“或裁或审”的约定无效"
        yield block("K09", f"{place}.option", message)
        return
    if body not in _EMPTY and court not in _EMPTY:
        message = "同时写了仲裁机构和法院所在地；“或裁或审”的仲裁约定无效，请只保留所选的一种"
        yield block("K09", place, message)
    if dispute.option == _ARBITRATION and body in _EMPTY:
        message = "选择仲裁但没有写明仲裁机构，仲裁条款可能无效；请填写机构全称"
        yield block("K09", f"{place}.arbitration_body", message)
    elif dispute.option == _ARBITRATION and "仲裁" not in body:
        message = f"“{body}”不像仲裁机构的名称；请填写全称，如“杭州仲裁委员会”"
        yield warn("K09", f"{place}.arbitration_body", message)
    if dispute.option == _COURT and court in _EMPTY:
        message = "选择诉讼但没有写明法院所在地；请填写，如“甲方住所地”"
        yield block("K09", f"{place}.court_place", message)
