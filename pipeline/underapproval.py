"""Under approval: which paper a name means, and what who decides about it must see (送审内容)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.deciding import Standing
from archive.deviations import in_force
from archive.errors import ApprovalRefused
from archive.events import Event
from archive.instruments import OPEN_STATES, Instrument
from pipeline.naming import STATE_WORDS, find_instrument
from pipeline.papers.kinds import KINDS
from pipeline.reviewtelling import questions_of
from templates.wording import amount_in_words


def find_paper(session: Session, name: str) -> Instrument:
    """Return the paper `name` means; raises ApprovalRefused where it means none, or several.

    A number, or an order: then its one paper that is under way. ORDER/KIND tells papers of
    one order apart, e.g. XSDD-2026-0002/change or XSDD-2026-0002/变更协议.
    """
    order_no, _, kind = name.partition("/")
    under_way = session.scalars(
        select(Instrument)
        .where(Instrument.order_no == order_no, Instrument.state.in_(OPEN_STATES))
        .order_by(Instrument.id)
    ).all()
    if kind:
        under_way = [each for each in under_way if kind in (each.kind, KINDS[each.kind].word)]
    if len(under_way) > 1:
        names = "、".join(f"{order_no}/{each.kind}" for each in under_way)
        raise ApprovalRefused([f"订单 {order_no} 有几份文书在办：{names}；请指明其一"])
    found = under_way[0] if under_way else None if kind else find_instrument(session, name)
    if found is None:
        raise ApprovalRefused([f"没有编号或订单号为 {name} 的文书"])
    return found


def seen_of(session: Session, instrument: Instrument, standing: Standing | None) -> dict[str, Any]:
    """Return what is decided about: parties, amount, terms, findings, deviation, steps."""
    amount = instrument.amount
    revision = in_force(session, instrument.order_no)
    deviates = revision is not None and revision.terms_digest == instrument.terms_digest
    return {
        "order_no": instrument.order_no,
        "contract_number": instrument.number,
        "kind": instrument.kind,
        "kind_name": KINDS[instrument.kind].word,
        "title": instrument.title,
        "revision": instrument.revision,
        "state": instrument.state.value,
        "state_name": STATE_WORDS[instrument.state],
        "party_a": instrument.party_a,
        "party_b": instrument.party_b,
        "amount": None if amount is None else f"{amount:.2f}",
        "amount_upper": None if amount is None else amount_in_words(amount),
        "terms_digest": instrument.terms_digest,
        "findings": _findings(session, instrument),
        "deviation": revision.summary if revision is not None and deviates else None,
        "steps": [] if standing is None else _steps(standing),
        "given_back": "" if standing is None else standing.given_back,
        "questions": questions_of(session, instrument),
    }


def _steps(standing: Standing) -> list[dict[str, Any]]:
    turn = {step.code for step in standing.open}
    return [
        {
            "step": step.code,
            "name": step.name,
            "person": standing.decided[step.code].person if step.code in standing.decided else None,
            "is_open": step.code in turn and not standing.is_ended,
            "points": list(step.points),
        }
        for step in standing.route.steps
    ]


def _findings(session: Session, instrument: Instrument) -> list[str]:
    """Return what the checks remarked on these terms when they were drawn up."""
    drafted = session.scalars(
        select(Event)
        .where(
            Event.chain == instrument.chain,
            Event.action == f"{instrument.kind}:drafted",
            Event.subject == str(instrument.terms_digest),
        )
        .order_by(Event.seq.desc())
    ).first()
    return list(drafted.details["warnings"]) if drafted else []
