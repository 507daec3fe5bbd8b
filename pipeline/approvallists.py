"""Approval lists: whose turn it is, and what is late; every answer from the rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.days import business_day
from archive.deciding import Scope, Standing, open_to, standings
from archive.directory import Directory, directory_of
from archive.events import Event
from archive.instruments import Instrument, InstrumentState
from archive.lateness import Due, due_steps
from pipeline.papers.kinds import KINDS
from pipeline.wiring import Workplace
from templates.workdays import workday_after

_AT_ONCE = 200
"""How many papers are read together."""


def pending_for(workplace: Workplace, login: str) -> list[dict[str, Any]]:
    """Return what is the turn of `login`, the longest waiting first; raises DirectoryRefused."""
    on = business_day(workplace.clock())
    found: list[dict[str, Any]] = []
    with workplace.register.read.begin() as session:
        directory = directory_of(session)
        directory.enabled(login)
        for row, standing in _under_approval(workplace, session):
            scope = Scope(row.kind, row.order_no, row.amount, on)
            turns = open_to(standing, directory, workplace.approvals, login, scope)
            due = {each.step.code: each for each in _due(row, standing)}
            for step, actor in turns:
                found.append(
                    _line(row)
                    | {
                        "step": step.code,
                        "step_name": step.name,
                        "for": actor.principal,
                        "given_back": standing.given_back,
                        "points": list(step.points),
                        "opened_at": standing.opened_at(row.received_at).isoformat(),
                    }
                    | _days(due.get(step.code), on)
                )
    return sorted(found, key=lambda each: each["opened_at"])


@dataclass(frozen=True, slots=True)
class _Late:
    row: Instrument
    due: Due
    holders: tuple[str, ...]
    escalated: tuple[str, ...]


def overdue(workplace: Workplace, *, near: bool = False) -> list[dict[str, Any]]:
    """Return the steps that are late, the latest first; with `near` also those due today."""
    on = business_day(workplace.clock())
    with workplace.register.read.begin() as session:
        found = [
            each
            for each in _late(workplace, session)
            if each.due.is_late(on) or (near and each.due.is_near(on))
        ]
    return [_late_line(each, on) for each in sorted(found, key=lambda each: each.due.due_on)]


def note_overdue(workplace: Workplace) -> int:
    """Write an event for every step that is due or late now, once each; return how many.

    The last day reminds who decides, the day after escalates.
    """
    at = workplace.clock()
    on, noted = business_day(at), 0
    with workplace.register.write.begin() as session:
        for each in list(_late(workplace, session)):
            if not each.due.is_near(on):
                continue
            is_late = each.due.is_late(on)
            act = "approval-escalated" if is_late else "approval-reminded"
            noted += _note_once(session, each, act, at=at)
    return noted


def _note_once(session: Session, late: _Late, act: str, *, at: Any) -> bool:
    row, due = late.row, late.due
    details = {
        "step": due.step.code,
        "opened_on": due.opened_on.isoformat(),
        "due_on": due.due_on.isoformat(),
        "holders": list(late.holders),
        "escalated_to": list(late.escalated),
    }
    action = f"{row.kind}:{act}"
    told = session.scalars(
        select(Event).where(
            Event.chain == row.chain, Event.action == action, Event.subject == row.terms_digest
        )
    )
    same = ("step", "opened_on", "due_on")
    if any(all(each.details[key] == details[key] for key in same) for each in told):
        return False
    events.append(
        session,
        chain=row.chain,
        at=at,
        actor="guidang",
        action=action,
        subject=str(row.terms_digest),
        details=details,
    )
    return True


def _late(workplace: Workplace, session: Session) -> Iterator[_Late]:
    directory = directory_of(session)
    for row, standing in _under_approval(workplace, session):
        for due in _due(row, standing):
            above = due.step.escalates_to
            yield _Late(
                row,
                due,
                _holding(workplace, directory, due.step.code),
                _holding(workplace, directory, above) if above else (),
            )


def _holding(workplace: Workplace, directory: Directory, code: str) -> tuple[str, ...]:
    """Return the names of those who hold the step; one added by name holds it alone."""
    rules = workplace.approvals
    return tuple(
        user.name
        for user in directory.users.values()
        if user.is_enabled
        and (
            code == f"signer:{user.login}"
            or any((step := rules.step(role)) and step.code == code for role in user.roles)
        )
    )


def _under_approval(
    workplace: Workplace, session: Session
) -> Iterator[tuple[Instrument, Standing]]:
    last = 0
    while True:
        rows = session.scalars(
            select(Instrument)
            .where(Instrument.state == InstrumentState.DRAFTED, Instrument.id > last)
            .order_by(Instrument.id)
            .limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        found = standings(session, rows, workplace.approvals)
        for row in rows:
            yield row, found[row.id]
        last = rows[-1].id


def _due(row: Instrument, standing: Standing) -> tuple[Due, ...]:
    return due_steps(standing, received_at=row.received_at, workday_after=workday_after)


def _line(row: Instrument) -> dict[str, Any]:
    return {
        "order_no": row.order_no,
        "contract_number": row.number,
        "kind": row.kind,
        "kind_name": KINDS[row.kind].word,
        "title": row.title,
        "party_a": row.party_a,
        "amount": None if row.amount is None else f"{row.amount:.2f}",
        "terms_digest": row.terms_digest,
        "reason": row.reason,
    }


def _days(due: Due | None, on: date) -> dict[str, Any]:
    return {
        "due_on": due.due_on.isoformat() if due else None,
        "is_late": due.is_late(on) if due else False,
    }


def _late_line(late: _Late, on: date) -> dict[str, Any]:
    return (
        _line(late.row)
        | {
            "step": late.due.step.code,
            "step_name": late.due.step.name,
            "opened_on": late.due.opened_on.isoformat(),
            "holders": list(late.holders),
            "escalated_to": list(late.escalated),
        }
        | _days(late.due, on)
    )
