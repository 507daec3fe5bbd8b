"""Running: a round carried through, part by part, so that a crash loses one part at most."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.custody import Act, enter
from archive.days import business_day
from archive.dossiers import Dossier
from archive.errors import InspectionRefused
from archive.events import Event, chain_of
from archive.finds import Find, FindState, finds_of
from archive.inspection import (
    ASSIGNED,
    CLOSED,
    ENDED,
    LOOKED,
    NOTED,
    SIGNED,
    Inspection,
    Looked,
    Spotted,
    Stage,
    inspection_of,
)
from archive.inspectionrows import InspectionRow, all_finds, write_inspection
from archive.inspectionrules import BY_DOSSIER
from archive.people import is_among
from pipeline import acting
from pipeline.inspection.forms import HAND, Form, record_form
from pipeline.inspection.homechecks import HOME_CHECKS, look
from pipeline.inspection.papers import Printed, file_paper
from pipeline.inspection.passes import PASSES
from pipeline.inspection.planning import Wanted, codes_of, due_plans, opened, start
from pipeline.inspection.samplechecks import UNASKED
from pipeline.inspection.seen import FAILED, UNLISTED
from pipeline.wiring import Workplace

AfterPart = Callable[[str], None]


def run_due(
    workplace: Workplace, *, person: str, after_part: AfterPart = lambda _: None
) -> list[Inspection]:
    """Finish the round that is running, then carry through each that is due; return them."""
    acting.need_looker(workplace, person)
    done = [
        proceed(workplace, number, person=person, after_part=after_part)
        for number in numbers(workplace, Stage.RUNNING)
    ]
    while plans := due_plans(workplace):
        period = plans[0].period_of(business_day(workplace.clock()))
        known = start(workplace, Wanted(plans[0], period), person=person)
        done.append(proceed(workplace, known.number, person=person, after_part=after_part))
    return done


def numbers(workplace: Workplace, stage: Stage | None = None) -> list[str]:
    """Return the numbers of the rounds, the newest last; of one stage where it is given."""
    query = select(InspectionRow.number).order_by(InspectionRow.planned_at, InspectionRow.number)
    if stage is not None:
        query = query.where(InspectionRow.stage == stage.value)
    with workplace.register.read.begin() as session:
        return list(session.scalars(query))


def proceed(
    workplace: Workplace, number: str, *, person: str, after_part: AfterPart = lambda _: None
) -> Inspection:
    """Carry the round on from where it stands to its end and return it.

    Each part is one event of its own; what was looked at is not looked at again.
    """
    acting.need_looker(workplace, person)
    known = opened(workplace, number)
    if known.stage is not Stage.RUNNING:
        return known
    workplace.store.mend()
    for each in PASSES:
        for part in each.parts(workplace, known):
            _enter_part(workplace, number, person, part)
            after_part(each.name)
    for check in known.duties:
        if check in HOME_CHECKS and not known.place_in(check)[1]:
            seen = look(workplace, check)
            counts = {check: seen.counts}
            part = Looked(check, "", True, counts, seen.spotted, seen.shown)
            _enter_part(workplace, number, person, part)
            after_part(check)
    with workplace.register.write.begin() as session:
        said = {"gone": _gone(session, number)}
        _enter(workplace, session, number, Act(ENDED, person, workplace.clock(), said))
    after_part("ended")
    return opened(workplace, number)


def note(workplace: Workplace, number: str, notes: Mapping[str, str], *, person: str) -> Inspection:
    """Enter what an inspector saw on the spot; signatures given before no longer count.

    A temperature or humidity out of bounds is a find. Raises InspectionRefused.
    """
    acting.need_inspector(workplace, person)
    _check_notes(notes)
    known = opened(workplace, number)
    if known.stage is Stage.SIGNED:
        raise InspectionRefused(f"检查记录 {number} 已签认归档，不能再登记")
    spotted = tuple(_out_of_bounds(workplace, notes))
    with workplace.register.write.begin() as session:
        if {"温度", "湿度"} & set(notes):
            part = Looked("environment", "", True, {"environment": {"登记": 1}}, spotted)
            _append(workplace, session, number, person, part)
        said = {"notes": dict(notes)}
        _enter(workplace, session, number, Act(NOTED, person, workplace.clock(), said))
    return opened(workplace, number)


def record_of(workplace: Workplace, known: Inspection) -> Form:
    """Return the record of the round as it stood when it ended or was last noted upon."""
    with workplace.register.read.begin() as session:
        finds = _finds_at(session, known)
    return record_form(known, finds)


def sign(workplace: Workplace, number: str, *, person: str) -> Inspection:
    """Let an inspector stand for the record; with the second it is printed and filed.

    Run again it files what a crash left unfiled. Raises InspectionRefused.
    """
    acting.need_inspector(workplace, person)
    known = opened(workplace, number)
    if known.stage is Stage.RUNNING:
        raise InspectionRefused(f"检查 {number} 尚未完成，不能签认")
    signers = [each.person for each in known.signatures]
    if known.stage is Stage.SIGNING:
        if is_among(person, signers):
            raise InspectionRefused(f"{person}已签认；检查记录须由两名不同的检查人签认")
        digest = record_of(workplace, known).digest()
        with workplace.register.write.begin() as session:
            act = Act(SIGNED, person, workplace.clock(), {"digest": digest})
            _enter(workplace, session, number, act)
        known = opened(workplace, number)
    if known.stage is Stage.SIGNED:
        file_record(workplace, known)
    return known


def file_record(workplace: Workplace, known: Inspection) -> None:
    """File the signed record; filed already, nothing changes."""
    last = known.signatures[-1]
    form = record_of(workplace, known)
    file_paper(workplace, Printed(2, form, last.at, last.person, is_signed=True))


def _enter_part(workplace: Workplace, number: str, person: str, part: Looked) -> None:
    with workplace.register.write.begin() as session:
        _append(workplace, session, number, person, part)
        write_inspection(session, number)


def _append(workplace: Workplace, session: Session, number: str, person: str, part: Looked) -> None:
    events.append(
        session,
        chain=number,
        at=workplace.clock(),
        actor=person,
        action=LOOKED,
        subject=number,
        details=part.said(),
    )


def _enter(workplace: Workplace, session: Session, number: str, act: Act) -> None:
    row = session.scalars(select(Dossier).where(Dossier.order_no == number)).one()
    enter(session, workplace.store, row, act)


def _gone(session: Session, number: str) -> list[str]:
    """Return the keys of the open finds this round looked for and did not see again."""
    known = inspection_of(number, chain_of(session, number))
    seen = {each.key for each in known.spotted}
    failed = {each.check for each in known.spotted if each.aspect in (FAILED, UNLISTED)}
    covered = _covered(session, codes_of(session, known))
    unasked = {each.subject for each in known.shown("fourfold") if each.what == UNASKED}
    judged = _covered(session, set(known.examined) - unasked)
    gone = []
    for key, find in all_finds(session).items():
        check = find.spotted.check
        if find.state is not FindState.OPEN or key in seen or check in failed:
            continue
        if check not in known.duties or not known.counts(check):
            continue
        subject = find.spotted.subject
        places = subject.split("/")
        prefixes = {"/".join(places[:end]) for end in range(1, len(places) + 1)}
        if check == "fourfold":
            is_covered = subject in judged
        else:
            is_covered = check not in BY_DOSSIER or not covered.isdisjoint(prefixes)
        if is_covered:
            gone.append(key)
    return sorted(gone)


def _covered(session: Session, codes: Collection[str]) -> set[str]:
    """Return where the dossiers `codes` stand, and what is destroyed, which lacks nothing."""
    rows = session.execute(select(Dossier.object_path, Dossier.code, Dossier.destroyed_at))
    looked_at = set(codes)
    return {path for path, code, destroyed_at in rows if code in looked_at or destroyed_at}


def _finds_at(session: Session, known: Inspection) -> dict[str, Find]:
    """Return the finds as the record tells them: what was done about them later is left out."""
    told = session.scalars(select(Event).where(Event.action.startswith("inspection:"))).all()
    moment = _recorded_at(session, known)
    later = (ASSIGNED, CLOSED)
    return finds_of(
        event
        for event in told
        if event.at < moment or (event.at == moment and event.action not in later)
    )


def _recorded_at(session: Session, known: Inspection) -> datetime:
    told = chain_of(session, known.number)
    moments = [event.at for event in told if event.action in (LOOKED, NOTED, ENDED)]
    return max(moments, default=known.planned_at)


def _check_notes(notes: Mapping[str, str]) -> None:
    if not notes:
        raise InspectionRefused("没有写明要登记什么")
    for name, value in notes.items():
        if name not in HAND or not value.strip():
            raise InspectionRefused(f"“{name}”不能登记，或者是空的；可登记：{'、'.join(HAND)}")


def _out_of_bounds(workplace: Workplace, notes: Mapping[str, str]) -> list[Spotted]:
    limits = workplace.inspections.limits
    found = []
    for name, (low, high) in (("温度", limits.temperature), ("湿度", limits.humidity)):
        if name not in notes:
            continue
        try:
            value = float(notes[name])
        except ValueError:
            raise InspectionRefused(f"{name}应为数字，实为“{notes[name]}”") from None
        if not low <= value <= high:
            problem = f"{name} {notes[name]}，超出 {low:g}–{high:g}"
            found.append(Spotted("environment", f"库房{name}", name, problem))
    return found
