"""Freezing: holds placed, listed and released (法律冻结)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import numbering
from archive.custody import Act, Evidence, dossier_named, enter, settled
from archive.days import BUSINESS_ZONE, business_day
from archive.disposalrows import DisposalRow, open_list_of
from archive.dossiers import Dossier, Record
from archive.errors import RetentionRefused
from archive.holds import PLACED, RELEASED, Hold, HoldTarget, holding_of, holds_on, said_of
from archive.people import is_among
from archive.retentionrules import Role
from index.library import Question
from pipeline import acting
from pipeline.indexing import pending
from pipeline.knowing import ALL, Known
from pipeline.wiring import Workplace

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Freeze:
    """A hold that is asked for: why, for which case, by whom, to be looked at again when."""

    matter: str
    reason: str
    case_no: str | None
    review_on: date | None
    person: str


def chosen(
    workplace: Workplace, *, query: str | None, names: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Return how the dossiers were chosen, in words, and their codes.

    Raises RetentionRefused where none is meant, where a name is unknown, or where the index
    does not know every record yet and a query could miss one.
    """
    codes: dict[str, None] = {}
    with workplace.register.read.begin() as session:
        for name in names:
            codes[dossier_named(session, name).code] = None
        behind = pending(session)
    if query is not None:
        if behind:
            raise RetentionRefused(
                f"索引还有 {behind} 件未更新，查询可能漏掉案卷；先运行 guidang run --until-idle"
            )
        codes |= dict.fromkeys(_found(workplace, query))
    if not codes:
        raise RetentionRefused("没有选中任何案卷；请写明档号、合同编号，或改用别的查询式")
    said = [f"查询式：{query}"] if query is not None else []
    said += [f"清单：{'、'.join(names)}"] if names else []
    return "；".join(said), tuple(codes)


def _found(workplace: Workplace, query: str) -> list[str]:
    codes: list[str] = []
    page = 1
    while True:
        answer = workplace.library.search(Question(query, {}, page=page, page_size=_PAGE))
        codes += [hit.reference_code for hit in answer.hits]
        if page * _PAGE >= answer.total:
            break
        page += 1
    with workplace.register.read.begin() as session:
        rows = session.scalars(
            select(Dossier.code)
            .join(Record, Record.dossier_id == Dossier.id)
            .where(Record.reference_code.in_(codes), Dossier.destroyed_at.is_(None))
            .distinct()
            .order_by(Dossier.code)
        )
        return list(rows)


def place(workplace: Workplace, freeze: Freeze, scope: str, codes: Sequence[str]) -> dict[str, Any]:
    """Place a hold on the dossiers of `codes` and return it; the same again finishes it.

    Its rows come first, in one transaction: from then on nothing of them is destroyed, whatever
    happens before each dossier says so itself. One that was lifted, of whichever dossier, is over:
    the same words place another. Raises RetentionRefused, also where it was lifted meanwhile.
    """
    acting.need(workplace, freeze.person, Role.LEGAL, Role.ARCHIVIST)
    if not freeze.reason.strip():
        raise RetentionRefused("冻结须写明理由")
    with workplace.register.write.begin() as session:
        number = _written(workplace, session, freeze, scope, codes)
    for code in codes:
        with workplace.register.write.begin() as session:
            row = dossier_named(session, code)
            kept = settled(session, workplace.store, row)
            if number in holds_on(session, code) and number not in (
                holding_of(kept.history).standing
            ):
                hold = session.scalars(select(Hold).where(Hold.number == number)).one()
                at = workplace.clock()
                act = Act(PLACED, freeze.person, at, said_of(hold), numbers=(number,))
                enter(session, workplace.store, row, act)
    with workplace.register.read.begin() as session:
        loose = [code for code in codes if number not in holds_on(session, code)]
    if loose:
        raise RetentionRefused(
            f"冻结 {number} 在办理中已被解除，未冻结：{'、'.join(loose)}；请重新办理"
        )
    return show_hold(workplace, number)


def _written(
    workplace: Workplace, session: Session, freeze: Freeze, scope: str, codes: Sequence[str]
) -> str:
    """Write the rows of the hold and return its number; the same that stands has one a day."""
    at = workplace.clock()
    today = business_day(at)
    said = [today.isoformat(), freeze.matter, freeze.reason, freeze.case_no, scope, freeze.person]
    wish = json.dumps([*said, sorted(codes)], ensure_ascii=False)
    holder = f"hold:{hashlib.sha256(wish.encode()).hexdigest()}"
    for turn in count(1):
        number = numbering.take(
            session,
            workplace.numbering["hold"],
            year=today.year,
            holder=holder if turn == 1 else f"{holder}:{turn}",
            at=at,
            parts={},
        ).text
        if not _is_lifted(session, number):
            break
    if session.scalars(select(Hold).where(Hold.number == number)).first() is None:
        for code in codes:
            row = dossier_named(session, code)
            if row.destroyed_at is not None:
                raise RetentionRefused(f"案卷 {code} 已销毁（{row.destroyed_by}），无从冻结")
            session.add(HoldTarget(hold_number=number, dossier_code=code))
        session.add(
            Hold(
                number=number,
                matter=freeze.matter,
                reason=freeze.reason,
                case_no=freeze.case_no,
                scope=scope,
                requested_by=freeze.person,
                placed_at=at,
                review_on=freeze.review_on,
            )
        )
    return number


def _is_lifted(session: Session, number: str) -> bool:
    """Return whether any dossier was let go from the hold `number`."""
    released = select(HoldTarget.id).where(
        HoldTarget.hold_number == number, HoldTarget.released_at.is_not(None)
    )
    return session.scalars(released).first() is not None


def release(workplace: Workplace, number: str, *, basis: str, person: str) -> dict[str, Any]:
    """Lift the hold `number` from all its dossiers and return it; the same again finishes it.

    Only 法务 may, and nobody who asked for the destruction of one of them. Raises
    RetentionRefused.
    """
    acting.need(workplace, person, Role.LEGAL)
    evidence = Evidence.stated(basis)
    with workplace.register.read.begin() as session:
        codes = session.scalars(
            select(HoldTarget.dossier_code)
            .where(HoldTarget.hold_number == number, HoldTarget.released_at.is_(None))
            .order_by(HoldTarget.id)
        ).all()
        _no_proposer(session, person, codes)
        if session.scalars(select(Hold).where(Hold.number == number)).first() is None:
            raise RetentionRefused(f"没有冻结 {number}；用 guidang holds list 查看")
    for code in codes:
        with workplace.register.write.begin() as session:
            _no_proposer(session, person, [code])
            row = dossier_named(session, code)
            said = {"hold": number, "basis": basis.strip()}
            act = Act(RELEASED, person, workplace.clock(), said, evidence)
            enter(session, workplace.store, row, act)
    return show_hold(workplace, number)


def _no_proposer(session: Session, person: str, codes: Sequence[str]) -> None:
    for code in codes:
        number = open_list_of(session, code)
        if number is None:
            continue
        proposer = session.scalars(
            select(DisposalRow.proposed_by).where(DisposalRow.number == number)
        ).one()
        if is_among(person, (proposer,)):
            raise RetentionRefused(f"{person}提出销毁 {code}（{number}），不能解除其冻结")


def show_hold(workplace: Workplace, number: str) -> dict[str, Any]:
    """Return one hold with its dossiers; raises RetentionRefused."""
    for hold in list_holds(workplace, also_released=True):
        if hold["number"] == number:
            return hold
    raise RetentionRefused(f"没有冻结 {number}；用 guidang holds list 查看")


def list_holds(
    workplace: Workplace, *, also_released: bool, known: Known = ALL
) -> list[dict[str, Any]]:
    """Return the holds, the newest first, with their dossiers and what became of each.

    Dossiers that are not `known` are left out, and holds of none but these; how those were
    chosen is not told either, for it names them.
    """
    with workplace.register.read.begin() as session:
        holds = session.scalars(select(Hold).order_by(Hold.placed_at.desc(), Hold.number)).all()
        targets = session.scalars(select(HoldTarget).order_by(HoldTarget.id)).all()
    shown = [target for target in targets if known.has_dossier(target.dossier_code)]
    of = {hold.number: [t for t in shown if t.hold_number == hold.number] for hold in holds}
    partly = {each.hold_number for each in targets if not known.has_dossier(each.dossier_code)}
    listed = [
        _said(hold, of[hold.number], is_whole=hold.number not in partly)
        for hold in holds
        if of[hold.number] or known.is_whole
    ]
    return [hold for hold in listed if also_released or hold["stands"]]


def _said(hold: Hold, targets: Sequence[HoldTarget], *, is_whole: bool) -> dict[str, Any]:
    return {
        "number": hold.number,
        "stands": any(target.released_at is None for target in targets),
        "matter": hold.matter,
        "reason": hold.reason,
        "case_no": hold.case_no,
        "scope": hold.scope if is_whole else "",
        "requested_by": hold.requested_by,
        "placed_at": hold.placed_at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
        "review_on": hold.review_on.isoformat() if hold.review_on else None,
        "dossiers": [
            {
                "code": target.dossier_code,
                "released_at": target.released_at.astimezone(BUSINESS_ZONE).isoformat(
                    timespec="seconds"
                )
                if target.released_at
                else None,
                "released_by": target.released_by,
                "basis": target.release_basis,
            }
            for target in targets
        ],
    }
