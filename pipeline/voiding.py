"""Voiding: a paper is given up by two people; its number stays, with the reason (作废).

The first asks, another who may confirms. Before sealing the file goes back to rejected/ and the
row ends; once filed, the dossier gets one more version that says so, and nothing else of it
changes: the sealed file stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import approvals, custody, events, numbering
from archive.acts import Actor
from archive.custody import dossier_named
from archive.days import business_day
from archive.deciding import Scope, actor_for
from archive.directory import ADMINISTRATOR, directory_of
from archive.dossiers import Dossier
from archive.errors import ApprovalRefused
from archive.events import Event, chain_of
from archive.holds import holds_on
from archive.instruments import OPEN_STATES, Instrument, InstrumentState
from archive.people import person_key
from archive.voiding import ASKED, VOIDED
from pipeline.approvalacts import Said
from pipeline.recalling import release, source_bytes
from pipeline.rejecting import reject
from pipeline.underapproval import find_paper
from pipeline.waiting import release_waiting
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

_BEFORE_SEALING = (InstrumentState.RECEIVED, InstrumentState.DRAFTED, InstrumentState.NUMBERED)
_OPENING = ("contract", "nda")


@dataclass(frozen=True, slots=True)
class Voiding:
    """What became of a wish to give a paper up: asked for, or done."""

    is_done: bool
    number: str | None
    by: str
    asked_by: str


def void(workplace: Workplace, name: str, said: Said, *, copies: str = "") -> Voiding:
    """Ask that the paper `name` be void or, where another asked before, make it so.

    `copies` says what became of the copies of a sealed one. Raises ApprovalRefused,
    DirectoryRefused.
    """
    if not said.opinion.strip():
        raise ApprovalRefused(["作废须写明原因（--opinion）"])
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        row = find_paper(session, name)
        _assert_may_be_void(session, row, said)
        actor = _actor(session, said.login)
        asked = _asked(session, row)
        if asked is not None and person_key(asked.actor) != person_key(actor.name):
            _assert_confirms(workplace, session, row, said.login)
            told = asked.details | {"confirmed": said.opinion, **_who(actor)}
            _enter(workplace, session, row, VOIDED, actor=actor, details=told)
        elif asked is not None:
            raise ApprovalRefused([f"{actor.name} 已申请作废；须由另一人确认，一人不能作废"])
        else:
            told = _told(row, said, copies) | _who(actor)
            _enter(workplace, session, row, ASKED, actor=actor, details=told)
        ended = asked is not None and row.state in OPEN_STATES
        if ended:
            _end_open(workplace, session, row, str(told["reason"]), at=at)
    if ended:
        release(workplace, row)
    asked_by = actor.name if asked is None else asked.actor
    return Voiding(asked is not None, row.number, actor.name, asked_by)


def _assert_may_be_void(session: Session, row: Instrument, said: Said) -> None:
    problems = []
    if row.state is InstrumentState.VOIDED:
        problems.append(f"已经作废（{row.reason}）")
    elif row.state is InstrumentState.SEALED:
        problems.append("已用印，正在归档；请在归档后再办理作废")
    elif row.state not in (*_BEFORE_SEALING, InstrumentState.FILED):
        problems.append("已停止办理，无须作废")
    if row.state is InstrumentState.FILED:
        problems += _filed_problems(session, row)
    if said.digest is not None and said.digest != row.terms_digest:
        problems.append("所见条款摘要与现在的不同：请重新查看后再办")
    if problems:
        raise ApprovalRefused(problems)


def _filed_problems(session: Session, row: Instrument) -> list[str]:
    problems = []
    if row.kind not in _OPENING or row.round != 0:
        problems.append("随合同归档的文书不能单独作废；内容有变的，请另行办理变更或终止协议")
    dossier = session.get_one(Dossier, row.dossier_id)
    if held := holds_on(session, dossier.code):
        problems.append(f"案卷已冻结（{'、'.join(held)}），解除之前不能作废")
    beside = session.scalars(
        select(Instrument).where(
            Instrument.order_no == row.order_no,
            Instrument.id != row.id,
            Instrument.state.in_(OPEN_STATES),
        )
    ).first()
    if beside is not None:
        problems.append("本合同还有文书在办；请先办结或作废")
    return problems


def _actor(session: Session, login: str) -> Actor:
    user = directory_of(session).enabled(login)
    if ADMINISTRATOR in user.roles:
        raise ApprovalRefused([f"{user.name} 是系统管理员，不得办理业务"])
    return Actor(user.login, user.name, user.post, user.department)


def _assert_confirms(workplace: Workplace, session: Session, row: Instrument, login: str) -> None:
    """Raise unless `login` holds a step that may confirm a void, or stands in for who does."""
    rules = workplace.approvals
    scope = Scope(row.kind, row.order_no, row.amount, business_day(workplace.clock()))
    directory = directory_of(session)
    steps = [step for code in rules.void_confirmed_by if (step := rules.step(code)) is not None]
    if not any(actor_for(directory, rules, login, step, scope) for step in steps):
        raise ApprovalRefused([f"作废须由{'、'.join(step.name for step in steps)}之一确认"])


def _asked(session: Session, row: Instrument) -> Event | None:
    """Return the wish that stands: of this very paper, the last one."""
    told = [
        event
        for event in chain_of(session, row.chain)
        if event.action == ASKED and event.details["source_sha256"] == row.source_sha256
    ]
    return told[-1] if told else None


def _told(row: Instrument, said: Said, copies: str) -> dict[str, Any]:
    if row.state is InstrumentState.FILED and not copies.strip():
        hint = "须写明各份正本、副本的收回情况（--copies），如：甲乙双方各两份均已收回"
        raise ApprovalRefused([hint])
    return {
        "source_sha256": row.source_sha256,
        "number": row.number or "",
        "kind": row.kind,
        "terms_digest": row.terms_digest or "",
        "reason": said.opinion.strip(),
        "copies": copies.strip() or "未用印，无正本、副本",
    }


def _who(actor: Actor) -> dict[str, Any]:
    return {"login": actor.login, "post": actor.post, "department": actor.department}


def _enter(
    workplace: Workplace,
    session: Session,
    row: Instrument,
    action: str,
    *,
    actor: Actor,
    details: dict[str, Any],
) -> None:
    """Write the act into the history: of a filed paper through one more version of its dossier."""
    at = workplace.clock()
    if row.state is InstrumentState.FILED:
        dossier = dossier_named(session, row.order_no)
        act = custody.Act(action, actor.name, at, details)
        custody.enter(session, workplace.store, dossier, act)
        session.refresh(row)
        return
    events.append(
        session,
        chain=row.chain,
        at=at,
        actor=actor.name,
        action=action,
        subject=row.number or row.source_sha256,
        details=details,
    )


def _end_open(
    workplace: Workplace, session: Session, row: Instrument, reason: str, *, at: Any
) -> None:
    """End a paper that was not sealed: its file back with the reason, then its row and number."""
    finding = Finding("SP", Level.BLOCK, "作废", f"{reason}（编号 {row.number or '未编号'}）")
    findings = workplace.checks.govern([finding])
    payload = source_bytes(workplace, row)
    reject(workplace.home, row.source_name, findings, payload=payload, source=None)
    row.state, row.reason, row.not_before = InstrumentState.VOIDED, f"作废：{reason}", None
    approvals.void_approvals(session, row, reason=f"作废：{reason}", at=at)
    if row.number is not None:
        numbering.void_number(session, row.number, reason=f"作废：{reason}", at=at)
    release_waiting(session, row.order_no)
