"""Auditing: the history of a home proved, and the journal begun and told of people and seals."""

from __future__ import annotations

from archive.auditing import Audited, audit
from archive.errors import JournalDamaged
from archive.journal import Link
from archive.witnessing import begin_journal, witness
from pipeline.wiring import Workplace


class JournalMissing(Exception):
    """The archive has no journal to tell the head of."""


def audit_home(workplace: Workplace, *, head: str | None) -> Audited:
    """Return what is proved of the history, and where it does not hold."""
    with workplace.register.read.begin() as session:
        return audit(session, workplace.store, head=head)


def begin(workplace: Workplace) -> bool:
    """Begin the journal of an archive that has none; return whether it was begun."""
    begun = begin_journal(workplace.store, workplace.clock())
    witness_home(workplace)
    return begun


def witness_home(workplace: Workplace) -> None:
    """Tell the journal how far the histories of people and seals have come."""
    with workplace.register.read.begin() as session:
        witness(session, workplace.store, workplace.clock())


def last_link(workplace: Workplace) -> Link:
    """Return the newest link; raises JournalMissing, JournalDamaged."""
    witness_home(workplace)
    last = workplace.store.journal.last()
    if last is None:
        raise JournalMissing
    if not last.is_genuine():
        raise JournalDamaged(f"总账第 {last.seq} 条内容与摘要不符")
    return last
