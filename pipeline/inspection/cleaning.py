"""Cleaning: leftovers listed, confirmed by another person, asked about again, removed (清理).

What is removed first moves into work/cleanup/ under the list's number, is proved there to be
what was confirmed, and goes for good only once the list's history says what became of each
file: after a crash at any moment the same call goes on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from archive import events, numbering
from archive.cleanup import (
    CONFIRMED,
    DONE,
    PROPOSED,
    RETURNED,
    CleanupList,
    CleanupStage,
    Leftover,
    cleanup_of,
)
from archive.custody import Act, enter
from archive.days import business_day
from archive.dossiers import Dossier
from archive.errors import InspectionRefused
from archive.events import chain_of
from archive.inspectionrows import CleanupRow, write_cleanup
from index.engines.lock import writing
from pipeline import acting
from pipeline.inspection.cleanroom import CleanRoom, clean_room
from pipeline.inspection.forms import cleanup_form
from pipeline.inspection.leftovers import TRASH, leftovers
from pipeline.inspection.papers import Printed, file_paper
from pipeline.wiring import Workplace

_MOST: Final = 2000
"""Files on one list: what a person can look through; the rest comes on the next."""

_PATIENCE: Final = 30
AfterStep = Callable[[str], None]


def propose(workplace: Workplace, *, person: str) -> CleanupList:
    """Draw up a list of the leftovers under its own number and file it; nothing is touched.

    Raises InspectionRefused where `person` is no inspector, or there is nothing to list.
    """
    acting.need_inspector(workplace, person)
    entries = list(islice(leftovers(workplace), _MOST))
    if not entries:
        raise InspectionRefused("没有可清理的遗留文件")
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        before = session.scalars(select(func.count(CleanupRow.number))).one()
        number = numbering.take(
            session,
            workplace.numbering["cleanup"],
            year=business_day(at).year,
            holder=f"cleanup:{before + 1}",
            at=at,
            parts={},
        ).text
        events.append(
            session,
            chain=number,
            at=at,
            actor=person,
            action=PROPOSED,
            subject=number,
            details={
                "entries": [each.said() for each in entries],
                "rules": workplace.inspections.digest,
            },
        )
        write_cleanup(session, number)
    return opened(workplace, number)


def opened(workplace: Workplace, number: str) -> CleanupList:
    """Return the list `number`, filed where a crash had left it unfiled."""
    with workplace.register.read.begin() as session:
        known = cleanup_of(number, chain_of(session, number))
    first = replace(known, outcomes=None)
    file_paper(workplace, Printed(1, cleanup_form(first), known.proposed_at, known.proposer))
    return known


def lists(workplace: Workplace) -> list[CleanupList]:
    """Return the lists, the newest first."""
    query = select(CleanupRow.number).order_by(CleanupRow.proposed_at.desc(), CleanupRow.number)
    with workplace.register.read.begin() as session:
        return [cleanup_of(each, chain_of(session, each)) for each in session.scalars(query)]


def confirm(workplace: Workplace, number: str, *, person: str) -> CleanupList:
    """Confirm the list; raises InspectionRefused where the proposer would confirm it."""
    known = opened(workplace, number)
    acting.need_confirmer(workplace, person, known.proposer)
    act = Act(CONFIRMED, person, workplace.clock(), {})
    return _act(workplace, number, act, stage=CleanupStage.CONFIRMING)


def give_back(workplace: Workplace, number: str, *, opinion: str, person: str) -> CleanupList:
    """Return the list without consent: nothing of it is touched; raises InspectionRefused."""
    known = opened(workplace, number)
    acting.need_confirmer(workplace, person, known.proposer)
    if not opinion.strip():
        raise InspectionRefused("不同意清理须写明理由")
    act = Act(RETURNED, person, workplace.clock(), {"opinion": opinion})
    return _act(workplace, number, act, stage=CleanupStage.CONFIRMING)


def carry_out(
    workplace: Workplace, number: str, *, person: str, after_step: AfterStep = lambda _: None
) -> CleanupList:
    """Remove what the confirmed list names and what is still a leftover, unchanged; file a record.

    The caller holds the worker's lock. Run again it finishes what a crash interrupted. Raises
    InspectionRefused.
    """
    acting.need_inspector(workplace, person)
    known = opened(workplace, number)
    if known.stage not in (CleanupStage.CONFIRMED, CleanupStage.DONE):
        raise InspectionRefused(f"清单 {number} {known.stage}，不能执行；须先由复核人确认")
    with clean_room(workplace.home.root, f"work/{TRASH}/{number}") as room:
        if known.stage is CleanupStage.CONFIRMED:
            with writing(workplace.home.index, patience=_PATIENCE):
                outcomes = _set_aside(workplace, known, room, after_step)
            act = Act(DONE, person, workplace.clock(), {"outcomes": outcomes})
            known = _act(workplace, number, act, stage=CleanupStage.CONFIRMED)
            after_step("done")
        room.empty()
    after_step("emptied")
    done_at = known.done_at or known.proposed_at
    file_paper(workplace, Printed(2, cleanup_form(known), done_at, known.done_by))
    return known


def _set_aside(
    workplace: Workplace, known: CleanupList, room: CleanRoom, after_step: AfterStep
) -> dict[str, str]:
    """Move what may go into the list's room; return why each of the others stays."""
    eligible = {each.path: each for each in leftovers(workplace)}
    outcomes: dict[str, str] = {}
    for at, entry in enumerate(known.entries, 1):
        name = f"{at:05}"
        if not room.has(name):
            why = _movable(workplace.home.root, entry, eligible) or room.take(entry.path, name)
            if why is not None:
                outcomes[entry.path] = why
                continue
        if room.digest(name) != entry.sha256:
            outcomes[entry.path] = room.put_back(name, entry.path)
            continue
        room.prune(entry.path)
        after_step(entry.path)
    room.sync()
    return outcomes


def _movable(root: Path, entry: Leftover, eligible: Mapping[str, Leftover]) -> str | None:
    """Return why the file must stay, None where it is still what was confirmed."""
    now = eligible.get(entry.path)
    if now is None:
        if not os.path.lexists(root / entry.path):
            return "未清理：已不存在"
        return "未清理：已不属遗留（近期改动、使用中或冻结）"
    if (now.kind, now.sha256) != (entry.kind, entry.sha256):
        return "未清理：内容已变"
    return None


def _act(workplace: Workplace, number: str, act: Act, *, stage: CleanupStage) -> CleanupList:
    """Enter `act` upon a list that stands at `stage` and return it."""
    with workplace.register.write.begin() as session:
        known = cleanup_of(number, chain_of(session, number))
        if known.stage is not stage:
            raise InspectionRefused(f"清单 {number} {known.stage}，不能办理")
        row = session.scalars(select(Dossier).where(Dossier.order_no == number)).one()
        enter(session, workplace.store, row, act)
        return cleanup_of(number, chain_of(session, number))
