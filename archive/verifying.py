"""Verifying: every file against its digest, register against shelves both ways (四性检测)."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from archive.books import books_of
from archive.crosschecking import against_register, without_shelf
from archive.errors import ArchiveError
from archive.fixity import PROVING, Examined, examine
from archive.inventory import Inventory
from archive.numbering import gaps
from archive.shelved import Shelved
from archive.store import Store

STRAY = "案卷之外的文件、链接或空文件夹"

_AHEAD = 64
"""Objects in a batch: enough for every thread, few enough for memory."""

_TOGETHER = 4
"""Objects one thread reads in a row."""


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


def verify(session: Session, store: Store) -> Verified:
    """Read every byte of the archive and compare it with inventories and register.

    A version that a crash interrupted is finished first; nothing else is written. What is
    being filed meanwhile may be reported as not registered yet.
    """
    mended = store.mend()
    damaged = [Damage(path, STRAY) for path in store.strays()]
    paths: set[str] = set()
    files = 0
    for batch in examined_all(store):
        for examined in batch:
            paths.add(examined.object_path)
            files += examined.files
            damaged += [Damage(path, problem) for path, problem in examined.problems]
        damaged += _against_register(session, store, batch)
    damaged += [Damage(path, problem) for path, problem in without_shelf(session, paths)]
    damaged += [
        Damage(f"{gap.series}/{gap.year}/{gap.value}", gap.problem) for gap in gaps(session)
    ]
    return Verified(len(paths), files, tuple(dict.fromkeys(damaged)), mended)


def examined_all(store: Store) -> Iterator[list[Examined]]:
    """Yield every object examined, in batches, by the order of names; several are read at once.

    The SHA-512 of every file is computed, which proves every byte of it. While one batch is
    worked on the next is being read, and no more: memory does not grow with the archive.
    """
    objects = store.objects()
    waiting: deque[list[Future[list[Examined]]]] = deque()
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        while True:
            batch = list(islice(objects, _AHEAD))
            parts = [batch[at : at + _TOGETHER] for at in range(0, len(batch), _TOGETHER)]
            waiting.append([pool.submit(_examined, store, part) for part in parts])
            if len(waiting) > 1:
                yield [each for part in waiting.popleft() for each in part.result()]
            if not batch:
                return


def _examined(store: Store, paths: Sequence[str]) -> list[Examined]:
    return [examine(store, path, PROVING) for path in paths]


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
