"""Missing: what the dossiers lack, since when, until when, and who owes it (缺件清单)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.completeness import WORDS, Since
from archive.custody import Act, Evidence, dossier_named, enter, settled
from archive.days import BUSINESS_ZONE, business_day
from archive.dossiers import Dossier, Record
from archive.errors import RetentionRefused
from archive.events import Event
from archive.gaps import REMINDED, SUPPLIED, Gap, gaps_of, state_of
from archive.instruments import Instrument, InstrumentState
from archive.retention import DATED
from archive.retentionrules import Role
from pipeline.wiring import Workplace
from templates.workdays import workday_after


@dataclass(frozen=True, slots=True)
class Lack:
    """One gap of one dossier, or of a sealed paper that has none yet (`code` None)."""

    code: str | None
    order_no: str
    contract_number: str
    title: str
    department: str
    handler: str
    chain: str
    gap: Gap

    def said(self, on: date) -> dict[str, Any]:
        """Return the line as commands report it."""
        return {
            "code": self.code,
            "contract_number": self.contract_number,
            "order_no": self.order_no,
            "title": self.title,
            "requirement": self.gap.requirement.code,
            "what": self.gap.requirement.name,
            "event": WORDS[self.gap.requirement.since],
            "since": self.gap.since.isoformat(),
            "due_on": self.gap.due_on.isoformat(),
            "is_late": self.gap.is_late(on),
            "owner": self.gap.requirement.owner,
            "department": self.department,
            "handler": self.handler,
            "basis": self.gap.requirement.basis,
        }


def missing(
    workplace: Workplace,
    *,
    on: date | None = None,
    overdue: bool = False,
    department: str | None = None,
    names: Sequence[str] = (),
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
            for each in _lacks(workplace, session, day)
            if (not overdue or each.gap.is_late(day))
            and (department is None or each.department == department)
            and (not codes or each.code in codes)
        ]
    return sorted(found, key=lambda each: (each.gap.due_on, each.code or "", each.order_no))


def note_missing(workplace: Workplace) -> int:
    """Write an event for everything that is due or late now, once each; return how many.

    A filed dossier carries the reminder from then on; what is not filed yet has it in the
    register alone.
    """
    on = business_day(workplace.clock())
    with workplace.register.read.begin() as session:
        near = [each for each in _lacks(workplace, session, on) if each.gap.is_near(on)]
    by_chain: dict[str, list[Lack]] = defaultdict(list)
    for each in near:
        by_chain[each.chain].append(each)
    return sum(_remind(workplace, chain, lacks, on) for chain, lacks in by_chain.items())


def supply(
    workplace: Workplace,
    name: str,
    *,
    document: str,
    evidence: Evidence,
    person: str,
    reason: str = "",
) -> dict[str, Any]:
    """Enter that a missing paper came in, or with `reason` that this contract needs none.

    The paper, or what proves it, is kept with the dossier. Raises RetentionRefused.
    """
    workplace.retention.need(person, Role.ARCHIVIST)
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
    with workplace.register.write.begin() as session:
        row = dossier_named(session, name)
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


def _lacks(workplace: Workplace, session: Session, on: date) -> Iterator[Lack]:
    rules = workplace.completeness
    told = _told(session, (SUPPLIED, DATED))
    records: dict[int, list[Record]] = defaultdict(list)
    end = datetime.combine(on + timedelta(days=1), time(), BUSINESS_ZONE)
    for record in session.scalars(
        select(Record).where(Record.filed_at < end).order_by(Record.dossier_id, Record.item_no)
    ):
        records[record.dossier_id].append(record)
    for row in session.scalars(select(Dossier).where(Dossier.destroyed_at.is_(None))):
        held = records.get(row.id)
        if not held:
            continue
        state = state_of(held, told.get(row.order_no, ()), on=on)
        about = held[0].description
        for gap in gaps_of(rules, state, on=on, workday_after=workday_after):
            yield Lack(
                code=row.code,
                order_no=row.order_no,
                contract_number=row.contract_number,
                title=row.title,
                department=str(about.get("department", "")),
                handler=str(about.get("handler", "")),
                chain=row.order_no,
                gap=gap,
            )
    yield from _unfiled(workplace, session, on)


def _unfiled(workplace: Workplace, session: Session, on: date) -> Iterator[Lack]:
    """Yield the papers sealed up to `on` that no dossier holds."""
    rows = session.scalars(
        select(Instrument).where(
            Instrument.state == InstrumentState.SEALED, Instrument.sealed_at.is_not(None)
        )
    )
    for row in rows:
        if row.sealed_at is None or (since := business_day(row.sealed_at)) > on:
            continue
        for requirement in workplace.completeness.requirements.values():
            if requirement.since is Since.SEALED and requirement.is_asked_of(
                row.kind, row.type_code
            ):
                due_on = requirement.due_on(since, workday_after)
                yield Lack(
                    code=None,
                    order_no=row.order_no,
                    contract_number=str(row.number),
                    title=row.title,
                    department="",
                    handler="",
                    chain=row.chain,
                    gap=Gap(requirement, since, due_on),
                )


def _told(session: Session, actions: Iterable[str]) -> Mapping[str, list[Event]]:
    """Return the events of these acts by chain, in their order."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in session.scalars(
        select(Event).where(Event.action.in_(tuple(actions))).order_by(Event.chain, Event.seq)
    ):
        found[event.chain].append(event)
    return found


def _remind(workplace: Workplace, chain: str, lacks: Sequence[Lack], on: date) -> int:
    """Write one event upon all of a chain that was not told before; return how much it tells."""
    with workplace.register.write.begin() as session:
        history = session.scalars(
            select(Event).where(Event.chain == chain, Event.action == REMINDED)
        )
        known = [said for event in history for said in event.details["gaps"]]
        fresh = [said for each in lacks if (said := _reminder(each, on)) not in known]
        if not fresh:
            return 0
        code = next((each.code for each in lacks if each.code), None)
        at, details = workplace.clock(), {"gaps": fresh}
        if code is None:
            events.append(
                session,
                chain=chain,
                at=at,
                actor="guidang",
                action=REMINDED,
                subject=lacks[0].contract_number,
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
        "since": gap.since.isoformat(),
        "due_on": gap.due_on.isoformat(),
        "level": "escalated" if gap.is_late(on) else "reminded",
        "owner": gap.requirement.owner,
        "department": lack.department,
        "handler": lack.handler,
    }
