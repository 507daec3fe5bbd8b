"""Register history: what the register tells of every history, beside what stands elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.dossiers import Dossier
from archive.events import Event, verify_chain
from archive.links import Entry


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the history does not hold: where, of which kind, and what (Chinese).

    `kind` is changed, removed, reordered, truncated, replaced, unlinked or missing.
    """

    place: str
    kind: str
    problem: str


def kind_of(events: Sequence[Event]) -> str:
    """Return what was done to events that do not hold together."""
    found, wanted = [event.seq for event in events], list(range(1, len(events) + 1))
    if found == wanted:
        return "changed"
    return "reordered" if sorted(found) == wanted else "removed"


def _registered(session: Session) -> Iterator[tuple[str, list[Event]]]:
    """Yield every history as the register has it: of dossiers, orders under way, people, seals."""
    query = select(Event).order_by(Event.chain, Event.seq).execution_options(yield_per=500)
    for chain, history in groupby(session.scalars(query), key=attrgetter("chain")):
        yield chain, list(history)


def _beside_shelf(
    chain: str, history: Sequence[Event], shelved: tuple[int, str] | None
) -> Iterator[Break]:
    """Yield where the register's history of a dossier is not the one that stands in it.

    Events that were added since it was filed stand in the register alone.
    """
    if shelved is None:
        return
    seq, digest = shelved
    standing = next((event.hash for event in history if event.seq == seq), None)
    if standing is None:
        yield Break(chain, "removed", f"登记簿的过程缺案卷所存的第 {seq} 条")
    elif standing != digest:
        yield Break(chain, "changed", f"登记簿的过程第 {seq} 条不是案卷所存的那一条，已被改写")


def _without_history(session: Session, shelved: Mapping[str, object]) -> Iterator[Break]:
    """Yield the dossiers the register knows, and of whose history it has nothing."""
    for chain in session.scalars(select(Dossier.order_no).order_by(Dossier.id)):
        if chain in shelved:
            yield Break(chain, "removed", "登记簿没有这一案卷的过程")


def outside(session: Session, chains: Sequence[Entry]) -> Iterator[Break]:
    """Yield where a history outside the archive is not the one the journal was told of."""
    last: Mapping[str, Entry] = {entry.object: entry for entry in chains}
    for chain in last:
        rows = session.execute(select(Event.seq, Event.hash).where(Event.chain == chain))
        standing = {seq: digest for seq, digest in rows}  # noqa: C416 - rows are no tuples to mypy
        for entry in chains:
            if entry.object != chain or standing.get(entry.version) == entry.head:
                continue
            is_gone = entry.version not in standing
            kind, what = ("removed", "缺失") if is_gone else ("changed", "被改写")
            yield Break(chain, kind, f"总账见证过的第 {entry.version} 条{what}")


def registered_breaks(
    session: Session, shelved: Mapping[str, tuple[int, str]]
) -> Iterator[tuple[int, list[Break]]]:
    """Yield for every history the register has how many events no shelf told, and its breaks.

    `shelved` is the last event of each sound history on the shelves, by chain.
    """
    missing = dict(shelved)
    for chain, history in _registered(session):
        breaks = [Break(chain, kind_of(history), each) for each in verify_chain(history)]
        breaks += _beside_shelf(chain, history, missing.pop(chain, None))
        yield len(history) if chain not in shelved else 0, breaks
    yield 0, list(_without_history(session, missing))
