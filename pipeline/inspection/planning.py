"""Planning: what is due, the sample drawn, a round begun under its own number."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from archive import events, numbering
from archive.custody import dossier_named
from archive.days import business_day
from archive.dossiers import Dossier
from archive.drawing import Candidate, digest_of, drawn, sample_size
from archive.errors import InspectionRefused
from archive.events import Event, chain_of
from archive.finds import UNSETTLED, finds_of
from archive.inspection import PLANNED, Inspection, Stage, inspection_of
from archive.inspectionrows import InspectionRow, write_inspection
from archive.inspectionrules import BY_DOSSIER, CHECKS, Plan
from pipeline import acting
from pipeline.inspection.forms import plan_form
from pipeline.inspection.papers import Printed, file_paper
from pipeline.wiring import Workplace

SPECIAL: Final = "专项检查"
"""The name of a round nobody planned: chosen dossiers, chosen checks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A round that is asked for; `seed` is drawn where it is None, `codes` by the rules."""

    plan: Plan
    period: str
    seed: str | None = None
    codes: tuple[str, ...] | None = None


def due_plans(workplace: Workplace) -> list[Plan]:
    """Return the plans whose round should have begun and has not, those that look at all first.

    A period that passed without its round makes the plan due at once in the next one.
    """
    rules, today = workplace.inspections, business_day(workplace.clock())
    with workplace.register.read.begin() as session:
        rows = session.scalars(select(InspectionRow)).all()
        first = session.scalars(select(func.min(Dossier.opened_at))).one()
    found = []
    for plan in rules.plans.values():
        if _is_done(workplace, rows, plan, today):
            continue
        before = _last_day_before(plan, today)
        had_something = first is not None and business_day(first) <= before
        is_late = had_something and not _is_done(workplace, rows, plan, before)
        if plan.begins_by(today) or is_late:
            found.append(plan)
    return sorted(found, key=lambda plan: (not plan.is_full, -plan.every_months))


def special(workplace: Workplace, checks: Sequence[str], codes: Sequence[str]) -> Wanted:
    """Return a round of chosen checks and dossiers; raises InspectionRefused."""
    if unknown := [each for each in checks if each not in CHECKS]:
        raise InspectionRefused(f"没有检查项“{unknown[0]}”；已有：{'、'.join(CHECKS)}")
    with workplace.register.read.begin() as session:
        named = tuple(sorted({dossier_named(session, code).code for code in codes}))
    plan = Plan(SPECIAL, 1, 1, is_full=not codes, checks=tuple(checks) or tuple(CHECKS))
    return Wanted(plan, SPECIAL, codes=named or None)


def start(workplace: Workplace, wanted: Wanted, *, person: str) -> Inspection:
    """Begin a round: its number, its plan and its sample stand before anything is looked at.

    Raises InspectionRefused where `person` is no inspector, or another round is running.
    """
    rules, plan = workplace.inspections, wanted.plan
    acting.need_looker(workplace, person)
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        if (running := _running(session)) is not None:
            raise InspectionRefused(f"检查 {running} 尚未完成；先运行 guidang inspect run")
        candidates = _candidates(session, at)
        seed = wanted.seed or secrets.token_hex(8)
        sample, examined = wanted.codes, wanted.codes or ()
        if sample is None:
            if not plan.is_full:
                size = sample_size(len(candidates), percent=rules.percent, least=rules.least)
                sample = drawn(candidates, seed=seed, size=size, at=at)
            examined = _drawn_again(session, sample, seed=seed, size=rules.most_examined, at=at)
        before = session.scalars(select(func.count(InspectionRow.number))).one()
        number = numbering.take(
            session,
            workplace.numbering["inspection"],
            year=business_day(at).year,
            holder=f"inspection:{before + 1}",
            at=at,
            parts={},
        ).text
        said = {
            "plan": plan.name,
            "period": wanted.period,
            "duties": [
                [check, {"owner": duty.owner, "days": duty.days, "is_damage": duty.is_damage}]
                for check, duty in rules.duties.items()
                if check in plan.checks or check == "environment"
            ],
            "seed": seed,
            "population": len(candidates),
            "population_digest": digest_of(candidates),
            "sample": None if sample is None else list(sample),
            "examined": list(examined) if "fourfold" in plan.checks else [],
            "rules": f"{rules.version}，{rules.digest[:12]}…",
        }
        events.append(
            session,
            chain=number,
            at=at,
            actor=person,
            action=PLANNED,
            subject=number,
            details=said,
        )
        write_inspection(session, number)
    return opened(workplace, number)


def opened(workplace: Workplace, number: str) -> Inspection:
    """Return the round `number`, its plan filed where a crash had left it unfiled."""
    with workplace.register.read.begin() as session:
        known = inspection_of(number, chain_of(session, number))
    file_paper(workplace, Printed(1, plan_form(known), known.planned_at, known.inspector))
    return known


def redrawn(workplace: Workplace, known: Inspection) -> bool:
    """Return whether drawing again by the recorded seed gives the recorded sample."""
    seed, at = known.seed, known.planned_at
    with workplace.register.read.begin() as session:
        candidates = _candidates(session, at)
        size = len(known.examined)
        examined = _drawn_again(session, known.sample, seed=seed, size=size, at=at)
    if digest_of(candidates) != known.population_digest:
        return False
    if known.plan == SPECIAL and known.sample is not None:
        return True  # people chose
    if known.examined != examined:
        return False
    size = len(known.sample or ())
    return known.sample is None or known.sample == drawn(candidates, seed=seed, size=size, at=at)


def codes_of(session: Session, known: Inspection) -> tuple[str, ...]:
    """Return the codes of the dossiers the round looks at, in order."""
    if known.sample is not None:
        return tuple(sorted(known.sample))
    return all_codes(session, known)


def all_codes(session: Session, known: Inspection) -> tuple[str, ...]:
    """Return the codes of all dossiers that stood when the round was planned, in order."""
    return tuple(row.code for row in _population(session, known.planned_at))


def _running(session: Session) -> str | None:
    query = select(InspectionRow.number).where(InspectionRow.stage == Stage.RUNNING.value)
    return session.scalars(query).first()


def _population(session: Session, at: datetime) -> Sequence[Dossier]:
    """Return what stood on the shelves at `at`; the same whenever it is asked."""
    return session.scalars(
        select(Dossier)
        .where(
            Dossier.opened_at < at,
            or_(Dossier.destroyed_at.is_(None), Dossier.destroyed_at >= at),
        )
        .order_by(Dossier.code)
    ).all()


def _drawn_again(
    session: Session, sample: Sequence[str] | None, *, seed: str, size: int, at: datetime
) -> tuple[str, ...]:
    """Return which of the sample, of all without one, the rules of the four properties get."""
    candidates = [
        each
        for each in _candidates(session, at, by_rules=True)
        if sample is None or each.code in sample
    ]
    return drawn(candidates, seed=seed, size=size, at=at)


def _candidates(session: Session, at: datetime, *, by_rules: bool = False) -> list[Candidate]:
    """Return what may be drawn; with `by_rules` looked at means asked by the four properties."""
    rows = _population(session, at)
    history = session.scalars(
        select(Event).where(Event.action.startswith("inspection:"), Event.at < at)
    ).all()
    examined = _examined(history, [row.code for row in rows], by_rules=by_rules)
    troubled = {
        place
        for find in finds_of(history).values()
        if find.state in UNSETTLED
        for place in _prefixes(find.spotted.subject)
    }
    return [
        Candidate(
            code=row.code,
            examined_at=examined.get(row.code),
            is_permanent=row.retention == "Y",
            is_secret="商业秘密" in row.secrecy,
            has_finds=row.object_path in troubled or row.code in troubled,
        )
        for row in rows
    ]


def _examined(
    history: Sequence[Event], codes: Sequence[str], *, by_rules: bool
) -> dict[str, datetime]:
    """Return when each dossier was last looked at, by rounds that ended."""
    chains: dict[str, list[Event]] = {}
    for event in sorted(history, key=lambda each: (each.chain, each.seq)):
        chains.setdefault(event.chain, []).append(event)
    last: dict[str, datetime] = {}
    for number, chain in chains.items():
        known = inspection_of(number, chain)
        if known.ended_at is None:
            continue
        seen: Sequence[str] = known.examined if by_rules else ()
        if not by_rules and set(known.duties) & set(BY_DOSSIER):
            seen = codes if known.sample is None else known.sample
        for code in seen:
            last[code] = max(known.planned_at, last.get(code, known.planned_at))
    return last


def _prefixes(subject: str) -> list[str]:
    parts = subject.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _is_done(workplace: Workplace, rows: Sequence[InspectionRow], plan: Plan, on: date) -> bool:
    """Return whether a finished round serves `plan` in the period `on` lies in."""
    for row in rows:
        if row.stage == Stage.RUNNING.value:
            continue
        made = workplace.inspections.plans.get(row.plan)
        serves = row.plan == plan.name or (
            row.is_full and made is not None and set(made.checks) >= set(plan.checks)
        )
        if serves and plan.period_of(business_day(row.planned_at)) == plan.period_of(on):
            return True
    return False


def _last_day_before(plan: Plan, on: date) -> date:
    """Return the last day of the period before the one `on` lies in."""
    day = on.replace(day=1)
    while plan.period_of(day) == plan.period_of(on):
        day = (day - timedelta(days=1)).replace(day=1)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
