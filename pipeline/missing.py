"""Missing: what the dossiers lack, since when, until when, and who owes it (缺件清单)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.completeness import Requirement, Since
from archive.custody import Act, Evidence, dossier_named, enter, settled
from archive.days import business_day
from archive.dossiers import Dossier, Record
from archive.errors import RetentionRefused
from archive.events import Event
from archive.gaps import REMINDED, SUPPLIED
from archive.people import person_key
from archive.retentionrules import Role
from pipeline import acting
from pipeline.knowing import ALL, Known
from pipeline.lacks import Lack, Wanting, lacks, unfiled, wanting
from pipeline.wiring import Workplace

_AT_ONCE = 100
"""Dossiers looked at between two turns of whoever has other work."""


def missing(
    workplace: Workplace,
    *,
    on: date | None = None,
    overdue: bool = False,
    department: str | None = None,
    names: Sequence[str] = (),
    known: Known = ALL,
) -> list[Lack]:
    """Return what is missing at the end of `on`, what is due first at the top.

    `overdue` leaves out what may still come in time; a department is meant by its whole name.
    Raises RetentionRefused for a dossier nobody knows, or a day to come.
    """
    today = business_day(workplace.clock())
    day = on or today
    if day > today:
        raise RetentionRefused(f"{day} 还没有到；--as-of 只能写今天或以前的日期")
    with workplace.register.read.begin() as session:
        codes = {dossier_named(session, name).code for name in names}
        found = [
            each
            for each in lacks(workplace, session, day)
            if (not overdue or each.gap.is_late(day))
            and (department is None or each.department == department)
            and (not codes or each.code in codes)
            and known.has_dossier(each.code)
        ]
    return sorted(found, key=lambda each: (each.gap.due_on, each.code or "", each.order_no))


def note_missing(workplace: Workplace) -> int:
    """Write an event for everything that is due or late now, once each; return how many.

    A filed dossier carries the reminder from then on; what is not filed yet has it in the
    register alone.
    """
    return sum(noting_missing(workplace))


def noting_missing(workplace: Workplace) -> Iterator[int]:
    """Note the same, some dossiers at a time; yield after each how much was told."""
    on = business_day(workplace.clock())
    waiting = _near(unfiled(workplace, on=on), on)
    for codes in _codes(workplace):
        near = _near(wanting(workplace, codes, on=on), on)
        owed = {chain: [*each, *waiting.pop(chain, ())] for chain, each in near.items()}
        yield sum(_remind(workplace, chain, each, on) for chain, each in owed.items())
    yield sum(_remind(workplace, chain, each, on) for chain, each in waiting.items())


def _near(found: Wanting, on: date) -> dict[str, list[Lack]]:
    """Return what is due or late by the chain it is told in."""
    by_chain: dict[str, list[Lack]] = defaultdict(list)
    for each in found.lacks:
        if each.gap.is_near(on):
            by_chain[each.chain].append(each)
    return by_chain


def _codes(workplace: Workplace) -> Iterator[list[str]]:
    """Yield the codes of the dossiers that stand, some at a time, each by a question of its own."""
    standing = select(Dossier.id, Dossier.code).where(Dossier.destroyed_at.is_(None))
    query = standing.order_by(Dossier.id).limit(_AT_ONCE)
    while True:
        with workplace.register.read.begin() as session:
            rows = session.execute(query).all()
        if not rows:
            return
        yield [code for _id, code in rows]
        query = standing.where(Dossier.id > rows[-1][0]).order_by(Dossier.id).limit(_AT_ONCE)


def supply(
    workplace: Workplace,
    name: str,
    *,
    document: str,
    evidence: Evidence,
    person: str,
    paper: str = "",
    reason: str = "",
    second: str = "",
) -> dict[str, Any]:
    """Enter that a missing paper came in, or with `reason` that this contract needs none.

    The paper, or what proves it, is kept with the dossier; `paper` is the number of the filed
    paper it belongs to, where the rules ask it of each. That none is needed takes a `second`
    person, of legal or who approves. Raises RetentionRefused.
    """
    acting.need(workplace, person, Role.ARCHIVIST)
    if reason.strip():
        _check_second(workplace, person, second)
    known = workplace.completeness.requirements
    if document not in known or known[document].since is Since.SEALED:
        listed = "、".join(
            f"{each.code}（{each.name}）"
            for each in known.values()
            if each.since is not Since.SEALED
        )
        raise RetentionRefused(f"完整性规则未列“{document}”；可登记：{listed}")
    if known[document].kinds and not reason.strip():
        raise RetentionRefused(
            f"{known[document].name}须作为文书办理归档，不能登记补交；"
            "确不需要的，用 --waive 写明理由"
        )
    said = {"document": document, "name": known[document].name, "waived": reason.strip()}
    if reason.strip():
        said |= {"second": second}
    with workplace.register.write.begin() as session:
        row = dossier_named(session, name)
        if known[document].each:
            said |= {"paper": _paper_of(session, row, known[document], paper)}
        kept = settled(session, workplace.store, row)
        again = said | {"evidence": evidence.said()}
        if not any(e.action == SUPPLIED and e.details == again for e in kept.history):
            enter(
                session,
                workplace.store,
                row,
                Act(SUPPLIED, person, workplace.clock(), said, evidence),
            )
        return {"code": row.code, "contract_number": row.contract_number} | said


def _check_second(workplace: Workplace, person: str, second: str) -> None:
    if not second.strip():
        raise RetentionRefused("免予补交须由两人办理：请用 --second 写明同意的法务或法定代表人")
    acting.need(workplace, second, Role.LEGAL, Role.APPROVER)
    if person_key(person) == person_key(second):
        raise RetentionRefused("免予补交须由两人办理，两人不能是同一人")


def _paper_of(session: Session, row: Dossier, asked: Requirement, number: str) -> str:
    """Return `number` where it is that of a paper in the dossier the requirement asks about."""
    query = select(Record.number).where(Record.dossier_id == row.id, Record.kind.in_(asked.each))
    numbers = list(session.scalars(query.order_by(Record.item_no)))
    if number not in numbers:
        raise RetentionRefused(
            f"{asked.name}须写明是哪一份文书的：--paper 编号；"
            f"案卷 {row.code} 中有：{'、'.join(numbers) or '无此类文书'}"
        )
    return number


def _remind(workplace: Workplace, chain: str, owed: Sequence[Lack], on: date) -> int:
    """Write one event upon all of a chain that was not told before; return how much it tells."""
    with workplace.register.write.begin() as session:
        history = session.scalars(
            select(Event).where(Event.chain == chain, Event.action == REMINDED)
        )
        known = [said for event in history for said in event.details["gaps"]]
        fresh = [said for each in owed if (said := _reminder(each, on)) not in known]
        if not fresh:
            return 0
        code = next((each.code for each in owed if each.code), None)
        at, details = workplace.clock(), {"gaps": fresh}
        if code is None:
            events.append(
                session,
                chain=chain,
                at=at,
                actor="guidang",
                action=REMINDED,
                subject=owed[0].contract_number,
                details=details,
            )
        else:
            row = dossier_named(session, code)
            enter(session, workplace.store, row, Act(REMINDED, "guidang", at, details))
    return len(fresh)


def _reminder(lack: Lack, on: date) -> dict[str, str]:
    """Return what is told of a gap: on the last day it is a reminder, then it is escalated."""
    gap = lack.gap
    return {
        "requirement": gap.requirement.code,
        "what": gap.requirement.name,
        **({"paper": gap.paper} if gap.paper else {}),
        "since": gap.since.isoformat(),
        "due_on": gap.due_on.isoformat(),
        "level": "escalated" if gap.is_late(on) else "reminded",
        "owner": gap.requirement.owner,
        "department": lack.department,
        "handler": lack.handler,
    }
