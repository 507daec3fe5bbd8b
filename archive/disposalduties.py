"""Disposal duties: who may decide what on a list, and which duties stay apart (职责分离)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from archive.disposal import FEWEST, Decision, DisposalList, Stage
from archive.errors import RetentionRefused
from archive.people import is_among, person_key
from archive.retention import PERMANENT, longer, years_of


def check_opinion(
    known: DisposalList, code: str, decision: Decision, period: str | None, *, on: date
) -> None:
    """Raise RetentionRefused where such an opinion cannot be given."""
    if known.stage not in (Stage.APPRAISING, Stage.APPROVING):
        raise RetentionRefused(f"清单 {known.number} {known.stage}，不能再鉴定")
    entry = known.entry(code)
    if decision is Decision.DESTROY:
        if period is not None:
            raise RetentionRefused("意见为销毁的，不写新期限")
        return
    if period is None:
        raise RetentionRefused("意见为续存的，须写明新期限，如 --period D40 或 --period Y")
    if period == PERMANENT:
        return
    try:
        end = date(entry.starts_on.year + years_of(period), 1, 1)
    except ValueError as error:
        raise RetentionRefused(f"期限 {period} 无效；请写 Y 或 D 加年数，如 D40") from error
    if longer(period, entry.period) == entry.period or end <= on:
        raise RetentionRefused(
            f"续存的新期限 {period} 应长于原期限 {entry.period}，且自起算日算起尚未届满"
        )


def check_approval(known: DisposalList, approver: str) -> None:
    """Raise RetentionRefused where `approver` cannot decide on this list, or not yet."""
    if known.stage is Stage.APPRAISING:
        open_ = [entry.code for entry in known.entries if entry.decision is None]
        raise RetentionRefused(
            f"清单 {known.number} 尚未鉴定完：{'、'.join(open_)}；每卷至少两人提出意见"
        )
    if known.stage is not Stage.APPROVING:
        raise RetentionRefused(f"清单 {known.number} {known.stage}，不能再批准")
    if is_among(approver, (known.proposer, *known.appraisers)):
        raise RetentionRefused(f"{approver}编制或鉴定过清单 {known.number}，不能由本人批准")


def check_presence(known: DisposalList, operator: str, witnesses: Sequence[str]) -> None:
    """Raise RetentionRefused where these people may not carry the list out, or not now."""
    if known.stage not in (Stage.APPROVED, Stage.EXECUTING):
        raise RetentionRefused(f"清单 {known.number} {known.stage}，不能执行销毁；先鉴定、批准")
    if len({person_key(each) for each in witnesses}) < FEWEST or len(witnesses) != FEWEST:
        raise RetentionRefused("销毁须有两名不同的监销人在场")
    if is_among(operator, witnesses):
        raise RetentionRefused(f"{operator}是执行人，不能同时监销")
    if known.approver is not None and is_among(known.approver, (operator, *witnesses)):
        raise RetentionRefused(f"{known.approver}批准了本清单，不能执行或监销")
