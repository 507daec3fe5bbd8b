"""Auditing: the history of a home proved, its journal looked after, begun anew by two people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import select

from archive.auditing import Audited, audit
from archive.dossiers import Dossier
from archive.errors import JournalDamaged, JournalMissing, RetentionRefused
from archive.links import Link
from archive.people import person_key
from archive.retentionrules import Role
from archive.witnessing import begin_journal, witness
from pipeline import acting
from pipeline.longwork import Told, told_to_nobody
from pipeline.peoplebook import break_in_people
from pipeline.wiring import Workplace

_NEWEST = 20
"""Dossiers whose links must stand at the end of the journal."""


class NothingFiled(Exception):
    """Nothing was ever filed: there is no journal, and none is missing."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A journal begun anew: its length, and the names of the damaged files set aside."""

    links: int
    aside: tuple[str, ...]


def audit_home(workplace: Workplace, *, head: str | None, told: Told = told_to_nobody) -> Audited:
    """Return what is proved of the history, and where it does not hold."""
    with workplace.register.read.begin() as session:
        found = audit(session, workplace.store, head=head, after=partial(told, "核验过程"))
        people = break_in_people(session, workplace.home)
    return replace(found, breaks=(*found.breaks, people)) if people else found


def assert_journal_stands(workplace: Workplace) -> Link | None:
    """Return the newest link, None where nothing was filed yet; quick enough for every start.

    Raises JournalMissing, JournalDamaged where it was taken away, does not hold together, or
    lacks what the register knows was filed last.
    """
    store = workplace.store
    store.mend()
    query = select(Dossier.object_path, Dossier.head).where(Dossier.destroyed_at.is_(None))
    with workplace.register.read.begin() as session:
        rows = session.execute(query.order_by(Dossier.id.desc()).limit(_NEWEST))
        newest = {path: head for path, head in rows}  # noqa: C416 - rows are no tuples to mypy
    if not (newest or store.journal.files() or store.holds_objects()):
        return None
    last = store.journal.check()
    linked = dict.fromkeys(newest, 0)
    for link in store.journal.links_naming(*newest):
        linked[link.entry.path] = link.entry.version
    for path, head in newest.items():
        if linked[path] < head:
            raise JournalDamaged(f"末尾缺失：案卷 {path} 已到 v{head}，总账只记到 v{linked[path]}")
    return last


def journal_problem(workplace: Workplace) -> str | None:
    """Return why nothing may be filed while the journal is as it is, None where it may."""
    try:
        assert_journal_stands(workplace)
    except (JournalMissing, JournalDamaged) as error:
        return str(error)
    return None


def begin(workplace: Workplace, *, person: str, second: str, reason: str) -> Begun:
    """Begin the journal anew over what stands, for two people who answer for it.

    A damaged one is set aside and named in the first link with both names and the reason.
    Raises RetentionRefused for people who may not, and where the journal is sound.
    """
    store, at = workplace.store, workplace.clock()
    acting.need(workplace, person, Role.ARCHIVIST)
    acting.need(workplace, second, Role.APPROVER, Role.LEGAL)
    if person_key(person) == person_key(second):
        raise RetentionRefused("另立总账须由两人办理，两人不能是同一人")
    if not reason.strip():
        raise RetentionRefused("另立总账须写明原因（--reason）")
    problem = journal_problem(workplace)
    if problem is None:
        raise RetentionRefused("总账完好，或尚未归档，不得另立")
    why = f"{person}、{second}：{reason.strip()}（{problem.partition('。')[0]}）"
    aside = begin_journal(store, at, why=why)
    witness_home(workplace)
    last = store.journal.last()
    return Begun(last.seq if last else 0, tuple(file.name for file in aside))


def witness_home(workplace: Workplace) -> None:
    """Tell the journal how far the histories of people and seals have come."""
    with workplace.register.read.begin() as session:
        witness(session, workplace.store, workplace.clock())


def last_link(workplace: Workplace) -> Link:
    """Return the newest link; raises NothingFiled, JournalMissing, JournalDamaged."""
    witness_home(workplace)
    last = assert_journal_stands(workplace)
    if last is None:
        raise NothingFiled
    return last
