"""State: the note beside an index that says what it is, what it took in and what its files are."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from index.errors import IndexDamaged

STATE = "state.json"
NEXT = "next.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Proof:
    """The length and CRC-32 of one file: against decay, not against malice."""

    bytes: int
    crc32: int


@dataclass(frozen=True, slots=True)
class State:
    """One index: `shelf` is the folder its files are in, `applied` the last sequence taken in."""

    engine: str
    format: int
    analyzer: str
    shelf: str
    generation: int
    applied: int
    files: Mapping[str, Proof]


def read_state(folder: Path, note: str = STATE) -> State:
    """Return the state of the index in `folder`; raises IndexDamaged if there is none to read.

    It is read again only once it was replaced.
    """
    path = folder / note
    return _read(path, stamp_of(path))


@lru_cache(maxsize=16)
def _read(path: Path, stamp: object) -> State:
    del stamp
    try:
        row = json.loads(path.read_bytes())
        files = {name: Proof(**proof) for name, proof in row.pop("files").items()}
        state = State(**row, files=files)
        is_sound = (
            all(isinstance(each, int) for each in (state.format, state.generation, state.applied))
            and all(isinstance(each, str) for each in (state.engine, state.analyzer, state.shelf))
            and Path(state.shelf).name == state.shelf
        )
    except FileNotFoundError as error:
        raise IndexDamaged(f"no index in {path.parent}") from error
    except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        raise IndexDamaged(f"{path} cannot be read: {error}") from error
    if not is_sound:
        raise IndexDamaged(f"{path} is not the state of an index")
    return state


def sound_state(folder: Path, note: str, wanted: tuple[str, int, str]) -> State:
    """Return the state of an index of the engine, format and analyzer `wanted`.

    Raises IndexDamaged on any other.
    """
    state = read_state(folder, note)
    found = (state.engine, state.format, state.analyzer)
    if found != wanted:
        raise IndexDamaged(f"{folder} was made by {found}, this is {wanted}")
    return state


def stamp_of(path: Path) -> object:
    """Return what changes whenever a file is replaced; None if there is none."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return None
    return now.st_ino, now.st_mtime_ns, now.st_size


def write_state(folder: Path, state: State, note: str = STATE) -> None:
    """Keep `state` whole or not at all."""
    draft = folder / f"{note}.draft"
    with draft.open("wb") as file:
        file.write(json.dumps(asdict(state), indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / note)
    sync(folder)


def lock_of(note: str) -> str:
    """Return the name of the lock of the index that `note` names."""
    return "writer.lock" if note == STATE else "next.lock"


def clear_shelves(folder: Path) -> None:
    """Remove the shelves that no state names: those superseded, and those of killed writers."""
    named = set()
    for note in (STATE, NEXT):
        with suppress(IndexDamaged):
            named.add(read_state(folder, note).shelf)
    for other in folder.glob("shelf-*"):
        if other.name not in named:
            shutil.rmtree(other, ignore_errors=True)


def sync(path: Path) -> None:
    """See to it that a file, or the names in a folder, outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def prove(path: Path) -> Proof:
    """Return the proof of a file as it is now."""
    crc = length = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
            length += len(chunk)
    return Proof(length, crc)


def check(shelf: Path, proofs: Mapping[str, Proof]) -> None:
    """Compare files with their proofs; raises IndexDamaged naming the first that differs.

    A missing file raises FileNotFoundError: a writer may just have superseded it.
    """
    for name, known in proofs.items():
        path = shelf / name
        if path.stat().st_size != known.bytes or prove(path) != known:
            raise IndexDamaged(f"{path} is damaged")
