"""Auditing: the history of the archive proved from its folder alone (审计核验).

Every link of the journal against the one before, every version that stands against its link,
every event against the one before; what the register tells, of dossiers and of orders under way,
beside it. Contents are not read: a link names the digest of the inventory and the inventory
those of all files, which `verifying` compares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from archive.digests import sha512
from archive.errors import ArchiveError, EventDamaged, JournalDamaged
from archive.events import Event, from_json, verify_chain
from archive.inventory import Inventory
from archive.journal import Journal, digest_of
from archive.journaling import EVENTS, history_of
from archive.links import BEGINNING, Entry, Link, Told
from archive.objectfolder import INVENTORY, read_inventory
from archive.registerhistory import Break, kind_of, outside, registered_breaks
from archive.store import Store

_NONE: Final = "没有总账：已被移走，或档案建立于总账之前；在此以前归档停止（guidang audit begin）"
_NO_HEAD: Final = "库外留存的摘要不在总账中：总账末尾被截去，或整体被改写"


@dataclass(frozen=True, slots=True)
class Audited:
    """How much was proved, the digest of the last link, and where it does not hold.

    `begun` is the first link: its `why` says who began the journal anew, where it was.
    """

    links: int
    objects: int
    events: int
    head: str
    breaks: tuple[Break, ...]
    begun: Entry | None = None


def audit(
    session: Session,
    store: Store,
    *,
    head: str | None = None,
    after: Callable[[int], None] = lambda _dossiers: None,
) -> Audited:
    """Prove the archive's history; `head` is the digest of a link noted outside of it.

    What does not hold is looked at again while nobody writes. Writes nothing but what a crash
    left to be finished. `after` hears how many dossiers were looked at so far.
    """
    store.mend()
    found = _audited(session, store, head, after)
    if found.breaks:
        with store.quiet():
            return _audited(session, store, head, after)
    return found


def _audited(
    session: Session, store: Store, head: str | None, after: Callable[[int], None]
) -> Audited:
    reading = _Reading(head)
    breaks = list(reading.breaks_in(store))
    if not reading.links and not breaks and store.holds_objects():
        breaks.append(Break("journal", "missing", _NONE))
    if head is not None and not reading.has_noted:
        breaks.append(Break("journal", "truncated", _NO_HEAD))
    objects = events = 0
    unlinked = set(reading.standing)
    shelved: dict[str, tuple[int, str]] = {}
    for path in store.objects():
        objects += 1
        unlinked.discard(path)
        if reading.links:
            told, problems = _object(store.place(path), path, reading.standing.get(path, []))
            events += len(told)
            breaks += problems
            if told and not problems:
                shelved[told[-1].chain] = told[-1].seq, told[-1].hash
        after(objects)
    breaks += [
        Break(path, "removed", "总账记有这一案卷，库中没有：案卷被移走或改名")
        for path in sorted(unlinked)
    ]
    breaks += outside(session, reading.chains)
    for told_here, problems in registered_breaks(session, shelved):
        events += told_here
        breaks += problems
    breaks += _set_aside(store.journal, reading.begun)
    return Audited(reading.links, objects, events, reading.head, tuple(breaks), reading.begun)


class _Reading:
    """The journal read once: what must stand where."""

    def __init__(self, noted: str | None) -> None:
        self.links = 0
        self.head = BEGINNING
        self._noted = noted
        self.has_noted = noted == BEGINNING
        self.standing: dict[str, list[Entry]] = {}
        self.chains: list[Entry] = []
        self.begun: Entry | None = None

    def breaks_in(self, store: Store) -> Iterator[Break]:
        """Yield where the journal does not hold together."""
        seq, line = 0, b"\n"
        for place, line in store.journal.lines():
            try:
                link = Link.parse(line)
            except JournalDamaged:
                cut = not line.endswith(b"\n")
                kind, what = ("truncated", "末行残缺") if cut else ("changed", "不成一条")
                yield Break(place, kind, f"总账第 {seq + 1} 条{what}")
                seq += 1
                continue
            yield from self._joint(place, link, seq + 1)
            seq = link.seq
            self._take(link)

    def _joint(self, place: str, link: Link, wanted: int) -> Iterator[Break]:
        if not link.is_genuine():
            yield Break(place, "changed", f"总账第 {link.seq} 条内容与摘要不符，已被改动")
        if link.seq > wanted:
            yield Break(place, "removed", f"总账第 {wanted} 至 {link.seq - 1} 条缺失")
        elif link.seq < wanted:
            yield Break(place, "reordered", f"总账第 {link.seq} 条次序颠倒或重复")
        elif link.previous != self.head:
            yield Break(place, "changed", f"总账第 {link.seq} 条与前一条不衔接，前一条被改写")
        if (link.seq == 1) != (link.entry.told is Told.BEGUN):
            yield Break(place, "changed", f"总账第 {link.seq} 条不是总账的开始")

    def _take(self, link: Link) -> None:
        self.links += 1
        self.head = link.hash
        self.has_noted |= link.hash == self._noted
        entry = link.entry
        if entry.told is Told.BEGUN and self.begun is None:
            self.begun = entry
        if entry.told is Told.CHAIN:
            self.chains.append(entry)
        elif entry.told is Told.BURIED:
            self.standing[entry.path] = [entry]
        elif entry.told is Told.KEPT:
            self.standing.setdefault(entry.path, []).append(entry)


def _object(
    folder: Path, path: str, linked: Sequence[Entry]
) -> tuple[Sequence[Event], list[Break]]:
    """Return the events the object tells, and where it is not what the journal says."""
    try:
        inventory = read_inventory(folder, path)
    except (ArchiveError, OSError) as error:
        return (), [Break(path, "changed", f"清单不可用：{error}")]
    breaks = list(_versions(folder, path, inventory, linked))
    events = _events(folder, inventory)
    if isinstance(events, str):
        return (), [*breaks, Break(path, "changed", events)]
    breaks += [Break(path, kind_of(events), problem) for problem in verify_chain(events)]
    return events, breaks


def _versions(
    folder: Path, path: str, inventory: Inventory, linked: Sequence[Entry]
) -> Iterator[Break]:
    if not linked:
        yield Break(path, "unlinked", "库中有这一案卷，总账没有：案卷被加入，或总账末尾被截去")
        return
    if inventory.object_id != linked[-1].object:
        yield Break(path, "replaced", f"总账记的是 {linked[-1].object}，库中是另一对象")
    versions = [entry.version for entry in linked]
    if versions != list(range(1, len(linked) + 1)):
        yield Break(path, "reordered", f"总账所记版本 {versions!s:.80} 不连续")
        return
    if inventory.head < len(linked):
        yield Break(path, "removed", f"总账记到 v{len(linked)}，库中只有 v{inventory.head}：旧副本")
    elif inventory.head > len(linked):
        yield Break(path, "unlinked", f"库中有 v{inventory.head}，总账只记到 v{len(linked)}")
    for entry in linked[: inventory.head]:
        yield from _version(folder, path, inventory, entry)
    newest = folder / f"v{inventory.head}" / INVENTORY
    if not newest.is_file() or newest.read_bytes() != (folder / INVENTORY).read_bytes():
        yield Break(path, "changed", f"案卷的清单与 v{inventory.head} 的清单不同")


def _version(folder: Path, path: str, inventory: Inventory, entry: Entry) -> Iterator[Break]:
    where = f"{path}/v{entry.version}"
    file = folder / f"v{entry.version}" / INVENTORY
    if not file.is_file():
        yield Break(where, "removed", "这一版本的清单缺失")
        return
    if sha512(file.read_bytes()) != entry.inventory:
        yield Break(where, "changed", "这一版本与总账所记的摘要不符：被改动或替换")
        return
    digest = inventory.versions[entry.version - 1].state.get(EVENTS)
    kept = next((p for p, kept in inventory.manifest.items() if kept.sha512 == digest), None)
    if kept is None:
        if entry.events:
            yield Break(where, "removed", "这一版本没有过程")
    elif not (folder / kept).is_file():
        yield Break(f"{path}/{kept}", "removed", "过程文件缺失")
    elif sha512((folder / kept).read_bytes()) != digest:
        yield Break(f"{path}/{kept}", "changed", "过程文件与归档时的摘要不符")
    elif history_of(folder, inventory, entry.version) != (entry.events, entry.head):
        yield Break(f"{path}/{kept}", "changed", "过程的末条不是总账所记的那一条")


def _events(folder: Path, inventory: Inventory) -> list[Event] | str:
    """Return the newest history of the object, or what is wrong with it (Chinese)."""
    if EVENTS not in inventory.state:
        return []
    try:
        lines = (folder / inventory.path_of(EVENTS)).read_bytes().splitlines()
        return [from_json(json.loads(line)) for line in lines]
    except (OSError, ValueError, RecursionError, EventDamaged) as error:
        return f"过程不可读：{error!s:.200}"


def _set_aside(journal: Journal, begun: Entry | None) -> Iterator[Break]:
    """Yield where the damaged journals kept beside this one are not those it was begun after."""
    wanted = begun.object if begun else ""
    standing = journal.set_aside()
    files = [file for file in standing if file.name in wanted.split("、")]
    for file in standing if begun else ():
        if file not in files:
            yield Break(file.name, "unlinked", "不是另立总账时存放的旧总账：来历不明")
    if "、".join(file.name for file in files) != wanted:
        yield Break("journal", "removed", f"另立总账时存放的旧总账 {wanted!s:.200} 不全")
    elif begun and begun.inventory != (digest_of(files) if files else ""):
        yield Break("journal", "changed", f"另立总账时存放的旧总账 {wanted!s:.200} 已被改动")
