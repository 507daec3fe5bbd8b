"""Seal book: every change of every seal as a row and an event; the last row is the seal (印章台账).

A seal's rows are told by its chain of events, ``seal:CODE``, which also stands as a file
beside the encrypted image: from it the book is written anew when the register is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive import events
from archive.db import Base
from archive.errors import EventDamaged, SealRefused
from archive.events import Event
from archive.sealcase import Seal, SealKind, SealState, size_problem, unfit_code
from archive.sealpowers import SealPowers

REGISTERED: Final = "seal:registered"
CHAIN: Final = "seal:"
"""How the names of the seals' chains begin; no order's number holds a colon."""


class SealChange(Base):
    """One change of one seal, and the seal as it stands after it; never changed, never deleted."""

    __tablename__ = "seal_changes"
    __table_args__ = (UniqueConstraint("seal_code", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seal_code: Mapped[str]
    seq: Mapped[int] = mapped_column(comment="from 1, without gaps; the place in its chain")
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(comment="what was done, e.g. seal:state")
    by: Mapped[str]
    second: Mapped[str | None] = mapped_column(comment="NULL: one person was enough")
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(comment="the seal's state after it")
    seal: Mapped[dict[str, Any]] = mapped_column(comment="all of the seal after it, but its image")


def chain_name(code: str) -> str:
    """Return the name of the event chain of the seal `code`."""
    return f"{CHAIN}{code}"


def enrol(session: Session, powers: SealPowers, seal: Seal, *, by: str, at: datetime) -> SealChange:
    """Register a new seal, its encrypted image kept already; raises SealRefused."""
    powers.assert_manager(by)
    problems = [
        problem
        for problem in (
            unfit_code(seal.code),
            size_problem(seal.kind, seal.width_mm, seal.height_mm),
            None if seal.keepers else "至少写明一位保管人",
            *powers.keeper_problems(seal.keepers),
        )
        if problem
    ]
    if not seal.name.strip() or not seal.owner.strip():
        problems.append("印章名称和所属单位不能为空")
    if seal.valid_to is not None and seal.valid_to < seal.valid_from:
        problems.append("有效期止早于启用日")
    if seal.up_to is not None and seal.up_to <= 0:
        problems.append("授权限额应大于零")
    codes = select(func.count()).where(func.lower(SealChange.seal_code) == seal.code.lower())
    if session.scalars(codes).one():
        problems.append(f"印章编号 {seal.code} 已登记过；编号不重用，请另编一号")
    if problems:
        raise SealRefused("；".join(problems))
    return _write(session, seal, act=REGISTERED, by=by, reason="登记", at=at)


def change_state(
    session: Session,
    powers: SealPowers,
    code: str,
    state: SealState,
    *,
    by: str,
    reason: str,
    second: str | None,
    at: datetime,
) -> SealChange:
    """Change whether the seal may be used; raises SealRefused.

    What leaves the firm's hands takes a second person who neither acts nor keeps the seal.
    """
    powers.assert_manager(by)
    seal = standing(session, code)
    _assert_reason(reason)
    if state not in seal.state.leads_to:
        allowed = "、".join(each.value for each in seal.state.leads_to) or "无"
        raise SealRefused(
            f"印章 {code} 现为{seal.state.value}，不能改为{state.value}；可改为：{allowed}"
        )
    witness = None
    if state.takes_two:
        witness = powers.assert_witness(second, by=by, keepers=seal.keepers)
    changed = replace(seal, state=state)
    return _write(session, changed, act="seal:state", by=by, reason=reason, second=witness, at=at)


def hand_over(
    session: Session,
    powers: SealPowers,
    code: str,
    keepers: Sequence[str],
    *,
    by: str,
    reason: str,
    at: datetime,
) -> SealChange:
    """Give the seal to `keepers` and no one else; raises SealRefused."""
    powers.assert_manager(by)
    seal = standing(session, code)
    _assert_reason(reason)
    if seal.state is SealState.DESTROYED:
        raise SealRefused(f"印章 {code} 已销毁，没有保管人")
    if problems := powers.keeper_problems(keepers) or ([] if keepers else ["至少写明一位保管人"]):
        raise SealRefused("；".join(problems))
    changed = replace(seal, keepers=tuple(keepers))
    return _write(session, changed, act="seal:keepers", by=by, reason=reason, at=at)


def note(
    session: Session, code: str, *, act: str, by: str, reason: str, at: datetime
) -> SealChange:
    """Write down what changed nothing of the seal but belongs to its history."""
    return _write(session, standing(session, code), act=act, by=by, reason=reason, at=at)


def standing(session: Session, code: str) -> Seal:
    """Return the seal `code` as it stands; raises SealRefused where there is none."""
    last = session.scalars(
        select(SealChange).where(SealChange.seal_code == code).order_by(SealChange.seq.desc())
    ).first()
    if last is None:
        raise SealRefused(f"没有登记印章 {code}；用 guidang seals list 查看")
    return _seal(last.seal)


def all_seals(session: Session) -> tuple[Seal, ...]:
    """Return every seal as it stands, by code; destroyed ones too."""
    rows = session.scalars(select(SealChange).order_by(SealChange.seal_code, SealChange.seq))
    return tuple(_seal(row.seal) for row in {row.seal_code: row for row in rows}.values())


def changes_of(session: Session, code: str) -> list[SealChange]:
    """Return the changes of the seal `code` in their order."""
    query = select(SealChange).where(SealChange.seal_code == code).order_by(SealChange.seq)
    return list(session.scalars(query))


def journal(session: Session, code: str) -> bytes:
    """Return the whole history of the seal as it is kept beside its image, a line an event."""
    return b"".join(_line(event) for event in events.chain_of(session, chain_name(code)))


def restore(session: Session, code: str, content: bytes) -> int:
    """Write what a kept history tells into the register and return how many changes were new.

    Raises EventDamaged where it is no whole chain of that seal, EventConflict where the
    register tells another.
    """
    told = _read(code, content)
    known = len(changes_of(session, code))
    for event in told:
        events.insert_prepared(session, event)
        if event.seq > known:
            session.add(_row(event))
    session.flush()
    return max(len(told) - known, 0)


def differences(session: Session, code: str, content: bytes | None) -> list[str]:
    """Return where rows, events and the kept history of a seal disagree, in Chinese."""
    chain = events.chain_of(session, chain_name(code))
    problems = [f"印章 {code} 的过程：{problem}" for problem in events.verify_chain(chain)]
    rows = changes_of(session, code)
    if [_content(row) for row in rows] != [_content(_row(event)) for event in chain]:
        problems.append(f"印章 {code} 的台账与过程记录不一致（缺失或被改动）")
    if content is None:
        problems.append(f"印章 {code} 的台账文件缺失；该印章下一次变更时由登记库重写")
    elif content != journal(session, code):
        problems.append(f"印章 {code} 的台账文件与登记库不一致；查明原因后移走该文件")
    return problems


def _write(
    session: Session,
    seal: Seal,
    *,
    act: str,
    by: str,
    reason: str,
    at: datetime,
    second: str | None = None,
) -> SealChange:
    event = events.append(
        session,
        chain=chain_name(seal.code),
        at=at,
        actor=by,
        action=act,
        subject=seal.code,
        details={"reason": reason, "second": second, "seal": _told(seal)},
    )
    row = _row(event)
    session.add(row)
    session.flush()
    return row


def _row(event: Event) -> SealChange:
    try:
        seal = event.details["seal"]
        return SealChange(
            seal_code=event.subject,
            seq=event.seq,
            at=event.at,
            act=event.action,
            by=event.actor,
            second=event.details["second"],
            reason=event.details["reason"],
            state=SealState(seal["state"]).value,
            seal=dict(seal),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EventDamaged(f"event {event.seq} of {event.chain} tells no seal") from error


def _content(row: SealChange) -> tuple[Any, ...]:
    return (row.seq, row.at, row.act, row.by, row.second, row.reason, row.state, row.seal)


def _told(seal: Seal) -> dict[str, Any]:
    """Return the seal as JSON values, without its image."""
    said = asdict(replace(seal, pdf=b""))
    del said["pdf"]
    return said | {
        "kind": seal.kind.value,
        "state": seal.state.value,
        "valid_from": seal.valid_from.isoformat(),
        "valid_to": seal.valid_to.isoformat() if seal.valid_to else None,
        "keepers": list(seal.keepers),
        "papers": list(seal.papers),
        "up_to": str(seal.up_to) if seal.up_to is not None else None,
    }


def _seal(said: Mapping[str, Any]) -> Seal:
    to = said["valid_to"]
    return Seal(
        **{
            **said,
            "kind": SealKind(said["kind"]),
            "state": SealState(said["state"]),
            "valid_from": date.fromisoformat(said["valid_from"]),
            "valid_to": date.fromisoformat(to) if to else None,
            "keepers": tuple(said["keepers"]),
            "papers": tuple(said["papers"]),
            "up_to": Decimal(said["up_to"]) if said["up_to"] is not None else None,
        }
    )


def _line(event: Event) -> bytes:
    said = json.dumps(events.as_json(event), ensure_ascii=False, sort_keys=True)
    return said.encode() + b"\n"


def _read(code: str, content: bytes) -> list[Event]:
    try:
        told = [events.from_json(json.loads(line)) for line in content.splitlines()]
    except ValueError as error:
        raise EventDamaged(f"the history of seal {code} cannot be read") from error
    problems = list(events.verify_chain(told))
    if problems or any(event.chain != chain_name(code) for event in told):
        raise EventDamaged(f"the history of seal {code} is not whole: {problems[:1]}")
    return told


def _assert_reason(reason: str) -> None:
    if not reason.strip():
        raise SealRefused("请用 --reason 写明原因")
