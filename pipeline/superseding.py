"""Superseding: a newer revision ends an open one; what is sealed stays (改版)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import approvals, events, numbering
from archive.instruments import OPEN_STATES, Instrument, InstrumentState
from pipeline.intake.refusal import OrderRefused
from pipeline.papers.kinds import KINDS
from pipeline.papers.paper import Paper
from pipeline.waiting import release_waiting
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

_OPENING = ("contract", "nda")
"""The kinds that may begin a dossier; at place 0 they do."""


def supersede(session: Session, kind: str, order_no: str, round_: int, *, now: datetime) -> int:
    """Return the revision a new file for this order has; older open ones give way to it.

    Raises OrderRefused where a sealed or filed one stands: that takes a change agreement.
    """
    earlier = _earlier(session, kind, order_no, round_)
    _refuse_sealed(earlier)
    for old in earlier:
        if old.state in OPEN_STATES:
            _give_way(session, old, now=now)
    return len(earlier) + 1


def _earlier(session: Session, kind: str, order_no: str, round_: int) -> Sequence[Instrument]:
    return session.scalars(
        select(Instrument)
        .where(Instrument.kind == kind, Instrument.order_no == order_no, Instrument.round == round_)
        .order_by(Instrument.revision)
    ).all()


def _refuse_sealed(earlier: Sequence[Instrument]) -> None:
    for old in earlier:
        if old.state is InstrumentState.VOIDED and old.filed_at is not None:
            what = f"订单 {old.order_no} 的{KINDS[old.kind].word}（编号 {old.number}）"
            message = f"{what}已作废；请另用订单号"
            raise OrderRefused([Finding("K00", Level.BLOCK, "order_no", message)])
        if old.state in {InstrumentState.SEALED, InstrumentState.FILED}:
            kind = KINDS[old.kind]
            message = (
                f"订单 {old.order_no} 已生成{kind.word}并用印（编号 {old.number}），不能再改；"
                f"{kind.again}"
            )
            raise OrderRefused([Finding("K00", Level.BLOCK, "order_no", message)])


def refuse_taken_name(session: Session, kind: str, order_no: str) -> None:
    """Raise OrderRefused where another dossier goes by this name: an order's, or an agreement's.

    Names that differ in case alone are one name to whoever reads them.
    """
    place = "order_no" if kind == _OPENING[0] else "request_no"
    twin = session.scalars(
        select(Instrument).where(
            func.lower(Instrument.order_no) == order_no.lower(), Instrument.order_no != order_no
        )
    ).first()
    if twin is not None:
        message = (
            f"编号 {order_no} 与已登记的 {twin.order_no}（{twin.title}）只有大小写不同；"
            "同一订单请沿用原来的写法，确为另一份的请另取编号"
        )
        raise OrderRefused([Finding("K00", Level.BLOCK, place, message)])
    other = session.scalars(
        select(Instrument).where(
            Instrument.order_no == order_no, Instrument.round == 0, Instrument.kind != kind
        )
    ).first()
    if other is not None and other.kind in _OPENING:
        message = f"编号 {order_no} 已用于{KINDS[other.kind].word}“{other.title}”；请另取编号"
        raise OrderRefused([Finding("K00", Level.BLOCK, place, message)])


def standing_refusal(workplace: Workplace, paper: Paper, digest: str) -> tuple[Finding, ...]:
    """Return why `paper` cannot be entered: its order is sealed already, its name is taken."""
    with workplace.register.read.begin() as session:
        earlier = _earlier(session, paper.kind, paper.order_no, paper.round)
        if any(old.source_sha256 == digest for old in earlier):
            return ()
        try:
            _refuse_sealed(earlier)
            if paper.opens:
                refuse_taken_name(session, paper.kind, paper.order_no)
        except OrderRefused as error:
            return error.findings
        return ()


def _give_way(session: Session, old: Instrument, *, now: datetime) -> None:
    """Take an open revision off its way: its approvals and its number end, with the reason."""
    reason = "订单有新版，本版停止办理"
    approvals.void_approvals(session, old, reason=reason, at=now)
    if old.number is not None:
        numbering.void_number(session, old.number, reason=reason, at=now)
    old.state = InstrumentState.SUPERSEDED
    old.reason = reason
    release_waiting(session, old.order_no)
    events.append(
        session,
        chain=old.chain,
        at=now,
        actor="inbox",
        action=f"{old.kind}:superseded",
        subject=old.number or old.source_sha256,
        details={"revision": old.revision, "reason": reason},
    )
