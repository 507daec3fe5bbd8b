"""Journal: one chain over the whole archive, a link for every version that was kept (总账).

It stands in the storage root as ``journal-YEAR.jsonl`` and needs nothing else to be proved. Each
link names the digest of one version's inventory, and with it every byte of that version, and
holds the hash of the link before: what is removed, replaced or re-ordered leaves a gap.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from archive.days import BUSINESS_ZONE
from archive.durable import sync_folder
from archive.errors import JournalDamaged

BEGINNING: Final = "0" * 64
PATTERN: Final = "journal-[0-9][0-9][0-9][0-9].jsonl"
_TAIL: Final = 65536


class Told(StrEnum):
    """What a link tells."""

    BEGUN = "begun"  # the journal itself, its first link
    KEPT = "kept"  # one version of an object
    BURIED = "buried"  # the stone that took an object's place
    CHAIN = "chain"  # how far a history outside the archive had come: people, a seal


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be linked; of a history outside the archive `version` is the event's seq.

    `at` is when the version was made, an ISO moment; `events` is the number of events in the
    object's history, `head` the hash of the last.
    """

    told: Told
    object: str
    path: str
    version: int
    inventory: str
    events: int
    head: str
    at: str


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the journal."""

    seq: int
    entry: Entry
    previous: str
    hash: str

    @classmethod
    def after(cls, last: Link | None, entry: Entry) -> Self:
        """Return the link of `entry` behind `last`."""
        seq, previous = (1, BEGINNING) if last is None else (last.seq + 1, last.hash)
        return cls(seq, entry, previous, _hash(_said(seq, entry, previous)))

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Return the link `line` says, genuine or not; raises JournalDamaged where it is none."""
        try:
            said = json.loads(line)
            entry = Entry(told=Told(said["told"]), **{name: said[name] for name in _NAMES})
            link = cls(int(said["seq"]), entry, said["previous"], said["hash"])
            if link.to_line() != line:
                raise JournalDamaged("not written as a link is")
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise JournalDamaged(f"not a link: {error!r}") from error
        return link

    def to_line(self) -> bytes:
        """Return the line, its end included."""
        said = _said(self.seq, self.entry, self.previous) | {"hash": self.hash}
        return _written(said) + b"\n"

    def is_genuine(self) -> bool:
        """Return whether the hash is that of what the link says."""
        return self.hash == _hash(_said(self.seq, self.entry, self.previous))


_NAMES: Final = ("object", "path", "version", "inventory", "events", "head", "at")


class Journal:
    """The journal in the storage root `root`; who appends holds the desk's turn."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def files(self) -> list[Path]:
        """Return its files by year; none where it was never begun."""
        return sorted(self._root.glob(PATTERN))

    def last(self) -> Link | None:
        """Return the newest whole link; raises JournalDamaged where the last line is none."""
        for file in reversed(self.files()):
            if line := _last_line(file):
                return Link.parse(line)
        return None

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Yield every line with its place, its end included where it has one."""
        for file in self.files():
            with file.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    yield f"{file.name}:{number}", line

    def links_naming(self, name: str) -> Iterator[Link]:
        """Yield the links whose line holds `name`, in their order; raises JournalDamaged."""
        needle = json.dumps(name, ensure_ascii=False).encode()
        for _place, line in self.lines():
            if needle in line:
                yield Link.parse(line)

    def begin(self, place: Path, at: datetime, standing: Iterable[Entry]) -> None:
        """Write the first link, and one for each version that stands already, as one step.

        `place` is a folder on the archive's disk to write at; nothing is there before all is.
        """
        name = f"journal-{moment(at)[:4]}.jsonl"
        drafted = Journal(place)
        drafted.append((Entry(Told.BEGUN, "", "", 0, "", 0, "", moment(at)), *standing), name)
        (place / name).rename(self._root / name)
        sync_folder(self._root)

    def append(self, entries: Sequence[Entry], name: str | None = None) -> None:
        """Write a link for each of `entries`, durable when the call returns.

        Half a line that a crash left is cut off first: what it would have told is told anew.
        """
        file = self._root / (name or self._name_for(entries[0].at[:4]))
        self.mend()
        last, lines = self.last(), []
        for entry in entries:
            last = Link.after(last, entry)
            lines.append(last.to_line())
        is_new = not file.exists()
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
        with os.fdopen(handle, "wb") as out:
            out.write(b"".join(lines))
            out.flush()
            os.fdatasync(out.fileno())
        if is_new:
            sync_folder(self._root)

    def mend(self) -> None:
        """Cut off the half line a crash left; needs the desk's turn."""
        for file in self.files()[-1:]:
            line = _last_line(file)
            if line and not line.endswith(b"\n"):
                os.truncate(file, file.stat().st_size - len(line))

    def _name_for(self, year: str) -> str:
        """Return the file of that year, but never one before the newest."""
        wanted = f"journal-{year}.jsonl"
        return max([wanted, *(file.name for file in self.files()[-1:])])


def moment(at: datetime) -> str:
    """Return `at` as links say it, by the clock of the place of business."""
    return at.astimezone(BUSINESS_ZONE).isoformat()


def _last_line(file: Path) -> bytes:
    with file.open("rb") as content:
        size = content.seek(0, os.SEEK_END)
        content.seek(max(0, size - _TAIL))
        return (content.read().splitlines(keepends=True) or [b""])[-1]


def _said(seq: int, entry: Entry, previous: str) -> dict[str, Any]:
    return asdict(entry) | {"seq": seq, "previous": previous}


def _written(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _hash(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(_written(said)).hexdigest()
