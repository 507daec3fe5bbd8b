"""Lacks: what each dossier is asked for and does not hold, and the papers none holds (缺件)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.completeness import WORDS, Since
from archive.days import BUSINESS_ZONE, business_day
from archive.dossiers import Dossier, Record
from archive.events import Event
from archive.gaps import TOLD_BY, DossierState, Gap, asked_of, gaps_of, state_of
from archive.instruments import Instrument, InstrumentState
from pipeline.wiring import Workplace
from templates.workdays import workday_after

_AT_ONCE = 500
"""Dossiers whose records are in memory together."""


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

    @property
    def paper(self) -> str:
        """Return the number of the paper it is missing of; the contract's where of the whole."""
        return self.gap.paper or self.contract_number

    @property
    def owed_by(self) -> str:
        """Return who must bring it: the office, then the department and the handler if known."""
        who = (self.gap.requirement.owner, self.department, self.handler)
        return "　".join(filter(None, who))

    def said(self, on: date) -> dict[str, Any]:
        """Return the line as commands report it."""
        return {
            "code": self.code,
            "contract_number": self.contract_number,
            "paper": self.paper,
            "order_no": self.order_no,
            "title": self.title,
            "requirement": self.gap.requirement.code,
            "what": self.gap.requirement.name,
            "event": WORDS[self.gap.event],
            "since": self.gap.since.isoformat(),
            "due_on": self.gap.due_on.isoformat(),
            "is_late": self.gap.is_late(on),
            "owner": self.gap.requirement.owner,
            "department": self.department,
            "handler": self.handler,
            "owed_by": self.owed_by,
            "basis": self.gap.requirement.basis,
        }


@dataclass(frozen=True, slots=True)
class Wanting:
    """How many papers are asked of some dossiers, and which of these are not there."""

    asked: int
    lacks: tuple[Lack, ...]


def lacks(workplace: Workplace, session: Session, on: date) -> Iterator[Lack]:
    """Yield everything that is lacking at the end of `on`."""
    for row, records, state in _states(session, on):
        yield from _lacks_of(workplace, row, records, state, on)
    yield from _unfiled(workplace, session, on)


def wanting(workplace: Workplace, codes: Sequence[str], *, on: date) -> Wanting:
    """Return what is asked of the dossiers `codes` on `on`; those destroyed are asked nothing."""
    rules, asked = workplace.completeness, 0
    found: list[Lack] = []
    with workplace.register.read.begin() as session:
        for row, records, state in _states(session, on, codes):
            asked += sum(1 for _ in asked_of(rules, state, on=on))
            found += _lacks_of(workplace, row, records, state, on)
    return Wanting(asked, tuple(found))


def unfiled(workplace: Workplace, *, on: date) -> Wanting:
    """Return the papers sealed up to `on` that no dossier holds."""
    with workplace.register.read.begin() as session:
        found = tuple(_unfiled(workplace, session, on))
    return Wanting(len(found), found)


def _states(
    session: Session, on: date, codes: Sequence[str] | None = None
) -> Iterator[tuple[Dossier, Sequence[Record], DossierState]]:
    """Yield the dossiers that stand, those of `codes` where given, with how each is at `on`.

    Some are read at a time: memory does not grow with the archive.
    """
    standing = select(Dossier).where(Dossier.destroyed_at.is_(None)).order_by(Dossier.id)
    if codes is not None:
        standing = standing.where(Dossier.code.in_(codes))
    last = None
    while True:
        some = standing if last is None else standing.where(Dossier.id > last)
        dossiers = session.scalars(some.limit(_AT_ONCE)).all()
        if not dossiers:
            return
        last = dossiers[-1].id
        yield from _states_of(session, dossiers, on)
        session.expunge_all()


def _states_of(
    session: Session, dossiers: Sequence[Dossier], on: date
) -> Iterator[tuple[Dossier, Sequence[Record], DossierState]]:
    end = datetime.combine(on + timedelta(days=1), time(), BUSINESS_ZONE)
    held = select(Record).where(
        Record.dossier_id.in_([row.id for row in dossiers]), Record.filed_at < end
    )
    records: dict[int, list[Record]] = defaultdict(list)
    for record in session.scalars(held.order_by(Record.dossier_id, Record.item_no)):
        records[record.dossier_id].append(record)
    told = _told(session, TOLD_BY, [row.order_no for row in dossiers])
    for row in dossiers:
        if kept := records.get(row.id):
            yield row, kept, state_of(kept, told.get(row.order_no, ()), on=on)


def _lacks_of(
    workplace: Workplace, row: Dossier, records: Sequence[Record], state: DossierState, on: date
) -> Iterator[Lack]:
    about = records[0].description
    for gap in gaps_of(workplace.completeness, state, on=on, workday_after=workday_after):
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
                    gap=Gap(requirement, since, due_on, requirement.since),
                )


def _told(
    session: Session, actions: Iterable[str], chains: Sequence[str]
) -> Mapping[str, list[Event]]:
    """Return the events of these acts in `chains`, in their order."""
    query = select(Event).where(Event.chain.in_(chains), Event.action.in_(tuple(actions)))
    found: dict[str, list[Event]] = defaultdict(list)
    for event in session.scalars(query.order_by(Event.chain, Event.seq)):
        found[event.chain].append(event)
    return found
