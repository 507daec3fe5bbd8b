"""Destroying: an approved list carried out, each dossier asked anew at its own moment (销毁)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.custody import Act, dossier_named, enter, standing
from archive.days import BUSINESS_ZONE, business_day
from archive.destruction import destroy, obstacles
from archive.disposal import COMPLETED, EXECUTING, DisposalList, Stage, list_of
from archive.disposalduties import check_presence
from archive.dossiers import Dossier
from archive.events import chain_of
from archive.people import person_key
from archive.retentionrules import Role
from pipeline import acting
from pipeline.clearing import Remembered, clear_copies, older_registers
from pipeline.disposalpapers import Paper, file_paper
from pipeline.disposing import opened
from pipeline.indexing import apply_outbox
from pipeline.rebuilding import rebuild_index
from pipeline.wiring import Workplace

AfterStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class People:
    """Who carries a list out, and the two who watch."""

    operator: str
    witnesses: tuple[str, ...]


def plan_destruction(
    workplace: Workplace, number: str, people: People
) -> Mapping[str, tuple[str, ...]]:
    """Return what stands against the destruction of each dossier of the list now; change nothing.

    Raises RetentionRefused where these people may not carry it out at all.
    """
    _need(workplace, people)
    opened(workplace, number)
    today = business_day(workplace.clock())
    with workplace.register.write.begin() as session:
        known = _list(workplace, session, number)
        check_presence(known, people.operator, people.witnesses)
        rows = [dossier_named(session, code) for code in known.to_destroy]
        return {
            row.code: ()
            if row.destroyed_by == number
            else obstacles(session, workplace.store, known, row, on=today)
            for row in rows
        }


def carry_out(
    workplace: Workplace,
    number: str,
    people: People,
    *,
    method: str,
    place: str,
    after_step: AfterStep = lambda _step: None,
) -> DisposalList:
    """Destroy what the list says, in the presence of `people`; return it completed.

    The intent stands in the list's dossier before anything is removed, each dossier is asked
    anew while nobody else can write, the completion and its certificate come last. After a
    crash the same call finishes; a completed list is only indexed again. The caller holds the
    worker's lock. Raises RetentionRefused.
    """
    opened(workplace, number)
    with workplace.register.write.begin() as session:
        known = _list(workplace, session, number)
    if known.stage is not Stage.COMPLETED:
        _need(workplace, people)
        file_presence(workplace, number, people, method=method, place=place)
        after_step("intent")
        known = _destroy_all(workplace, number, after_step)
    _finish(workplace, known, after_step)
    return known


def file_presence(
    workplace: Workplace, number: str, people: People, *, method: str, place: str
) -> None:
    """Enter who is there into the list's history, once; others who go on later as well."""
    with workplace.register.write.begin() as session:
        known = _list(workplace, session, number)
        check_presence(known, people.operator, people.witnesses)
    file_paper(workplace, known, Paper.LIST)
    with workplace.register.write.begin() as session:
        known = _list(workplace, session, number)
        before = known.presence
        if before is not None and _keys(People(before.operator, before.witnesses)) == _keys(people):
            return
        said = {"witnesses": list(people.witnesses), "method": method, "place": place}
        _enter(workplace, session, number, Act(EXECUTING, people.operator, workplace.clock(), said))


def _destroy_all(workplace: Workplace, number: str, after_step: AfterStep) -> DisposalList:
    with workplace.register.read.begin() as session:
        codes = _list_rows(session, number)
    outcomes = []
    for code in codes:
        outcomes.append(_destroy_one(workplace, number, code, after_step))
        after_step("dossier done")
    remarks = _remarks(workplace)
    with workplace.register.write.begin() as session:
        known = _list(workplace, session, number)
        operator = known.presence.operator if known.presence else ""
        said = {"outcomes": outcomes, "remarks": remarks}
        _enter(workplace, session, number, Act(COMPLETED, operator, workplace.clock(), said))
        known = _list(workplace, session, number)
    after_step("completed")
    return known


def _destroy_one(
    workplace: Workplace, number: str, code: str, after_step: AfterStep
) -> dict[str, Any]:
    with workplace.register.write.begin() as session:
        known = _list(workplace, session, number)
        row = dossier_named(session, code)
        reasons = destroy(session, workplace.store, known, row, at=workplace.clock())
        after_step("stone")
    after_step("rows")
    at = row.destroyed_at
    if not reasons:
        with workplace.register.write.begin() as session:
            stone = standing(session, workplace.store, dossier_named(session, code)).shelved
        clear_copies(workplace.home, Remembered.of(stone))
    return {
        "code": code,
        "destroyed_at": at.astimezone(BUSINESS_ZONE).isoformat() if at and not reasons else None,
        "reasons": list(reasons),
    }


def _finish(workplace: Workplace, known: DisposalList, after_step: AfterStep) -> None:
    """File the certificate, then build the index anew: a removed text stays in its old files."""
    file_paper(workplace, known, Paper.CERTIFICATE)
    after_step("certificate")
    while apply_outbox(workplace):
        pass
    rebuild_index(workplace)
    after_step("indexed")


def _remarks(workplace: Workplace) -> dict[str, str]:
    """Return what the certificate says of copies that end later than the dossier."""
    today = business_day(workplace.clock())
    remarks = {
        f"备份“{backup.name}”中的副本": f"随备份到期清除，最迟 "
        f"{today + timedelta(days=backup.keeps_days)}"
        for backup in workplace.retention.backups
    }
    if not remarks:
        remarks["备份"] = "rules/retention.toml 未列备份；另有备份的，由监销人核对清除"
    if older := older_registers(workplace.home):
        remarks["换下的登记库"] = f"{'、'.join(older)} 中留有目录数据，由管理员删除"
    return remarks


def _need(workplace: Workplace, people: People) -> None:
    acting.need(workplace, people.operator, Role.ARCHIVIST)
    for witness in people.witnesses:
        acting.need(workplace, witness, Role.WITNESS)


def _keys(people: People) -> tuple[str, frozenset[str]]:
    return person_key(people.operator), frozenset(map(person_key, people.witnesses))


def _row(session: Session, number: str) -> Dossier:
    return session.scalars(select(Dossier).where(Dossier.order_no == number)).one()


def _list(workplace: Workplace, session: Session, number: str) -> DisposalList:
    history = standing(session, workplace.store, _row(session, number)).history
    return list_of(number, history)


def _list_rows(session: Session, number: str) -> Sequence[str]:
    return list_of(number, chain_of(session, number)).to_destroy


def _enter(workplace: Workplace, session: Session, number: str, act: Act) -> None:
    enter(session, workplace.store, _row(session, number), act)
