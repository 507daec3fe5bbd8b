"""Inbox: a dropped file, once settled, is claimed, read once and handed on."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import (
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CLOSED_NO_WRITE,
    EVENT_TYPE_MOVED,
    EVENT_TYPE_OPENED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyObserver
from watchdog.observers.polling import PollingObserver

log = logging.getLogger(__name__)

_CLAIMED = ".claimed"
"""Inside the inbox, so that claiming is a rename on every file system it may lie on."""

_SAY_NOTHING = {EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE}
_UNFINISHED_NAMES = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart")
_FOREIGN_NAMES = ("~$", ".", "desktop.ini", "Thumbs.db")
_NETWORK = {"cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs"}


_CLOSED_SHARE = 0.15
"""How much of the waiting is left for a file that was closed: it may be opened once more."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looked like at one moment, and when it last looked different."""

    size: int
    modified: int
    inode: int
    since: float


class Inbox:
    """The inbox of one home; `settled` yields files that stopped changing.

    A file is settled when two looks, `settle` seconds apart, see the same size,
    time and inode; a seventh of that where the kernel told (`finished`) that its writer
    closed it or renamed it in. Events only make things quicker: a file dropped while
    nothing ran, or on a share without events, is found by the periodic look all the same.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settle: float,
        clock: Callable[[], float],
        finished: Callable[[], AbstractSet[Path]] = frozenset,
    ) -> None:
        self._folder = folder
        self._settle = settle
        self._clock = clock
        self._finished = finished
        self._closed: set[Path] = set()
        self._seen: dict[Path, Look] = {}
        self._put_back: dict[Path, float] = {}

    def settled(self) -> Iterator[Path]:
        """Yield each file that may be claimed now, oldest first."""
        now = self._clock()
        present = dict(self._files())
        self._seen = {path: look for path, look in self._seen.items() if path in present}
        told = self._finished()
        self._closed = {path for path in self._closed | told if path in present}
        ready: list[tuple[int, Path]] = []
        for path, status in present.items():
            look = Look(status.st_size, status.st_mtime_ns, status.st_ino, now)
            before = self._seen.get(path)
            if before is None or (before.size, before.modified, before.inode) != (
                look.size,
                look.modified,
                look.inode,
            ):
                self._seen[path] = look
                if before is not None and path not in told:
                    self._closed.discard(path)
            elif now - before.since >= self._wait_of(path) and now >= self._put_back.get(path, now):
                ready.append((status.st_mtime_ns, path))
        for _, path in sorted(ready):
            yield path

    def _wait_of(self, path: Path) -> float:
        return self._settle * _CLOSED_SHARE if path in self._closed else self._settle

    def is_empty(self) -> bool:
        """Return whether nothing lies in the inbox that will be taken sooner or later."""
        return not any(True for _ in self._files()) and not any(self.claimed())

    def claim(self, path: Path) -> Path | None:
        """Move `path` aside so that nobody else takes it; None where it is gone already.

        The claimed name carries the file's own name behind a unique prefix.
        """
        folder = self._folder / _CLAIMED
        folder.mkdir(exist_ok=True)
        claimed = folder / f"{time.time_ns():020d}-{os.getpid()}" / path.name
        claimed.parent.mkdir()
        try:
            path.rename(claimed)
        except FileNotFoundError:
            claimed.parent.rmdir()
            return None
        self._seen.pop(path, None)
        self._closed.discard(path)
        return claimed

    def claimed(self) -> Iterator[Path]:
        """Yield files claimed by a process that died before it was done with them."""
        folder = self._folder / _CLAIMED
        if folder.is_dir():
            for holder in sorted(folder.iterdir()):
                yield from sorted(holder.iterdir())

    def put_back(self, claimed: Path, *, wait: float) -> None:
        """Lay a claimed file back and leave it alone for `wait` seconds: it was not finished."""
        target = self._folder / claimed.name
        number = 1
        while target.exists():
            number += 1
            target = self._folder / f"{claimed.stem} ({number}){claimed.suffix}"
        claimed.rename(target)
        claimed.parent.rmdir()
        self._put_back[target] = self._clock() + wait

    def done(self, claimed: Path) -> None:
        """Forget a claimed file: its bytes are kept elsewhere, or it was moved away."""
        if claimed.is_dir() and not claimed.is_symlink():
            shutil.rmtree(claimed)
        else:
            claimed.unlink(missing_ok=True)
        if claimed.parent.is_dir() and not any(claimed.parent.iterdir()):
            claimed.parent.rmdir()

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        pending = [self._folder]
        while pending:
            folder = pending.pop()
            try:
                entries = list(os.scandir(folder))
            except FileNotFoundError:
                continue
            for entry in entries:
                if _is_foreign(entry.name):
                    continue
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISDIR(status.st_mode):
                    pending.append(Path(entry.path))
                else:
                    yield Path(entry.path), status


def _is_foreign(name: str) -> bool:
    """Return whether `name` belongs to a desktop or to a copy that is still running."""
    return name.startswith(_FOREIGN_NAMES) or name.lower().endswith(_UNFINISHED_NAMES)


class Watch(FileSystemEventHandler):
    """Sets `woken` whenever something happens in the inbox, and keeps what was closed there."""

    def __init__(self, folder: Path, *, mode: str, interval: float) -> None:
        self.woken = threading.Event()
        self.is_polling = mode == "polling" or (mode == "auto" and is_on_network(folder))
        self._finished: set[Path] = set()
        self._lock = threading.Lock()
        # The full events tell a file renamed in, which is whole, from one that was just begun.
        self._observer: BaseObserver = (
            PollingObserver(timeout=interval)
            if self.is_polling
            else InotifyObserver(generate_full_events=True)
        )
        self._observer.schedule(self, str(folder), recursive=True)

    def start(self) -> None:
        """Begin to watch."""
        self._observer.start()
        log.info("inbox watched", extra={"polling": self.is_polling})

    def stop(self) -> None:
        """Stop watching and wait until the watching thread has ended."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(timeout=10)

    def finished(self) -> AbstractSet[Path]:
        """Return the files closed after writing or renamed in since the last call."""
        with self._lock:
            told, self._finished = self._finished, set()
        return told

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wake the reader, but for reads and for our own claims."""
        if event.event_type in _SAY_NOTHING or _CLAIMED in os.fsdecode(event.src_path):
            return
        if event.event_type == EVENT_TYPE_CLOSED:
            self._finish(event.src_path)
        elif event.event_type == EVENT_TYPE_MOVED and not self.is_polling:
            self._finish(event.dest_path)
        self.woken.set()

    def _finish(self, path: bytes | str) -> None:
        with self._lock:
            self._finished.add(Path(os.fsdecode(path)))


def is_on_network(folder: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Return whether `folder` lies on a share, where the kernel tells of no foreign change."""
    try:
        lines = mounts.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return True
    best, kind = "", ""
    target = str(folder.resolve())
    for line in lines:
        parts = line.split(" ")
        point = parts[1].replace("\\040", " ") if len(parts) > 2 else ""  # noqa: PLR2004
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind in _NETWORK
