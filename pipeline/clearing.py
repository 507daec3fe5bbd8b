"""Clearing: copies of a destroyed dossier outside its shelf, removed or named (清除副本)."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.shelved import Shelved
from pipeline.deviationfiles import drop_files
from pipeline.home import Home


@dataclass(frozen=True, slots=True)
class Remembered:
    """What copies of a dossier are known by: its files' digests, its sources, its order."""

    digests: frozenset[str]
    sizes: frozenset[int]
    sources: frozenset[str]
    order_no: str

    @classmethod
    def of(cls, shelved: Shelved) -> Remembered:
        """Return what the dossier, or its stone, remembers."""
        files = [file for item in shelved.items for file in item["files"]]
        return cls(
            digests=frozenset(file["sha256"] for file in files),
            sizes=frozenset(file["bytes"] for file in files),
            sources=frozenset(row["source_sha256"] for row in shelved.carried.instruments),
            order_no=shelved.dossier["order_no"],
        )


def clear_copies(home: Home, remembered: Remembered) -> tuple[str, ...]:
    """Remove every copy in the work folders and among refused files; return what was removed.

    A copy is what has the digest of one of the dossier's files, or is named for one of its
    sources. Caches of comparisons hold parts of contracts under names that tell nothing: they
    are emptied whole. Running it again finds nothing.
    """
    removed = list(_copies(home, remembered))
    for path in removed:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(home.work / "redlines", ignore_errors=True)
    drop_files(home, remembered.order_no)
    return tuple(str(path.relative_to(home.root)) for path in removed)


def older_registers(home: Home) -> tuple[str, ...]:
    """Return the registers set aside by a rebuild: they still tell what was known then."""
    names = home.root.glob(f"{home.database.name}.*")
    return tuple(sorted(path.name for path in names if path.suffix[1:2].isdigit()))


def _copies(home: Home, remembered: Remembered) -> Iterator[Path]:
    for path in _files_below((home.work, home.rejected)):
        named = next((part for part in path.parents if part.name in remembered.sources), None)
        if named is not None:
            yield named
        elif path.name.partition(".")[0] in remembered.sources or _is_copy(path, remembered):
            yield path


def _files_below(folders: Iterable[Path]) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]


def _is_copy(path: Path, remembered: Remembered) -> bool:
    if path.stat().st_size not in remembered.sizes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() in remembered.digests
