"""Fixity: whether an object on the shelf is whole, byte for byte (固化校验)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.digests import file_digests
from archive.errors import ArchiveError, ObjectDamaged
from archive.inventory import Inventory
from archive.objectfolder import DECLARATION, DECLARED, INVENTORY, SIDECAR, read_inventory
from archive.store import Store

PROVING: Final = ("sha512",)
"""What proves every byte, for a reading of the whole archive."""

EVIDENCE: Final = ("sha512", "sha256")
"""Both digests that were written down, where a single dossier is examined."""

_FILE: Final = "文件"
ALTERED: Final = "内容与归档时的摘要不符，已被改动或损坏"
STRAY_FILE: Final = "多出的文件，清单中没有"


@dataclass(frozen=True, slots=True)
class Examined:
    """One object examined: how many files were read, and what is wrong (Chinese), by path.

    `inventory` is None where there is none to trust.
    """

    object_path: str
    files: int
    problems: tuple[tuple[str, str], ...]
    inventory: Inventory | None


def examine(
    store: Store,
    object_path: str,
    algorithms: Sequence[str] = EVIDENCE,
    after_piece: Callable[[], None] = lambda: None,
) -> Examined:
    """Read every file of the object and compare it with what was written down about it.

    `algorithms` names the digests that are computed; `after_piece` hears that it goes on. What
    seems damaged is looked at again while nobody writes: a version going onto the shelf at
    that very moment is no damage.
    """
    found = _examined(store, object_path, algorithms, after_piece)
    if found.problems:
        with store.quiet():
            return _examined(store, object_path, algorithms, after_piece)
    return found


def _examined(
    store: Store, object_path: str, algorithms: Sequence[str], after_piece: Callable[[], None]
) -> Examined:
    try:
        folder = store.place(object_path)
        inventory = read_inventory(folder, object_path)
    except (ArchiveError, OSError) as error:
        return Examined(object_path, 0, ((object_path, f"清单不可用：{error}"),), None)
    try:
        standing = dict(_entries(str(folder), ""))
        problems = list(_structure(folder, object_path, inventory, standing))
    except OSError as error:
        return Examined(object_path, 0, ((object_path, f"读不出：{error}"),), inventory)
    present = [path for path in inventory.manifest if standing.get(path) == _FILE]
    for path in present:
        kept = inventory.manifest[path]
        try:
            found = file_digests(f"{folder}/{path}", algorithms, after_piece)
        except OSError as error:
            problems.append((f"{object_path}/{path}", f"读不出：{error.strerror}"))
            continue
        if found != tuple(getattr(kept, algorithm) for algorithm in algorithms):
            problems.append((f"{object_path}/{path}", ALTERED))
    return Examined(object_path, len(present), tuple(problems), inventory)


def _structure(
    folder: Path, object_path: str, inventory: Inventory, standing: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """Yield what is missing, what is too much, and where the inventories disagree."""
    versions = [f"v{number}" for number in range(1, inventory.head + 1)]
    wanted = {DECLARATION, INVENTORY, SIDECAR, *inventory.manifest}
    wanted |= {f"{version}/{name}" for version in versions for name in (INVENTORY, SIDECAR)}
    for path, kind in standing.items():
        if kind != _FILE:
            yield f"{object_path}/{path}", f"档案库中不应有{kind}"
        elif path not in wanted:
            yield f"{object_path}/{path}", STRAY_FILE
    for path in sorted(wanted - standing.keys()):
        yield f"{object_path}/{path}", "文件缺失"
    if standing.get(DECLARATION) == _FILE and (folder / DECLARATION).read_bytes() != DECLARED:
        yield f"{object_path}/{DECLARATION}", "内容不是 OCFL 对象声明"
    yield from _version_inventories(folder, object_path, inventory)


def _version_inventories(
    folder: Path, object_path: str, inventory: Inventory
) -> Iterable[tuple[str, str]]:
    for number in range(1, inventory.head + 1):
        where = f"{object_path}/v{number}"
        if number == inventory.head and _are_the_same(folder, folder / f"v{number}"):
            continue
        try:
            standing = read_inventory(folder / f"v{number}", where)
        except ObjectDamaged as error:
            yield where, f"该版本的清单不可用：{error}"
            continue
        if standing != inventory.as_of(number):
            yield where, "该版本的清单与案卷清单不一致"


def _are_the_same(one: Path, other: Path) -> bool:
    """Return whether inventory and sidecar are the same bytes in both folders."""
    try:
        return all(
            (one / name).read_bytes() == (other / name).read_bytes()
            for name in (INVENTORY, SIDECAR)
        )
    except OSError:
        return False


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    if not entries:
        yield prefix.rstrip("/"), "空文件夹"
    for entry in entries:
        path = prefix + entry.name
        if entry.is_symlink():
            yield path, "符号链接"
        elif entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, f"{path}/")
        else:
            yield path, _FILE if entry.is_file(follow_symlinks=False) else "特殊文件"
