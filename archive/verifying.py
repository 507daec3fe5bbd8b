"""Verifying: every file against its digest, register against shelves both ways (四性检测)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy.orm import Session

from archive.books import books_of
from archive.crosschecking import against_register, without_shelf
from archive.errors import ArchiveError
from archive.fixity import PROVING, Examined
from archive.inventory import Inventory
from archive.numbergaps import gaps
from archive.readers import Readers
from archive.shelved import Shelved
from archive.store import Store

STRAY = "案卷之外的文件、链接或空文件夹"


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was filed: where, and what (Chinese)."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was read, what is damaged, and which versions a crash had left to be finished."""

    dossiers: int
    files: int
    damaged: tuple[Damage, ...]
    mended: tuple[str, ...] = ()


def verify(
    session: Session, store: Store, *, after: Callable[[int], None] = lambda _dossiers: None
) -> Verified:
    """Read every byte of the archive and compare it with inventories and register.

    A version that a crash interrupted is finished first; nothing else is written. What is
    being filed meanwhile may be reported as not registered yet. `after` hears how many
    dossiers were looked at so far.
    """
    mended = store.mend()
    damaged = [Damage(path, STRAY) for path in store.strays()]
    paths: set[str] = set()
    files = 0
    with closing(examined_all(store)) as batches:
        for batch in batches:
            for examined in batch:
                paths.add(examined.object_path)
                files += examined.files
                damaged += [Damage(path, problem) for path, problem in examined.problems]
            damaged += _against_register(session, store, batch)
            session.expunge_all()
            after(len(paths))
    damaged += [Damage(path, problem) for path, problem in without_shelf(session, paths)]
    damaged += [
        Damage(f"{gap.series}/{gap.year}/{gap.value}", gap.problem) for gap in gaps(session)
    ]
    return Verified(len(paths), files, tuple(dict.fromkeys(damaged)), mended)


def examined_all(store: Store) -> Generator[list[Examined], None, None]:
    """Yield every object examined, in batches, by the order of names; all cores read.

    The SHA-512 of every file is computed, which proves every byte of it, and nothing else: the
    SHA-256 stands in the same inventory, whose own digest the journal holds. Computing it as well
    would show only that a wrong one was once written down; inspections and the examination of
    single dossiers, which are no race, do. Memory does not grow with the archive. Raises
    ChildLost where reading broke off.
    """
    with Readers(store) as readers:
        yield from readers.examined(store.objects(), PROVING)


def _against_register(session: Session, store: Store, batch: Sequence[Examined]) -> list[Damage]:
    damaged: list[Damage] = []
    read: dict[str, tuple[Shelved, Inventory]] = {}
    for examined in batch:
        path, inventory = examined.object_path, examined.inventory
        if inventory is None:
            continue
        try:
            read[path] = (Shelved.read(store, path, inventory), inventory)
        except ArchiveError as error:
            damaged.append(Damage(path, f"案卷不可读：{error}"))
    books = books_of(session, {path: shelved for path, (shelved, _) in read.items()})
    for path, (shelved, inventory) in read.items():
        differences = against_register(books, path, shelved, inventory)
        damaged += [Damage(where, problem) for where, problem in differences]
    return damaged
