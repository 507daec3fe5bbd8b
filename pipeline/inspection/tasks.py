"""Tasks: finds given to somebody, reminded of, and closed by people (整改与销号)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.custody import Act, Evidence, enter
from archive.days import business_day
from archive.dossiers import Dossier
from archive.errors import InspectionRefused
from archive.events import chain_of
from archive.finds import UNSETTLED, Find, FindState
from archive.inspection import ASSIGNED, CLOSED, REMINDED
from archive.inspectionrows import all_finds
from archive.people import is_among
from pipeline import acting
from pipeline.wiring import Workplace


def tasks(
    workplace: Workplace, *, owner: str | None = None, overdue: bool = False, closed: bool = False
) -> list[Find]:
    """Return the finds nobody settled yet, the most urgent first; with `closed` all of them."""
    today = business_day(workplace.clock())
    with workplace.register.read.begin() as session:
        finds = all_finds(session).values()
    chosen = [
        find
        for find in finds
        if (closed or find.state in UNSETTLED)
        and (owner is None or is_among(owner, (find.owner,)))
        and (not overdue or find.is_overdue(today))
    ]
    return sorted(chosen, key=lambda find: (find.due_on, find.label))


def assign(
    workplace: Workplace, label: str, *, owner: str, due_on: date, reason: str, person: str
) -> Find:
    """Give a find to somebody else, or more time; raises InspectionRefused."""
    acting.need_inspector(workplace, person)
    if not owner.strip() or not reason.strip():
        raise InspectionRefused("须写明责任人和理由")
    with workplace.register.write.begin() as session:
        find = _named(session, label)
        if find.state not in UNSETTLED:
            raise InspectionRefused(f"{label} {find.state}，不能再交办")
        said = {
            "find": find.key,
            "owner": owner,
            "due_on": due_on.isoformat(),
            "reason": reason,
        }
        _enter(workplace, session, find, Act(ASSIGNED, person, workplace.clock(), said))
        return _named(session, label)


def close(
    workplace: Workplace,
    label: str,
    *,
    note: str,
    person: str,
    second: str | None = None,
    evidence: Evidence | None = None,
    accepts: bool = False,
) -> Find:
    """Close a find that a later round did not see again, or with `accepts` keep it with a reason.

    Damage, and whatever is kept as it is, takes a second person who confirms. A find nobody
    looked for again cannot be closed. Raises InspectionRefused.
    """
    acting.need_inspector(workplace, person)
    if not note.strip():
        raise InspectionRefused("销号须写明整改情况")
    with workplace.register.write.begin() as session:
        find = _named(session, label)
        if find.state not in UNSETTLED:
            raise InspectionRefused(f"{label} {find.state}")
        if find.state is FindState.OPEN and not accepts:
            raise InspectionRefused(
                f"{label} 整改后还没有复查；先运行 guidang inspect start --check "
                f"{find.spotted.check}，复查未见后再销号，或用 --accept 说明留存"
            )
        if find.is_damage or accepts:
            if second is None:
                raise InspectionRefused(f"{label} 须由复核人确认（--second）")
            acting.need_confirmer(workplace, second, person)
        state = FindState.ACCEPTED if accepts else FindState.CLOSED
        said = {
            "find": find.key,
            "as": state.value,
            "note": note,
            "second": second or "",
            "seen_gone_in": find.gone_in,
        }
        act = Act(CLOSED, person, workplace.clock(), said, evidence=evidence)
        _enter(workplace, session, find, act)
        return _named(session, label)


def remind(workplace: Workplace) -> int:
    """Write into the histories which finds are overdue, once a day; return how many were."""
    at = workplace.clock()
    on = business_day(at).isoformat()
    noted = 0
    for find in tasks(workplace, overdue=True):
        with workplace.register.write.begin() as session:
            told = chain_of(session, find.inspection)
            said = {"find": find.key, "on": on, "owner": find.owner}
            if any(event.action == REMINDED and event.details == said for event in told):
                continue
            events.append(
                session,
                chain=find.inspection,
                at=at,
                actor="guidang",
                action=REMINDED,
                subject=find.label,
                details=said,
            )
            noted += 1
    return noted


def _named(session: Session, label: str) -> Find:
    for find in all_finds(session).values():
        if find.label == label:
            return find
    raise InspectionRefused(f"没有问题 {label}；编号见 guidang inspect tasks")


def _enter(workplace: Workplace, session: Session, find: Find, act: Act) -> None:
    row = session.scalars(select(Dossier).where(Dossier.order_no == find.inspection)).one()
    enter(session, workplace.store, row, act)
