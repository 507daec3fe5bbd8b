"""Journal: one chain over the whole archive, a link for every version that was kept (总账).

It stands in the storage root as ``journal-YEAR.jsonl`` and needs nothing else to be proved. Each
link names the digest of one version's inventory, and with it every byte of that version, and
holds the hash of the link before: what is removed, replaced or re-ordered leaves a gap.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import FileIO
from itertools import chain, islice
from pathlib import Path
from typing import Final

from archive.days import BUSINESS_ZONE
from archive.durable import sync_folder
from archive.errors import JournalDamaged, JournalMissing
from archive.links import BEGINNING, Entry, Link, Told, written_name

PATTERN: Final = "journal-[0-9][0-9][0-9][0-9].jsonl"
_ASIDE: Final = "journal-*.aside-*.jsonl"
_TAIL: Final = 65536
_TOGETHER: Final = 1000
_PIECE: Final = 1 << 20
_HASHED: Final = re.compile(rb',("hash":"([0-9a-f]{64})",)"head":"')
_FOLLOWS: Final = re.compile(rb',"previous":"([0-9a-f]{64})","seq":([1-9][0-9]{0,17}),"told":"')


class Journal:
    """The journal in the storage root `root`; who appends holds the desk's turn."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def files(self) -> list[Path]:
        """Return its files by year; none where it was never begun, or was taken away."""
        return sorted(self._root.glob(PATTERN))

    def set_aside(self) -> list[Path]:
        """Return the files of journals that were damaged and are kept beside the one begun anew."""
        return sorted(file for file in self._root.glob(_ASIDE) if file.is_file())

    def first(self) -> Link | None:
        """Return its first link, None where there is none; raises JournalDamaged."""
        return next((Link.parse(line) for _place, line in self.lines()), None)

    def last(self) -> Link | None:
        """Return the newest link, None where there are no files.

        A file without a line is one whose first a full disk or a crash kept from being written.
        Raises JournalDamaged where the last line is no genuine link, or no file has a line.
        """
        files = self.files()
        for file in reversed(files):
            line = _last_line(file)
            if not line and file != files[0]:
                continue
            if not line:
                raise JournalDamaged(f"{file.name} 是空的")
            link = Link.parse(line)
            if not link.is_genuine():
                raise JournalDamaged(f"第 {link.seq} 条内容与摘要不符")
            return link
        return None

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Yield every line with its place, its end included where it has one."""
        for file in self.files():
            with file.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    yield f"{file.name}:{number}", line

    def links_naming(self, *names: str) -> Iterator[Link]:
        """Yield the links whose line holds one of `names`, in order; raises JournalDamaged."""
        needles = [written_name(name) for name in names]
        for _place, line in self.lines():
            if any(needle in line for needle in needles):
                yield Link.parse(line)

    def check(self) -> Link:
        """Return the newest link, every line held against the one before.

        Raises JournalMissing, JournalDamaged.

        Quick enough for every start: lines are not read as links, which `auditing` does.
        """
        if not self.files():
            raise JournalMissing
        wanted, previous = 1, BEGINNING.encode()
        for place, line in self.lines():
            hashed, follows = _HASHED.search(line), _FOLLOWS.search(line)
            if hashed is None or follows is None or not line.endswith(b"\n"):
                raise JournalDamaged(f"{place} 不成一条")
            bare = line[: hashed.start(1)] + line[hashed.end(1) : -1]
            if hashlib.sha256(bare).hexdigest().encode() != hashed[2]:
                raise JournalDamaged(f"{place} 内容与摘要不符，已被改动")
            if (int(follows[2]), follows[1]) != (wanted, previous):
                raise JournalDamaged(f"{place} 与前一条不衔接：第 {wanted} 条缺失、改写或乱序")
            wanted, previous = wanted + 1, hashed[2]
        first, last = self.first(), self.last()
        if last is None or first is None or first.entry.told is not Told.BEGUN:
            raise JournalDamaged("第 1 条不是总账的开始")
        return last

    def begin(
        self, place: Path, at: datetime, standing: Iterable[Entry], *, why: str = ""
    ) -> tuple[Path, ...]:
        """Write the first link, and one for each version that stands already, as one step.

        `place` is a folder on the archive's disk to write at; nothing is there before all is.
        Files of a damaged journal are set aside first and returned; the first link says `why`,
        names all that were ever set aside and holds the SHA-512 of their bytes, in that order.
        """
        moves = {self._aside_of(file): file for file in self.files()}
        aside = sorted([*self.set_aside(), *moves])
        begun = Entry(
            told=Told.BEGUN,
            object="、".join(file.name for file in aside),
            path="",
            version=0,
            inventory=digest_of([moves.get(file, file) for file in aside]) if aside else "",
            events=0,
            head="",
            at=moment(at),
            why=why,
        )
        name = f"journal-{begun.at[:4]}.jsonl"
        drafted, entries = Journal(place), chain([begun], standing)
        while part := list(islice(entries, _TOGETHER)):
            drafted.append(part, name)
        for target, file in moves.items():
            file.rename(target)
        (place / name).rename(self._root / name)
        sync_folder(self._root)
        return tuple(moves)

    def append(self, entries: Sequence[Entry], name: str | None = None) -> None:
        """Write a link for each of `entries`, durable when the call returns.

        Raises JournalDamaged where there is no genuine link to follow, OSError where the disk is
        full: then nothing of them is written.
        """
        file = self._root / (name or self._name_for(entries[0].at[:4]))
        last, lines = self.last(), []
        if last is None and entries[0].told is not Told.BEGUN:
            raise JournalMissing
        for entry in entries:
            last = Link.after(last, entry)
            lines.append(last.to_line())
        is_new = not file.exists()
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
        with os.fdopen(handle, "wb", buffering=0) as out:
            _write_all(out, b"".join(lines))
        if is_new:
            sync_folder(self._root)

    def mend(self) -> None:
        """Cut off the half line a crash left; needs the desk's turn.

        What it would have told is told anew by whoever finishes what the crash interrupted.
        """
        for file in self.files()[-1:]:
            line = _last_line(file)
            if line and not line.endswith(b"\n"):
                os.truncate(file, file.stat().st_size - len(line))

    def _name_for(self, year: str) -> str:
        """Return the file of that year, but never one before the newest."""
        wanted = f"journal-{year}.jsonl"
        return max([wanted, *(file.name for file in self.files()[-1:])])

    def _aside_of(self, file: Path) -> Path:
        """Return a name beside `file` that was never used."""
        used = len([*self._root.glob(f"{file.stem}.aside-*.jsonl")])
        return file.with_name(f"{file.stem}.aside-{used + 1}.jsonl")


def moment(at: datetime) -> str:
    """Return `at` as links say it, by the clock of the place of business."""
    return at.astimezone(BUSINESS_ZONE).isoformat()


def digest_of(files: Sequence[Path]) -> str:
    """Return the SHA-512 of the bytes of `files`, one behind the other; raises OSError."""
    digest = hashlib.sha512()
    for file in files:
        with file.open("rb") as content:
            while piece := content.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()


def _write_all(out: FileIO, content: bytes) -> None:
    """Write `content` behind what stands, durable, or leave what stands; raises OSError."""
    stood = os.fstat(out.fileno()).st_size
    left = memoryview(content)
    try:
        while left:
            left = left[out.write(left) :]
        os.fdatasync(out.fileno())
    except OSError:
        os.ftruncate(out.fileno(), stood)
        raise


def _last_line(file: Path) -> bytes:
    with file.open("rb") as content:
        size = content.seek(0, os.SEEK_END)
        content.seek(max(0, size - _TAIL))
        return (content.read().splitlines(keepends=True) or [b""])[-1]
