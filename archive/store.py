"""Store: the shelves, an OCFL 1.1 storage root whose folders people can read (库)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from archive.desk import Desk
from archive.digests import sha256, sha512
from archive.durable import sync_folder, write_read_only
from archive.errors import (
    DigestMismatch,
    ObjectDamaged,
    ObjectMissing,
    ShelfNameRefused,
    ShelfOccupied,
)
from archive.inventory import Inventory, Kept, Version
from archive.objectfolder import (
    DECLARATION,
    DECLARED,
    INVENTORY,
    SIDECAR,
    Step,
    finish_version,
    is_object,
    read_inventory,
    write_inventory,
    write_version,
)
from archive.shelfnames import check_logical_path, check_object_path
from archive.storageroot import StorageRoot


class Store:
    """Keeps every version of every dossier for good; nothing in it is changed or removed.

    `staging` lies on the disk of `root`, outside it. A crash, a kill or a full disk at any
    moment leaves the old version; `after_step` is told of every step on the disk (tests
    stop there).
    """

    def __init__(self, root: Path, staging: Path, *, after_step: Step | None = None) -> None:
        if staging.absolute().is_relative_to(root.absolute()):
            raise ValueError(f"{staging} lies in the archive")
        self.root = root
        self._shelves = StorageRoot(root)
        self._desk = Desk(staging)
        self._step = after_step or (lambda _step: None)

    def create(
        self,
        object_path: str,
        object_id: str,
        files: Mapping[str, bytes],
        *,
        message: str,
        person: str,
        at: datetime,
    ) -> None:
        """Keep `files` as version 1 of a new object; the same files again change nothing.

        Raises ShelfOccupied where something else stands there, ShelfNameRefused, OSError
        where the disk is full.
        """
        check_object_path(object_path)
        version = _version(files, {}, message=message, person=person, at=at)
        contents, kept = _new_contents(files, 1, {})
        inventory = Inventory(object_id, (version,), kept)
        with self._writing():
            target = self.root / object_path
            if os.path.lexists(target):
                self._must_hold(object_path, object_id, version.state, head=1)
                return
            self._shelves.declare(self._desk)
            self._step("root declared")
            place = self._desk.begin(object_path)
            self._step("desk taken")
            staged = place / "object"
            staged.mkdir()
            write_read_only(staged / DECLARATION, DECLARED)
            self._step("declaration written")
            write_version(staged / "v1", inventory, contents, self._step)
            write_inventory(staged, inventory, self._step)
            self._shelves.bring(staged, object_path, self._desk, place)
            self._step("object in place")
            self._desk.clear(place)
        self._step("desk cleared")

    def add_version(
        self,
        object_path: str,
        files: Mapping[str, bytes],
        *,
        message: str,
        person: str,
        at: datetime,
        expect_head: int,
    ) -> None:
        """Keep a version after `expect_head` with `files` put or replaced, all others as before.

        Where exactly that stands there already, nothing changes. Raises ShelfOccupied where
        the newest version is another, ObjectMissing, ObjectDamaged, OSError where the disk
        is full.
        """
        with self._writing():
            before = self._inventory(object_path)
            version = _version(files, before.state, message=message, person=person, at=at)
            if before.head != expect_head or version.state == before.state:
                head = expect_head + (version.state != before.as_of(expect_head).state)
                self._must_hold(object_path, before.object_id, version.state, head=head)
                return
            contents, kept = _new_contents(files, before.head + 1, before.manifest)
            inventory = before.followed_by(version, kept)
            place = self._desk.begin(object_path)
            self._step("desk taken")
            name = f"v{inventory.head}"
            write_version(place / name, inventory, contents, self._step)
            write_inventory(place, inventory, self._step)
            self._desk.settle(place)
            self._step("version staged")
            self._bring_version(place, self.root / object_path, name)
            self._desk.clear(place)
        self._step("desk cleared")

    def exists(self, object_path: str) -> bool:
        """Return whether an object stands at `object_path`."""
        return is_object(self.place(object_path))

    def head(self, object_path: str) -> int:
        """Return the number of the newest version, from 1."""
        return self.inventory(object_path).head

    def inventory(self, object_path: str) -> Inventory:
        """Return the object's inventory; raises ObjectMissing, ObjectDamaged."""
        try:
            return self._inventory(object_path)
        except ObjectDamaged:
            # For a moment of each new version the inventory is newer than its sidecar: only
            # what is damaged while nobody writes is damaged.
            with self.quiet():
                return self._inventory(object_path)

    def read(self, object_path: str, logical: str) -> bytes:
        """Return the newest bytes of `logical`; raises DigestMismatch, ObjectMissing."""
        inventory = self.inventory(object_path)
        if logical not in inventory.state:
            raise ObjectMissing(f"{object_path}: {logical}")
        path = f"{object_path}/{inventory.path_of(logical)}"
        content = self._shelves.read(path)
        if sha512(content) != inventory.state[logical]:
            raise DigestMismatch(path, inventory.state[logical], sha512(content))
        return content

    def read_path(self, path: str, expected_sha256: str) -> bytes:
        """Return the bytes kept at `path` below the root; raises DigestMismatch, ObjectMissing."""
        content = self._shelves.read(path)
        found = sha256(content)
        if found != expected_sha256:
            raise DigestMismatch(path, expected_sha256, found)
        return content

    def physical(self, object_path: str, logical: str) -> Path:
        """Return the file the newest `logical` is kept in; raises ObjectMissing."""
        inventory = self.inventory(object_path)
        if logical not in inventory.state:
            raise ObjectMissing(f"{object_path}: {logical}")
        return self.place(f"{object_path}/{inventory.path_of(logical)}")

    def objects(self) -> Iterator[str]:
        """Yield the path of every object, in the order of names; symbolic links are not followed.

        Raises ShelvesForeign where the root is not ours, ObjectMissing where there is none.
        """
        return self._shelves.objects()

    def strays(self) -> Iterator[str]:
        """Yield what stands in the root outside every object: files, links, empty folders."""
        return self._shelves.strays()

    def mend(self) -> tuple[str, ...]:
        """Finish what a crash interrupted, clear the desk; return the objects that were finished.

        Does nothing, and waits for nobody, where nothing was left behind.
        """
        if self._desk.is_clear():
            return ()
        with self._desk.turn():
            return self._mended()

    def place(self, path: str) -> Path:
        """Return `path` below the root; raises ShelfNameRefused, ObjectDamaged at a link."""
        return self._shelves.place(path)

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Hold off every writer; where nothing can be written anyway, nothing is held."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                stack.enter_context(self._desk.turn())
            yield

    def _inventory(self, object_path: str) -> Inventory:
        if not self.exists(object_path):
            raise ObjectMissing(object_path)
        return read_inventory(self.place(object_path), object_path)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._desk.turn():
            self._mended()
            try:
                yield
            except OSError:
                # The first reason is the one to tell: the next writer mends what this cannot.
                with contextlib.suppress(OSError):
                    self._mended()
                raise

    def _mended(self) -> tuple[str, ...]:
        finished = []
        for place, object_path in self._desk.leftovers():
            with contextlib.suppress(ShelfNameRefused, ObjectDamaged):
                if (
                    object_path
                    and self.exists(object_path)
                    and finish_version(self.place(object_path), place, object_path)
                ):
                    finished.append(object_path)
            self._desk.clear(place)
        return tuple(finished)

    def _bring_version(self, place: Path, target: Path, name: str) -> None:
        """Rename the version folder in, then let the object's inventory name it.

        Whatever a crash leaves between these steps, `finish_version` can finish.
        """
        (place / name).rename(target / name)
        self._step("version folder in place")
        sync_folder(target)
        for file in (INVENTORY, SIDECAR):
            (place / file).replace(target / file)
            self._step(f"{file} in place")
        sync_folder(target)

    def _must_hold(
        self, object_path: str, object_id: str, state: Mapping[str, str], *, head: int
    ) -> None:
        if not self.exists(object_path):
            raise ShelfOccupied(object_path, "something that is no object stands there")
        standing = self._inventory(object_path)
        if (standing.object_id, standing.head, standing.state) != (object_id, head, state):
            raise ShelfOccupied(
                object_path, f"version {standing.head} stands there, of other files"
            )
        # An earlier run may have been killed before the name it gave was durable.
        self._shelves.sync(object_path)


def _version(
    files: Mapping[str, bytes],
    before: Mapping[str, str],
    *,
    message: str,
    person: str,
    at: datetime,
) -> Version:
    state = dict(before)
    for logical, content in files.items():
        state[check_logical_path(logical)] = sha512(content)
    return Version(created=at, message=message, person=person, state=state)


def _new_contents(
    files: Mapping[str, bytes], number: int, manifest: Mapping[str, Kept]
) -> tuple[dict[str, bytes], dict[str, Kept]]:
    """Return what must be written for version `number`, and what the manifest gains by it."""
    known = {kept.sha512 for kept in manifest.values()}
    contents: dict[str, bytes] = {}
    gained: dict[str, Kept] = {}
    for logical in sorted(files):
        digest = sha512(files[logical])
        if digest not in known:
            known.add(digest)
            contents[f"content/{logical}"] = files[logical]
            gained[f"v{number}/content/{logical}"] = Kept(digest, sha256(files[logical]))
    return contents, gained
