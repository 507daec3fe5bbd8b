"""Storage root: the archive's folder, its declaration, and the places below it (OCFL 1.1, 4)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.desk import Desk
from archive.durable import sync_folder, write_read_only
from archive.errors import ObjectDamaged, ObjectMissing, ShelfOccupied, ShelvesForeign
from archive.objectfolder import is_object
from archive.shelfnames import check_object_path

_DECLARATION: Final = "0=ocfl_1.1"
_DECLARED: Final = b"ocfl_1.1\n"
_JOURNAL: Final = re.compile(r"journal-[0-9]{4}(\.aside-[1-9][0-9]*)?\.jsonl")
SCHEMA: Final = Path(__file__).parent / "metadata.xsd"
"""The schema of the metadata as XML, a copy of which stands in every root."""

_GIVEN: Final = {
    _DECLARATION: None,
    "README.txt": Path(__file__).parent / "shelves.txt",
    SCHEMA.name: SCHEMA,
}
"""What a root holds besides objects, so that it is understood without us."""


class StorageRoot:
    """The folder all objects stand in; nothing in it is reached through a symbolic link."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, path: str) -> Path:
        """Return `path` below the root; raises ShelfNameRefused, ObjectDamaged at a link."""
        check_object_path(path)
        place = str(self.folder)
        for part in path.split("/"):
            place = f"{place}/{part}"
            if os.path.islink(place):  # noqa: PTH114 - asked for every file of an archive
                raise ObjectDamaged(path, [f"{part} is a symbolic link"])
        return Path(place)

    def check(self) -> None:
        """Raise ObjectMissing where there is no archive, ShelvesForeign where it is not ours.

        An empty folder is an archive nothing was filed in yet.
        """
        if not self.folder.is_dir():
            raise ObjectMissing(self.folder.name)
        declaration = self.folder / _DECLARATION
        declared = declaration.is_file() and declaration.read_bytes() == _DECLARED
        if not declared and any(self.folder.iterdir()):
            raise ShelvesForeign(f"{self.folder.name} is not declared as {_DECLARATION}")

    def declare(self, desk: Desk) -> None:
        """Say what the folder is, for machines and for people; needs the desk's turn."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.check()
        for name, source in _GIVEN.items():
            if not (self.folder / name).exists():
                place = desk.begin(name)
                write_read_only(place / name, source.read_bytes() if source else _DECLARED)
                desk.settle(place)
                (place / name).replace(self.folder / name)
                sync_folder(self.folder)
                desk.clear(place)

    def objects(self) -> Iterator[str]:
        """Yield the path of every object in the order of names; raises as `check` does."""
        self.check()
        yield from _objects_below(self.folder, "")

    def strays(self) -> Iterator[str]:
        """Yield what stands outside every object and does not belong there: files, links."""
        self.check()
        for place in sorted(self.folder.iterdir()):
            if place.is_symlink():
                yield place.name
            elif not place.is_dir():
                if place.name not in _GIVEN and not _JOURNAL.fullmatch(place.name):
                    yield place.name
            elif place.name != "extensions":
                yield from _strays_below(place, place.name)

    def bring(self, staged: Path, path: str, desk: Desk, place: Path) -> None:
        """Make `staged` at the desk's `place` durable, then rename it to `path` as one step.

        An empty folder left by a crash would make the root invalid (OCFL 1.1, 4.3): so the
        folders missing above it come with the object or not at all.
        """
        parts = path.split("/")
        above = [self.place("/".join(parts[:n])) for n in range(1, len(parts))]
        if any(is_object(folder) for folder in above):
            raise ShelfOccupied(path, "an object stands above it")
        missing = (n for n, folder in enumerate(above, start=1) if not folder.is_dir())
        depth = next(missing, len(parts))
        brought = staged
        if parts[depth:]:
            brought = place / "tree"
            tree = brought.joinpath(*parts[depth:])
            tree.parent.mkdir(parents=True)
            staged.rename(tree)
        target = self.folder.joinpath(*parts[:depth])
        if os.path.lexists(target):
            raise ShelfOccupied(path, f"something already stands at {target.name}")
        desk.settle(place)
        brought.rename(target)
        sync_folder(target.parent)

    def sync(self, path: str) -> None:
        """Make the names on the way to `path` durable."""
        folder = self.place(path)
        for above in [folder, *folder.parents]:
            if above.is_relative_to(self.folder):
                sync_folder(above)

    def read(self, path: str) -> bytes:
        """Return the bytes at `path`; raises ObjectMissing, ObjectDamaged at a link."""
        place = self.place(path)
        try:
            handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError as error:
            raise ObjectMissing(path) from error
        with os.fdopen(handle, "rb") as file:
            return file.read()


def _objects_below(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    for name in names:
        if not prefix and name == "extensions":
            continue
        if is_object(folder / name):
            yield prefix + name
        else:
            yield from _objects_below(folder / name, f"{prefix}{name}/")


def _strays_below(folder: Path, prefix: str) -> Iterator[str]:
    if is_object(folder):
        return
    places = sorted(folder.iterdir())
    if not places:
        yield prefix
    for place in places:
        if place.is_symlink() or not place.is_dir():
            yield f"{prefix}/{place.name}"
        else:
            yield from _strays_below(place, f"{prefix}/{place.name}")
