"""Retaining: what starts a dossier's period, how long it is kept, and what is due (起算与到期)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.carrying import Row
from archive.custody import Act, Evidence, Kept, dossier_named, enter, followed, settled
from archive.days import BUSINESS_ZONE, business_day
from archive.disposalrows import open_list_of
from archive.dossiers import Dossier
from archive.errors import RetentionRefused
from archive.holds import holding_of, holds_on
from archive.people import person_key
from archive.retention import (
    DATED,
    EXTENDED,
    MAY_BE_NONE,
    MAY_LIE_AHEAD,
    PERMANENT,
    Known,
    Term,
    Trigger,
    longer,
    triggers_of,
    years_of,
)
from archive.retentionrules import Role
from archive.termrows import TermRow, term_of_shelved, write_terms
from pipeline import acting
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class Dating:
    """What a person says of one trigger, and what proves it."""

    trigger: Trigger
    known: Known
    on: date | None
    evidence: Evidence
    person: str
    reason: str = ""

    def said(self) -> dict[str, Any]:
        """Return what the dossier's history says of it, evidence aside."""
        return {
            "trigger": self.trigger.value,
            "known": self.known.value,
            "on": self.on.isoformat() if self.on else None,
            "reason": self.reason,
        }


def check_dates(workplace: Workplace, name: str, datings: Sequence[Dating]) -> str:
    """Return the code of the dossier `record_dates` would write into; raises as it does."""
    with workplace.register.write.begin() as session:
        row, _fresh_ones = _fresh(workplace, session, name, datings)
        return row.code


def record_dates(workplace: Workplace, name: str, datings: Sequence[Dating]) -> dict[str, Any]:
    """Enter what starts the period of dossier `name` and return how the period stands then.

    All are looked at before the first is entered; what was said already changes nothing.
    Raises RetentionRefused.
    """
    with workplace.register.write.begin() as session:
        row, fresh = _fresh(workplace, session, name, datings)
        for dating in fresh:
            act = Act(DATED, dating.person, workplace.clock(), dating.said(), dating.evidence)
            enter(session, workplace.store, row, act)
        return _shown(session, workplace, row)


def _fresh(
    workplace: Workplace, session: Session, name: str, datings: Sequence[Dating]
) -> tuple[Dossier, list[Dating]]:
    """Return the dossier and what was not said of it yet, all of it allowed."""
    for dating in datings:
        acting.need(workplace, dating.person, Role.ARCHIVIST, Role.LEGAL)
    row = dossier_named(session, name)
    kept = settled(session, workplace.store, row)
    fresh = [dating for dating in datings if not _is_said(kept, dating)]
    for dating in fresh:
        _check_dating(workplace, session, kept, dating)
    return row, fresh


def extend(
    workplace: Workplace,
    name: str,
    *,
    period: str | None,
    until: date | None,
    reason: str,
    person: str,
) -> dict[str, Any]:
    """Keep a dossier longer: for a longer `period`, or at least `until`; never shorter.

    Raises RetentionRefused.
    """
    acting.need(workplace, person, Role.ARCHIVIST, Role.LEGAL, Role.APPRAISER)
    if not reason.strip():
        raise RetentionRefused("延长保管期限须写明理由")
    with workplace.register.write.begin() as session:
        row = dossier_named(session, name)
        kept = settled(session, workplace.store, row)
        term = term_of_shelved(kept.shelved)
        _check_longer(term, period, until)
        said = {
            "period": period,
            "until": until.isoformat() if until else None,
            "reason": reason,
            "list": None,
        }
        enter(session, workplace.store, row, Act(EXTENDED, person, workplace.clock(), said))
        return _shown(session, workplace, row)


def show_term(workplace: Workplace, name: str) -> dict[str, Any]:
    """Return how the period of dossier `name` stands; raises RetentionRefused."""
    with workplace.register.write.begin() as session:
        return _shown(session, workplace, dossier_named(session, name))


def due(workplace: Workplace, *, on: date | None = None) -> list[dict[str, Any]]:
    """Return every dossier whose last day of keeping lies before `on`, the oldest first.

    A hold, or a list it stands on already, is told beside it.
    """
    day = on or business_day(workplace.clock())
    with workplace.register.write.begin() as session:
        _write_missing_terms(workplace, session)
        rows = session.execute(
            select(Dossier, TermRow)
            .join(TermRow, TermRow.dossier_code == Dossier.code)
            .where(TermRow.expires_on < day, Dossier.destroyed_at.is_(None))
            .order_by(TermRow.expires_on, Dossier.code)
        ).all()
        return [
            {
                "code": dossier.code,
                "contract_number": dossier.contract_number,
                "title": dossier.title,
                "period": term.period,
                "starts_on": _day(term.starts_on),
                "expires_on": _day(term.expires_on),
                "holds": list(holds_on(session, dossier.code)),
                "list": open_list_of(session, dossier.code),
            }
            for dossier, term in rows
        ]


def _write_missing_terms(workplace: Workplace, session: Session) -> None:
    """Write the terms of dossiers registered before terms were told."""
    rows = session.scalars(
        select(Dossier)
        .outerjoin(TermRow, TermRow.dossier_code == Dossier.code)
        .where(TermRow.dossier_code.is_(None), Dossier.destroyed_at.is_(None))
    ).all()
    for row in rows:
        write_terms(session, [settled(session, workplace.store, row).shelved])
    session.flush()


def _is_said(kept: Kept, dating: Dating) -> bool:
    """Return whether the last word on this trigger is this very one."""
    last = next(
        (
            event
            for event in reversed(kept.history)
            if event.action == DATED and event.details["trigger"] == dating.trigger
        ),
        None,
    )
    return (
        last is not None
        and person_key(last.actor) == person_key(dating.person)
        and last.details == dating.said() | {"evidence": dating.evidence.said()}
    )


def _check_dating(workplace: Workplace, session: Session, kept: Kept, dating: Dating) -> None:
    wanted = triggers_of(kept.shelved.dossier.get("retention_trigger", ""), kept.shelved.items)
    if dating.trigger not in wanted:
        raise RetentionRefused(
            f"案卷 {kept.row.code} 的起算规则不看“{dating.trigger}”；应登记：{'、'.join(wanted)}"
        )
    if dating.known is Known.NONE and dating.trigger not in MAY_BE_NONE:
        raise RetentionRefused(f"“{dating.trigger}”不能写无此项；请登记日期和依据")
    if (dating.known is Known.DAY) != (dating.on is not None):
        raise RetentionRefused("请写明日期，或说明无此项、尚未发生，只写一样")
    _check_day(workplace, kept, dating)
    corrected = any(
        event.action == DATED and event.details["trigger"] == dating.trigger
        for event in kept.history
    )
    if corrected and not dating.reason.strip():
        raise RetentionRefused(
            f"“{dating.trigger}”已登记过；更正须用 --reason 写明理由，原登记保留"
        )
    before = term_of_shelved(kept.shelved)
    if _after(workplace, kept, dating).ends_before(before):
        held = {*holds_on(session, kept.row.code), *holding_of(kept.history).standing}
        if held:
            names = "、".join(sorted(held))
            raise RetentionRefused(f"案卷 {kept.row.code} 在冻结中（{names}），不能使其提前到期")


def _check_day(workplace: Workplace, kept: Kept, dating: Dating) -> None:
    if dating.on is None:
        return
    today = business_day(workplace.clock())
    if dating.on > today and dating.trigger not in MAY_LIE_AHEAD:
        raise RetentionRefused(f"“{dating.trigger}”的日期 {dating.on} 晚于今天；发生之后再登记")
    formed = min(filter(None, map(_formed_from, kept.shelved.items)), default=None)
    if formed is not None and dating.on < formed:
        raise RetentionRefused(
            f"“{dating.trigger}”的日期 {dating.on} 早于合同形成日 {formed}；请核对"
        )


def _formed_from(item: Row) -> date | None:
    """Return the first day a paper can have been formed on; of one whose year is known, that."""
    if item["formed_on"]:
        return date.fromisoformat(item["formed_on"])
    year = item["description"].get("signed_year")
    return date(year, 1, 1) if year else None


def _after(workplace: Workplace, kept: Kept, dating: Dating) -> Term:
    """Return the term as it would be with `dating` entered."""
    said = dating.said()
    act = Act(DATED, dating.person, workplace.clock(), said)
    _event, anew = followed(kept, act, said | {"evidence": dating.evidence.said()})
    return term_of_shelved(anew)


def _check_longer(term: Term, period: str | None, until: date | None) -> None:
    if (period is None) == (until is None):
        raise RetentionRefused(
            "请写新的期限（--period D40 或 Y）或至少保管到哪一天（--until），只写一样"
        )
    if term.period == PERMANENT:
        raise RetentionRefused("本卷永久保管，无须延长")
    if period is not None and period != PERMANENT:
        try:
            years_of(period)
        except ValueError as error:
            raise RetentionRefused(f"期限 {period} 无效；请写 Y 或 D 加年数，如 D40") from error
    if period is not None and longer(period, term.period) == term.period:
        raise RetentionRefused(
            f"新期限 {period} 不长于现期限 {term.period}；期限只能延长，不能缩短"
        )
    if until is not None and term.expires_on is not None and until <= term.expires_on:
        raise RetentionRefused(f"{until} 不晚于现到期日 {term.expires_on}；期限只能延长，不能缩短")


def _shown(session: Session, workplace: Workplace, row: Dossier) -> dict[str, Any]:
    content: dict[str, Any] = {
        "code": row.code,
        "contract_number": row.contract_number,
        "title": row.title,
        "retention": row.retention,
        "basis": row.retention_basis,
        "holds": list(holds_on(session, row.code)),
        "list": open_list_of(session, row.code),
        "destroyed_at": row.destroyed_at.astimezone(BUSINESS_ZONE).isoformat()
        if row.destroyed_at
        else None,
        "destroyed_by": row.destroyed_by,
    }
    if row.destroyed_at is not None:
        return content
    kept = settled(session, workplace.store, row)
    term = term_of_shelved(kept.shelved)
    return content | {
        "period": term.period,
        "starts_on": _day(term.starts_on),
        "expires_on": _day(term.expires_on),
        "missing": [trigger.value for trigger in term.missing],
        "dates": {
            trigger.value: {"known": fact.known.value, "on": _day(fact.on), "proof": fact.proof}
            for trigger, fact in term.facts.items()
        },
        "history": [
            {
                "at": event.at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds"),
                "by": event.actor,
                "action": event.action,
                "details": event.details,
            }
            for event in kept.history
            if event.action.partition(":")[0] in {"retention", "hold", "disposal"}
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
