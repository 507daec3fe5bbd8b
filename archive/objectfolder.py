"""Object folder: one OCFL object as files, and how an interrupted version of it is finished."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from archive.digests import sha512
from archive.durable import sync_folder, sync_tree, write_read_only
from archive.errors import ObjectDamaged
from archive.inventory import Inventory

DECLARATION: Final = "0=ocfl_object_1.1"
DECLARED: Final = b"ocfl_object_1.1\n"
INVENTORY: Final = "inventory.json"
SIDECAR: Final = "inventory.json.sha512"
_VERSION: Final = re.compile(r"v([1-9][0-9]{0,5})")

Step = Callable[[str], None]


def is_object(folder: Path) -> bool:
    """Return whether `folder` declares itself an OCFL object, of whatever version."""
    try:
        return any(name.startswith("0=ocfl_object_") for name in os.listdir(folder))  # noqa: PTH208 - asked for every folder of an archive
    except (FileNotFoundError, NotADirectoryError):
        return False


def write_inventory(folder: Path, inventory: Inventory, step: Step) -> None:
    """Write inventory and sidecar into `folder`."""
    payload = inventory.to_bytes()
    write_read_only(folder / INVENTORY, payload)
    step("inventory written")
    write_read_only(folder / SIDECAR, f"{sha512(payload)} {INVENTORY}\n".encode())
    step("sidecar written")


def write_version(
    folder: Path, inventory: Inventory, contents: Mapping[str, bytes], step: Step
) -> None:
    """Write the version folder of `inventory`'s head: `contents` by path below `folder`."""
    folder.mkdir()
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_read_only(target, content)
        step("content written")
    write_inventory(folder, inventory, step)


def bring_version(place: Path, target: Path, name: str, step: Step) -> None:
    """Rename the version folder into `target`, then let the object's inventory name it.

    Whatever a crash leaves between these steps, `finish_version` can finish.
    """
    (place / name).rename(target / name)
    step("version folder in place")
    sync_folder(target)
    for file in (INVENTORY, SIDECAR):
        (place / file).replace(target / file)
        step(f"{file} in place")
    sync_folder(target)


def read_inventory(folder: Path, where: str) -> Inventory:
    """Return the inventory in `folder`; raises ObjectDamaged, also where its sidecar differs."""
    try:
        payload = (folder / INVENTORY).read_bytes()
        sidecar = (folder / SIDECAR).read_bytes()
    except OSError as error:
        lost = [name for name in (INVENTORY, SIDECAR) if not (folder / name).is_file()]
        if lost:
            raise ObjectDamaged(where, [f"{', '.join(lost)} is missing"]) from error
        raise ObjectDamaged(where, [f"{error.filename}: {error.strerror}"]) from error
    if sidecar.split() != [sha512(payload).encode(), INVENTORY.encode()]:
        raise ObjectDamaged(where, [f"{INVENTORY} and its sidecar differ"])
    return Inventory.parse(payload, where)


def newest_version_folder(folder: Path) -> int:
    """Return the highest version that has a folder, 0 where none has."""
    found = (_VERSION.fullmatch(entry.name) for entry in folder.iterdir() if entry.is_dir())
    return max((int(name[1]) for name in found if name), default=0)


def finish_version(folder: Path, desk: Path, where: str) -> bool:
    """Finish the version of `folder` that a crash interrupted; return whether there was one.

    A version folder is renamed into the object whole and durable, before the object's own
    inventory names it: the version is therefore kept, never thrown away, and its inventory
    becomes the object's. Only where that proves right is anything written; any other damage
    is left for `verify` to report.
    """
    newest = newest_version_folder(folder)
    version = folder / f"v{newest}"
    try:
        wanted = read_inventory(version, where)
    except ObjectDamaged:
        return False
    try:
        standing = (folder / INVENTORY).read_bytes()
        digest = (folder / SIDECAR).read_bytes()
        before = Inventory.parse(standing, where)
    except (OSError, ObjectDamaged):
        return False
    payload = (version / INVENTORY).read_bytes()
    sidecar = (version / SIDECAR).read_bytes()
    if (standing, digest) == (payload, sidecar):
        return False
    continues = before.head == newest - 1 and wanted.as_of(before.head) == before
    if wanted.head != newest or not (standing == payload or continues):
        return False
    if not all(_is_whole(folder, path, kept.sha512) for path, kept in wanted.manifest.items()):
        return False
    for name, content in ((INVENTORY, payload), (SIDECAR, sidecar)):
        (desk / f"mend-{name}").unlink(missing_ok=True)
        write_read_only(desk / f"mend-{name}", content)
    sync_tree(desk)
    for name in (INVENTORY, SIDECAR):
        (desk / f"mend-{name}").replace(folder / name)
    sync_folder(folder)
    return True


def _is_whole(folder: Path, path: str, digest: str) -> bool:
    target = folder / path
    return target.is_file() and not target.is_symlink() and sha512(target.read_bytes()) == digest
