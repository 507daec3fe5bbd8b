"""Upstream: decisions another system gave, taken in where the rules trust it (上级审批)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from archive import events
from archive.approvals import Approval, as_given, decided_on, route_of, rows_on
from archive.deviations import is_deviating
from archive.errors import ApprovalRefused
from archive.instruments import Instrument
from archive.routes import (
    AGREED,
    HERE,
    ApprovalRules,
    UpstreamApproval,
    problems_of,
    same_decision,
)
from archive.routesteps import Route


def record_upstream(
    session: Session,
    instrument: Instrument,
    given: Sequence[UpstreamApproval],
    rules: ApprovalRules,
    *,
    terms_digest: str,
    at: datetime,
) -> list[Approval]:
    """Register the decisions `given` on these terms and return those that were new.

    Decisions of systems the rules do not trust do not count, but a refusal stops whoever
    gave it. Decisions on other terms say nothing of these; on a text that deviates from its
    standard only those count that name its digest, for all others were given on the standard.
    Raises ApprovalRefused with every problem at once, and then registers nothing.
    """
    if instrument.terms_digest not in (None, terms_digest):
        raise ApprovalRefused(["文书内容与报审时不同（摘要不一致），须重新起草并报审"])
    deviating = is_deviating(session, instrument.order_no, terms_digest)
    route = route_of(session, instrument, rules, terms_digest)
    meant = [each for each in given if each.binds(terms_digest, by_name=deviating)]
    counted, problems = _counted(meant, rules, route)
    rows = {row.step: row for row in rows_on(session, instrument, terms_digest)}
    decided = decided_on(session, instrument, terms_digest)
    new = {code: decision for code, decision in counted.items() if code not in rows}
    for code in (code for code in counted if code in rows):
        problems += _against(rows[code], counted[code], rules)
    problems += problems_of(route, decided | new, at=at)
    if problems:
        raise ApprovalRefused(problems)
    return [
        _register(session, instrument, new[step.code], terms_digest=terms_digest, at=at)
        for step in route.steps
        if step.code in new
    ]


def untrusted_sources(given: Iterable[UpstreamApproval], rules: ApprovalRules) -> tuple[str, ...]:
    """Return the systems whose decisions stand among `given` but do not count."""
    return tuple(dict.fromkeys(each.source for each in given if not rules.trusts(each.source)))


def _counted(
    given: Sequence[UpstreamApproval], rules: ApprovalRules, route: Route
) -> tuple[dict[str, UpstreamApproval], list[str]]:
    """Return the agreements that count, by step code, and what is wrong with the rest."""
    counted: dict[str, UpstreamApproval] = {}
    problems: list[str] = []
    for each in given:
        step = rules.step(each.step.strip())
        if each.decision != AGREED:
            problems.append(f"“{each.step}”{each.person} 的意见为“{each.decision}”：{each.opinion}")
        elif not rules.trusts(each.source):
            continue
        elif step is None:
            known = "、".join(known.name for known in rules.steps)
            problems.append(f"“{each.step}”不是审批环节；可用：{known}")
        elif step in route.steps:
            decision = replace(each, step=step.code)
            if not same_decision(counted.setdefault(step.code, decision), decision):
                problems.append(f"“{step.name}”有两份不同的意见，请只保留一份")
    return counted, problems


def _against(row: Approval, decision: UpstreamApproval, rules: ApprovalRules) -> list[str]:
    step = rules.step(row.step)
    name = step.name if step else row.step
    if row.source == HERE:
        return []
    if row.voided_at is not None:
        return [f"“{name}”的意见已作废（{row.void_reason}），不能再次使用，请修订后重新报审"]
    if not same_decision(as_given(row), decision):
        return [f"“{name}”已由 {row.person} 办理并登记，意见不能改动"]
    return []


def _register(
    session: Session,
    instrument: Instrument,
    decision: UpstreamApproval,
    *,
    terms_digest: str,
    at: datetime,
) -> Approval:
    row = Approval(
        instrument_id=instrument.id,
        step=decision.step,
        person=decision.person,
        post=decision.post,
        at=decision.at,
        opinion=decision.opinion,
        source=decision.source,
        terms_digest=terms_digest,
    )
    session.add(row)
    session.flush()
    events.append(
        session,
        chain=instrument.chain,
        at=at,
        actor=decision.person,
        action=f"{instrument.kind}:approved",
        subject=terms_digest,
        details={
            "step": decision.step,
            "post": decision.post,
            "opinion": decision.opinion,
            "source": decision.source,
            "decided_at": decision.at.isoformat(),
        },
    )
    return row
