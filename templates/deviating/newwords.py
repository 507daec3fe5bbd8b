"""New words: what a legal officer would find in clauses written by hand (新条款的用语)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from templates.checks.places import Said
from templates.checks.remarks import block, warn
from templates.checks.texts import check_text
from templates.checks.wordings import check_earnest, check_wording
from templates.deviating.changes import Change
from templates.errors import Finding

_AS_A_DUTY: Final = "service.scope"
"""The place in an order whose words are looked at as closely as those of a clause must be."""

_OR: Final = "(?:或者?|也可以?|亦可|均可|同时|以及|和)"
_COURT: Final = "(?:法院|诉讼|起诉)"
_BOTH_WAYS: Final = re.compile(
    f"仲裁.{{0,40}}{_OR}.{{0,40}}{_COURT}|{_COURT}.{{0,40}}{_OR}.{{0,40}}仲裁"
)
_AGREED_WAY: Final = re.compile("提交|申请|提起|解决|管辖")
_AMOUNT: Final = re.compile(
    "[￥¥]\\s*[0-9][0-9,，.]*|[0-9][0-9,，.]*\\s*[万亿]?元|[壹贰叁肆伍陆柒捌玖拾佰仟万亿]{2,}[元圆]"
)


def new_word_findings(change: Change, vague: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what is found in a clause added or changed; `vague` are the words no duty is said in.

    What the standard text says as well is no finding.
    """
    place, before, after = change.place, change.before, change.after
    if not after.strip():
        return
    standing = {(each.code, each.message) for each in _said(before, vague)}
    for each in _said(after, vague):
        if (each.code, each.message) not in standing:
            yield replace(each, place=place)
    if _is_both_ways(after) and not _is_both_ways(before):
        message = "既约定仲裁又约定诉讼；“或裁或审”的仲裁约定无效，请只保留一种"
        yield block("K09", place, message)
    for amount in dict.fromkeys(_AMOUNT.findall(change.put_in)):
        message = f"新写入的金额“{amount}”不由订单核算，系统无法核对；请法务与业务逐项确认"
        yield warn("P-304", place, message)


def _said(text: str, vague: tuple[str, ...]) -> Iterator[Finding]:
    if text.strip():
        said = Said(_AS_A_DUTY, text)
        yield from check_text(said)
        yield from check_earnest(said)
        yield from check_wording([said], vague)


def _is_both_ways(text: str) -> bool:
    return any(_AGREED_WAY.search(found[0]) or _AGREED_WAY.search(text)
               for found in _BOTH_WAYS.finditer(text))  # fmt: skip
