"""Verdict: what follows from the results of an acceptance, by rule and not by hand."""

from __future__ import annotations

import calendar
from datetime import date

from templates.errors import Finding, Level, TermsRefused
from templates.terms import AcceptanceItem, AcceptanceTerms, ItemResult


def possible_conclusions(results: tuple[ItemResult, ...]) -> tuple[str, ...]:
    """Return the conclusions that `results` allow; none where nothing was accepted at all.

    Every item 合格 or 不适用, one at least 合格: 合格 and nothing else (regulation P-503).
    With failures, the parties may call it 部分合格 only where something passed.
    """
    found = {result.result for result in results}
    if "不合格" in found:
        return ("部分合格", "不合格") if "合格" in found else ("不合格",)
    return ("合格",) if "合格" in found else ()


def conclusion_of(terms: AcceptanceTerms) -> str:
    """Return the conclusion; raises TermsRefused (P-503) where it does not follow."""
    possible = possible_conclusions(terms.results)
    if terms.conclusion in possible:
        return terms.conclusion
    follows = "或".join(f"“{each}”" for each in possible) or "没有任何结论，须重新验收"
    message = f"验收结论写作“{terms.conclusion}”，但逐项结果得出的是{follows}；请核对结果或结论"
    raise TermsRefused(
        [Finding(code="P-503", level=Level.BLOCK, place="conclusion", message=message)]
    )


def paired_results(terms: AcceptanceTerms) -> tuple[tuple[AcceptanceItem, ItemResult], ...]:
    """Return each item of the contract with its result, in the contract's order.

    Raises TermsRefused (P-502) where an item has no result, two results, or a result no item.
    """
    items = terms.contract.acceptance_items
    by_seq = {result.seq: result for result in terms.results}
    asked = [item.seq for item in items]
    given = [result.seq for result in terms.results]
    if sorted(asked) != sorted(given) or len(set(asked)) != len(asked):
        message = (
            f"合同附件二的验收项目为第{_listed(asked)}项，逐项结果所列为第{_listed(given)}项；"
            "二者应当一一对应，不得增减"
        )
        raise TermsRefused(
            [Finding(code="P-502", level=Level.BLOCK, place="results", message=message)]
        )
    return tuple((item, by_seq[item.seq]) for item in items)


def _listed(numbers: list[int]) -> str:
    return "、".join(str(number) for number in sorted(numbers)) or "（无）"


def warranty_ends_on(accepted_on: date, months: int) -> date:
    """Return the last day of a period of `months` (Civil Code, articles 201 and 202).

    The day of acceptance is not counted; the period ends on the same day of the last month,
    or on that month's end where it has no such day.
    """
    years, month = divmod(accepted_on.month - 1 + months, 12)
    year = accepted_on.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(accepted_on.day, last))
