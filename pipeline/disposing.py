"""Disposing: a list of what is due, drawn up, appraised, approved and filed (鉴定与处置)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive import events, numbering
from archive.custody import Act, dossier_named, enter, settled
from archive.days import business_day
from archive.destruction import contents_of
from archive.disposal import (
    APPRAISED,
    APPROVED,
    OPEN,
    PROPOSED,
    RETURNED,
    Decision,
    DisposalList,
    Entry,
    Stage,
    list_of,
)
from archive.disposalduties import check_approval, check_opinion
from archive.disposalrows import DisposalRow, open_list_of, write_list
from archive.dossiers import Dossier
from archive.errors import RetentionRefused
from archive.holds import holding_of, holds_on
from archive.people import is_among
from archive.retention import EXTENDED, PERMANENT, longer
from archive.retentionrules import Role
from archive.termrows import term_of_shelved
from pipeline import acting
from pipeline.disposalpapers import Paper, file_paper
from pipeline.retaining import due
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a list would hold, and what is due but stays off it, with the reason."""

    entries: tuple[Entry, ...]
    left_out: tuple[tuple[str, str], ...]


def plan_list(workplace: Workplace, *, codes: Sequence[str], person: str) -> Proposed:
    """Return the list that `propose` would draw up: of `codes`, or of all that is due."""
    acting.need(workplace, person, Role.ARCHIVIST)
    found = due(workplace)
    with workplace.register.write.begin() as session:
        wanted = [dossier_named(session, code).code for code in codes]
        not_due = set(wanted) - {one["code"] for one in found}
        if not_due:
            raise RetentionRefused(f"{'、'.join(sorted(not_due))} 未到期或未起算，不能列入清单")
        entries: list[Entry] = []
        left_out: list[tuple[str, str]] = []
        for one in found:
            if wanted and one["code"] not in wanted:
                continue
            row = dossier_named(session, one["code"])
            reason = _left_out(workplace, session, row, person)
            if reason is None:
                entries.append(_entry(workplace, session, row))
            else:
                left_out.append((row.code, reason))
    return Proposed(tuple(entries), tuple(left_out))


def propose(
    workplace: Workplace, *, codes: Sequence[str], reason: str, person: str
) -> DisposalList:
    """Draw up a list with its own number and file it; raises RetentionRefused.

    The list stands in the register, and its dossiers are on no other, before it is filed; a
    crash in between is healed by the next act upon it.
    """
    if not reason.strip():
        raise RetentionRefused("编制清单须写明理由")
    planned = plan_list(workplace, codes=codes, person=person)
    if not planned.entries:
        why = "；".join(f"{code} {reason}" for code, reason in planned.left_out)
        raise RetentionRefused(f"没有可列入清单的案卷{f'（{why}）' if why else ''}")
    at = workplace.clock()
    with workplace.register.write.begin() as session:
        for entry in planned.entries:
            if taken := open_list_of(session, entry.code):
                raise RetentionRefused(f"{entry.code} 已在清单 {taken} 中")
        said = [entry.said() for entry in planned.entries]
        year = business_day(at).year
        number = numbering.take(
            session,
            workplace.numbering["disposal"],
            year=year,
            holder=f"disposal:{_lists_before(session) + 1}",
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
                "reason": reason,
                "entries": said,
                "left_out": [list(each) for each in planned.left_out],
                "rules": workplace.retention.digest,
            },
        )
        write_list(session, list_of(number, events.chain_of(session, number)))
    return opened(workplace, number)


def _lists_before(session: Session) -> int:
    return session.scalars(select(func.count(DisposalRow.id))).one()


def opened(workplace: Workplace, number: str) -> DisposalList:
    """Return the list `number`, filed where a crash had left it unfiled."""
    with workplace.register.read.begin() as session:
        known = list_of(number, events.chain_of(session, number))
        filed = session.scalars(select(Dossier).where(Dossier.order_no == number)).first()
    if filed is None:
        file_paper(workplace, known, Paper.PROPOSAL)
    return known


def appraise(
    workplace: Workplace,
    number: str,
    code: str,
    *,
    decision: Decision,
    period: str | None,
    reason: str,
    person: str,
) -> DisposalList:
    """Enter one appraiser's opinion of one dossier and return the list; raises RetentionRefused."""
    acting.need(workplace, person, Role.APPRAISER)
    if not reason.strip():
        raise RetentionRefused("鉴定意见须写明理由")
    opened(workplace, number)
    with workplace.register.write.begin() as session:
        known = _settled_list(workplace, session, number)
        wanted = dossier_named(session, code).code
        check_opinion(known, wanted, decision, period, on=business_day(workplace.clock()))
        said = {"code": wanted, "decision": decision.value, "period": period, "reason": reason}
        _enter(workplace, session, number, Act(APPRAISED, person, workplace.clock(), said))
        return _settled_list(workplace, session, number)


def approve(workplace: Workplace, number: str, *, opinion: str, person: str) -> DisposalList:
    """Approve the list: what was decided is fixed, what is kept is extended, the list is filed.

    Run again by the approver it finishes what a crash interrupted. Raises RetentionRefused.
    """
    acting.need(workplace, person, Role.APPROVER)
    opened(workplace, number)
    with workplace.register.write.begin() as session:
        known = _settled_list(workplace, session, number)
        is_done = known.stage is Stage.APPROVED and is_among(person, (known.approver or "",))
        if not is_done:
            check_approval(known, person)
            decided = {entry.code: str(entry.decision) for entry in known.entries}
            said = {"decided": decided, "opinion": opinion}
            _enter(workplace, session, number, Act(APPROVED, person, workplace.clock(), said))
            known = _settled_list(workplace, session, number)
    for entry in known.entries:
        if known.decided[entry.code] is Decision.KEEP and entry.new_period is not None:
            _keep_longer(workplace, known, entry, entry.new_period)
    file_paper(workplace, known, Paper.LIST)
    return known


def give_back(workplace: Workplace, number: str, *, opinion: str, person: str) -> DisposalList:
    """Return the list without approval: nothing is destroyed; raises RetentionRefused."""
    acting.need(workplace, person, Role.APPROVER)
    if not opinion.strip():
        raise RetentionRefused("退回清单须写明理由")
    opened(workplace, number)
    with workplace.register.write.begin() as session:
        known = _settled_list(workplace, session, number)
        if known.stage not in (Stage.APPRAISING, Stage.APPROVING, Stage.APPROVED):
            raise RetentionRefused(f"清单 {number} {known.stage}，不能退回")
        act = Act(RETURNED, person, workplace.clock(), {"opinion": opinion})
        _enter(workplace, session, number, act)
        return _settled_list(workplace, session, number)


def lists(workplace: Workplace, *, only_open: bool) -> list[DisposalList]:
    """Return the lists, the newest first."""
    query = select(DisposalRow.number).order_by(DisposalRow.id.desc())
    if only_open:
        query = query.where(DisposalRow.stage.in_([stage.value for stage in OPEN]))
    with workplace.register.read.begin() as session:
        return [
            list_of(number, events.chain_of(session, number)) for number in session.scalars(query)
        ]


def _settled_list(workplace: Workplace, session: Session, number: str) -> DisposalList:
    row = session.scalars(select(Dossier).where(Dossier.order_no == number)).one()
    return list_of(number, settled(session, workplace.store, row).history)


def _enter(workplace: Workplace, session: Session, number: str, act: Act) -> None:
    row = session.scalars(select(Dossier).where(Dossier.order_no == number)).one()
    enter(session, workplace.store, row, act)


def _keep_longer(workplace: Workplace, known: DisposalList, entry: Entry, period: str) -> None:
    with workplace.register.write.begin() as session:
        row = dossier_named(session, entry.code)
        kept = settled(session, workplace.store, row)
        term = term_of_shelved(kept.shelved)
        if term.period == PERMANENT or longer(term.period, period) == term.period:
            return
        reasons = "；".join(each.reason for each in entry.opinions if each.period is not None)
        said = {"period": period, "until": None, "reason": reasons, "list": known.number}
        act = Act(EXTENDED, known.approver or "", workplace.clock(), said)
        enter(session, workplace.store, row, act)


def _left_out(workplace: Workplace, session: Session, row: Dossier, person: str) -> str | None:
    """Return why a dossier that is due stays off a new list, None where it may go on it."""
    holds = holds_on(session, row.code)
    if holds:
        return f"冻结中：{'、'.join(holds)}"
    taken = open_list_of(session, row.code)
    if taken:
        return f"已在清单 {taken} 中"
    kept = settled(session, workplace.store, row)
    if is_among(person, holding_of(kept.history).releasers):
        return f"{person}解除过其冻结，须由他人提出"
    return None


def _entry(workplace: Workplace, session: Session, row: Dossier) -> Entry:
    kept = settled(session, workplace.store, row)
    term, items = term_of_shelved(kept.shelved), kept.shelved.items
    if term.starts_on is None or term.expires_on is None:
        raise RetentionRefused(f"{row.code} 未起算，不能列入清单")
    days = [date.fromisoformat(each) for item in items if (each := item["formed_on"])]
    return Entry(
        code=row.code,
        contract_number=row.contract_number,
        title=row.title,
        secrecy=row.secrecy,
        from_day=min(days, default=None),
        to_day=max(days, default=None),
        period=term.period,
        starts_on=term.starts_on,
        expires_on=term.expires_on,
        papers=len(items),
        pages=sum(item["pages"] for item in items),
        contents=contents_of(kept.shelved),
    )
