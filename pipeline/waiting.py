"""Waiting: papers of one order that wait for each other, and what lets them go on (待归档)."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from archive.acts import ApprovalAct
from archive.instruments import Instrument, InstrumentState
from pipeline.failures import ContractNeeded, Overtaken
from pipeline.papers.paper import Paper
from pipeline.standing import IN_TURN, sources_filed

FOR_FILING = "待归档"
"""How the reason of a paper begins that waits for another."""

FOR_APPROVAL = "待审批"
"""How the reason of a paper begins that waits for decisions."""

States = tuple[tuple[int, str, bool], ...]
"""Where papers stand: id, state, and whether nothing stops it; last what was done about one."""

_MOVING = "正在办理"
_FOR_MOVING = f"{FOR_FILING}%{_MOVING}"
_BINDING = (InstrumentState.NUMBERED, InstrumentState.SEALED)


def release_waiting(session: Session, order_no: str) -> None:
    """Let the order's papers be looked at again that wait for another: one was filed or ended."""
    _release(session, order_no, f"{FOR_FILING}%")


def release_overtaking(session: Session, order_no: str) -> None:
    """Let those go on that only waited for a paper on its way: it stands still now."""
    _release(session, order_no, _FOR_MOVING)


def is_behind(reason: str) -> bool:
    """Return whether a paper that waits for `reason` waits for one that is on its way.

    Its own standing still lets nobody go on: those beside it wait for the same paper.
    """
    return reason.startswith(FOR_FILING) and reason.endswith(_MOVING)


def states_of(session: Session, order_no: str, *, but: int) -> States:
    """Return where the order's papers stand, without `but`; another answer: look again.

    Of `but` itself how many acts of approval there are: one that came while a lane was looking
    must not be slept over.
    """
    rows = session.execute(
        select(Instrument.id, Instrument.state, Instrument.reason.is_(None))
        .where(Instrument.order_no == order_no, Instrument.id != but)
        .order_by(Instrument.id)
    )
    acts = select(func.count(ApprovalAct.id)).where(ApprovalAct.instrument_id == but)
    others = tuple((key, state.value, moves) for key, state, moves in rows)
    return (*others, (but, str(session.scalars(acts).one()), False))


def assert_nothing_between(session: Session, row: Instrument, paper: Paper) -> None:
    """Raise unless `paper` may take its number now, in the transaction that takes it.

    From its number to its filing one paper of an order is on its way at a time, and what it was
    drawn up from is still all that is filed: no change slips in between a settlement and its
    contract. Raises ContractNeeded behind another, Overtaken where more was filed meanwhile.
    """
    other = session.scalars(
        select(Instrument).where(
            Instrument.order_no == row.order_no,
            Instrument.id != row.id,
            Instrument.state.in_(_BINDING),
        )
    ).first()
    if other is not None:
        raise ContractNeeded(f"{IN_TURN.removeprefix(FOR_FILING)[1:]} {other.number}")
    if sources_filed(session, row.order_no) - {row.source_sha256} != paper.basis:
        raise Overtaken(f"{row.kind} {row.order_no}: more was filed since it was drawn up")


def _release(session: Session, order_no: str, pattern: str) -> None:
    session.execute(
        update(Instrument)
        .where(
            Instrument.order_no == order_no,
            Instrument.state.in_((InstrumentState.RECEIVED, InstrumentState.DRAFTED)),
            Instrument.reason.like(pattern),
        )
        .values(reason=None)
    )
