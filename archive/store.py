"""Store: the shelves, an OCFL 1.1 storage root whose folders people can read (库)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.burying import STONE, lay_stone
from archive.desk import Desk
from archive.digests import sha256, sha512
from archive.durable import write_read_only
from archive.errors import (
    DigestMismatch,
    JournalMissing,
    ObjectDamaged,
    ObjectMissing,
    ShelfOccupied,
)
from archive.inventory import Inventory
from archive.journal import Journal
from archive.journaling import begin, link
from archive.links import Told
from archive.mending import finish_leftovers
from archive.objectfolder import (
    DECLARATION,
    DECLARED,
    Step,
    bring_version,
    is_object,
    read_inventory,
    write_inventory,
    write_version,
)
from archive.shelfnames import check_object_path
from archive.storageroot import StorageRoot
from archive.versioning import new_contents, version_of


class Store:
    """Keeps every version of every dossier; nothing in it is changed, and only `bury` removes.

    `staging` lies on the disk of `root`, outside it. A crash, a kill or a full disk leaves the
    old version; `after_step` is told of every step on the disk (tests stop there).
    """

    def __init__(self, root: Path, staging: Path, *, after_step: Step | None = None) -> None:
        if staging.absolute().is_relative_to(root.absolute()):
            raise ValueError(f"{staging} lies in the archive")
        self.root = root
        self._shelves = StorageRoot(root)
        self.desk = Desk(staging)
        self.journal = Journal(root)
        self._mended = partial(finish_leftovers, self._shelves, self.desk, self.journal)
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
        version = version_of(files, {}, message=message, person=person, at=at)
        contents, kept = new_contents(files, 1, {})
        inventory = Inventory(object_id, (version,), kept)
        with self.writing():
            target = self.root / object_path
            if os.path.lexists(target):
                self._must_hold(object_path, object_id, version.state, head=1)
                return
            self._shelves.declare(self.desk)
            if not self.journal.files():
                begin(self.journal, self.desk, at)
            self._step("root declared")
            place = self.desk.begin(object_path)
            self._step("desk taken")
            staged = place / "object"
            staged.mkdir()
            write_read_only(staged / DECLARATION, DECLARED)
            self._step("declaration written")
            write_version(staged / "v1", inventory, contents, self._step)
            write_inventory(staged, inventory, self._step)
            self._shelves.bring(staged, object_path, self.desk, place)
            self._step("object in place")
            self._link(object_path, 1)
            self.desk.clear(place)
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
        with self.writing():
            before = self._inventory(object_path)
            version = version_of(files, before.state, message=message, person=person, at=at)
            if before.head != expect_head or version.state == before.state:
                head = expect_head + (version.state != before.as_of(expect_head).state)
                self._must_hold(object_path, before.object_id, version.state, head=head)
                return
            contents, kept = new_contents(files, before.head + 1, before.manifest)
            inventory = before.followed_by(version, kept)
            place = self.desk.begin(object_path)
            self._step("desk taken")
            name = f"v{inventory.head}"
            write_version(place / name, inventory, contents, self._step)
            write_inventory(place, inventory, self._step)
            self.desk.settle(place)
            self._step("version staged")
            bring_version(place, self.root / object_path, name, self._step)
            self._link(object_path, inventory.head)
            self.desk.clear(place)
        self._step("desk cleared")

    def bury(
        self,
        object_path: str,
        stone_id: str,
        files: Mapping[str, bytes],
        *,
        message: str,
        person: str,
        at: datetime,
        expect_head: int,
    ) -> None:
        """Take the object at `object_path` away for good; one of `files` stands in its place.

        The stone is whole and durable before the object leaves the shelf as one step; from that
        step on there is no way back, and `mend` finishes what a crash interrupts. Where the
        stone stands already, nothing changes. Raises ShelfOccupied where the newest version is
        another than `expect_head`, ObjectMissing, ObjectDamaged, OSError where the disk is full.
        """
        version = version_of(files, {}, message=message, person=person, at=at)
        contents, kept = new_contents(files, 1, {})
        inventory = Inventory(stone_id, (version,), kept)
        with self.writing():
            standing = self._inventory(object_path)
            if standing.object_id == stone_id:
                return
            if standing.head != expect_head:
                raise ShelfOccupied(object_path, f"version {standing.head} stands there")
            place = self.desk.begin(object_path)
            stone = place / STONE
            stone.mkdir()
            write_read_only(stone / DECLARATION, DECLARED)
            write_version(stone / "v1", inventory, contents, self._step)
            write_inventory(stone, inventory, self._step)
            self.desk.settle(place)
            self._step("stone ready")
            lay_stone(self.root / object_path, place, self._step)
            self._link(object_path, 1, Told.BURIED)
            self.desk.clear(place)
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
            # For a moment the inventory is newer than its sidecar: damaged while nobody writes is.
            with self.quiet():
                return self._inventory(object_path)

    def read(self, object_path: str, logical: str) -> bytes:
        """Return the newest bytes of `logical`; raises DigestMismatch, ObjectMissing."""
        inventory = self.inventory(object_path)
        if logical not in inventory.state:
            raise ObjectMissing(f"{object_path}: {logical}")
        path = f"{object_path}/{inventory.path_of(logical)}"
        content, wanted = self._shelves.read(path), inventory.state[logical]
        if (found := sha512(content)) != wanted:
            raise DigestMismatch(path, wanted, found)
        return content

    def read_path(self, path: str, expected_sha256: str) -> bytes:
        """Return the bytes kept at `path` below the root; raises DigestMismatch, ObjectMissing."""
        content = self._shelves.read(path)
        if (found := sha256(content)) != expected_sha256:
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

    def holds_objects(self) -> bool:
        """Return whether anything was kept here."""
        return self.root.is_dir() and next(self.objects(), None) is not None

    def strays(self) -> Iterator[str]:
        """Yield what stands in the root outside every object: files, links, empty folders."""
        return self._shelves.strays()

    def mend(self) -> tuple[str, ...]:
        """Finish what a crash interrupted, clear the desk; return the objects that were finished.

        Does nothing, and waits for nobody, where nothing was left behind.
        """
        if self.desk.is_clear():
            return ()
        with self.desk.turn():
            return self._mended()

    def place(self, path: str) -> Path:
        """Return `path` below the root; raises ShelfNameRefused, ObjectDamaged at a link."""
        return self._shelves.place(path)

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Hold off every writer; where nothing can be written anyway, nothing is held."""
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                stack.enter_context(self.desk.turn())
            yield

    def _inventory(self, object_path: str) -> Inventory:
        if not self.exists(object_path):
            raise ObjectMissing(object_path)
        return read_inventory(self.place(object_path), object_path)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold off every other writer, what a crash left finished first.

        Raises JournalMissing, JournalDamaged where the journal could not be told of what is
        going to be kept: nothing is kept untold.
        """
        with self.desk.turn():
            self._mended()
            if self.journal.last() is None and self.holds_objects():
                raise JournalMissing
            try:
                yield
            except OSError:
                # The first reason is the one to tell: the next writer mends what this cannot.
                with contextlib.suppress(OSError):
                    self._mended()
                raise

    def _link(self, object_path: str, version: int, told: Told = Told.KEPT) -> None:
        link(self.journal, self.root / object_path, object_path, first=version, told=told)
        self._step("link written")

    def _must_hold(
        self, object_path: str, object_id: str, state: Mapping[str, str], *, head: int
    ) -> None:
        if not self.exists(object_path):
            raise ShelfOccupied(object_path, "something that is no object stands there")
        standing = self._inventory(object_path)
        if (standing.object_id, standing.head, standing.state) != (object_id, head, state):
            raise ShelfOccupied(object_path, f"version {standing.head} of other files")
        # an earlier run may have been killed before the name it gave was durable
        self._shelves.sync(object_path)
