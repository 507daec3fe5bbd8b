"""Custody: acts upon a dossier that is kept already, each an event in one more version (在管).

The write lock is held from the decision until the rows stand, bytes before rows: nobody can act
upon the same dossier between what was read and what was written. What a crash leaves on the
shelf alone is taken into the register by `settled`, which every act begins with.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events
from archive.additions import Addition, added
from archive.carrying import ledger_rows, merged
from archive.digests import sha256
from archive.dossiers import Dossier
from archive.errors import RetentionRefused, ShelfOccupied
from archive.events import Event, chain_of
from archive.joining import chained
from archive.referencecode import ReferenceCode
from archive.registering import register_dossier
from archive.shelved import Shelved
from archive.store import Store

_TRIES: Final = 5
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,8}")
_MOST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves an act: a file, or what a person states, kept with the dossier."""

    name: str
    content: bytes

    def __post_init__(self) -> None:
        if not self.content.strip():
            raise RetentionRefused("依据是空的；请写明依据，或给出证明文件")
        if len(self.content) > _MOST:
            raise RetentionRefused(f"依据 {self.name} 过大（超过 {_MOST // 1024 // 1024} MB）")

    @classmethod
    def stated(cls, text: str) -> Evidence:
        """Return what a person states as evidence."""
        return cls("说明.txt", text.strip().encode())

    @property
    def path(self) -> str:
        """Return where it is kept in the dossier: under its digest, whatever its name."""
        suffix = PurePath(self.name).suffix.lower()
        return f"custody/{sha256(self.content)[:32]}" + (
            suffix if _SUFFIX.fullmatch(suffix) else ".bin"
        )

    def said(self) -> dict[str, Any]:
        """Return what the event says of it."""
        digest = sha256(self.content)
        return {"name": PurePath(self.name).name, "path": self.path, "sha256": digest}


@dataclass(frozen=True, slots=True)
class Act:
    """One act upon a dossier by one person at one moment; `details` hold JSON values only.

    `numbers` are those of the ledger the dossier must carry from now on; `additions` are files
    that join its items.
    """

    action: str
    actor: str
    at: datetime
    details: Mapping[str, Any]
    evidence: Evidence | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    additions: tuple[Addition, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A dossier as shelf and register agree on it, inside a transaction that writes."""

    row: Dossier
    shelved: Shelved
    history: tuple[Event, ...]
    head: int


def dossier_named(session: Session, name: str) -> Dossier:
    """Return the dossier with that code, item's code, contract or order number.

    Raises RetentionRefused where there is none.
    """
    try:
        code = str(ReferenceCode.parse(name).dossier)
    except ValueError:
        code = name
    # a code of the third shape may read as another dossier's item: what is written comes first
    for column, value in (
        (Dossier.code, name),
        (Dossier.code, code),
        (Dossier.contract_number, name),
        (Dossier.order_no, name),
    ):
        found = session.scalars(select(Dossier).where(column == value)).first()
        if found is not None:
            return found
    raise RetentionRefused(f"没有案卷 {name}；请写案卷的档号、合同编号或订单号")


def settled(session: Session, store: Store, row: Dossier) -> Kept:
    """Return the dossier, what a crash left on its shelf taken into the register.

    Raises RetentionRefused where it was destroyed; ObjectMissing, ObjectDamaged.
    """
    kept = standing(session, store, row)
    if kept.shelved.destroyed is not None:
        raise RetentionRefused(f"案卷 {row.code} 已销毁（{row.destroyed_by}），不能再办理")
    return kept


def standing(session: Session, store: Store, row: Dossier) -> Kept:
    """Return the dossier as `settled` does, also where only its stone stands."""
    store.mend()
    for _ in range(_TRIES):
        inventory = store.inventory(row.object_path)
        shelved = Shelved.read(store, row.object_path, inventory)
        known = tuple(chain_of(session, row.order_no))
        told = [event.hash for event in shelved.carried.events]
        if told == [event.hash for event in known[: len(told)]] and row.head == inventory.head:
            return Kept(row, shelved, known, inventory.head)
        chain = chained(shelved, shelved.items, known, order_no=row.order_no)
        if [event.hash for event in chain[: len(told)]] != told:
            anew = replace(shelved, carried=replace(shelved.carried, events=tuple(chain)))
            with contextlib.suppress(ShelfOccupied):
                store.add_version(
                    row.object_path,
                    anew.to_files(),
                    message="过程登记续接",
                    person="guidang",
                    at=chain[-1].at,
                    expect_head=inventory.head,
                )
            continue
        register_dossier(session, store, row.object_path)
    raise RetentionRefused(f"案卷 {row.code} 正在被别处写入；请稍后再试")


def enter(session: Session, store: Store, row: Dossier, act: Act) -> Event:
    """Enter `act` upon the dossier and return its event: a version, then the rows.

    The caller's transaction holds the write lock. Raises as `settled` does.
    """
    for _ in range(_TRIES):
        kept = settled(session, store, row)
        event, anew, files = _entered(session, kept, act)
        with contextlib.suppress(ShelfOccupied):
            store.add_version(
                row.object_path,
                anew.to_files() | files,
                message=f"{act.action} {row.code}",
                person=act.actor,
                at=act.at,
                expect_head=kept.head,
            )
            register_dossier(session, store, row.object_path)
            return event
    raise RetentionRefused(f"案卷 {row.code} 正在被别处写入；请稍后再试")


def followed(kept: Kept, act: Act, details: Mapping[str, Any]) -> tuple[Event, Shelved]:
    """Return the event of `act` behind the dossier's history, and the dossier with it."""
    event = events.prepare(
        kept.history[-1] if kept.history else None,
        chain=kept.row.order_no,
        at=act.at,
        actor=act.actor,
        action=act.action,
        subject=kept.row.code,
        details=details,
    )
    carried = replace(kept.shelved.carried, events=(*kept.history, event))
    return event, replace(kept.shelved, carried=carried)


def _entered(session: Session, kept: Kept, act: Act) -> tuple[Event, Shelved, dict[str, bytes]]:
    said, files = dict(act.details), dict(act.files)
    if act.evidence is not None:
        said["evidence"] = act.evidence.said()
        files[act.evidence.path] = act.evidence.content
    event, anew = followed(kept, act, said)
    numbers, counters = ledger_rows(session, act.numbers)
    carried = replace(
        anew.carried,
        numbers=merged("numbers", anew.carried.numbers, numbers),
        counters=merged("counters", anew.carried.counters, counters),
    )
    items, contents = added(anew.items, act.additions)
    return event, replace(anew, carried=carried, items=items), files | contents
