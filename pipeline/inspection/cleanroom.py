"""Clean room: where a confirmed list's files stand before they go; no link is ever followed.

Every folder on the way is opened by itself and must be one: whoever lays a link where the room,
or a folder of the home, should be leads nothing anywhere.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.errors import InspectionRefused

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_ROOMS: Final = ("template-", "shelf-")


@contextlib.contextmanager
def clean_room(home: Path, place: str) -> Iterator[CleanRoom]:
    """Open the room at `place` below `home`, made where it is missing.

    Raises InspectionRefused where a link, or what is no folder, stands on the way.
    """
    with contextlib.ExitStack() as stack:
        try:
            handle = stack.enter_context(_opened(home, Path(place).parts, makes=True))
        except OSError as error:
            if error.errno not in {errno.ELOOP, errno.ENOTDIR}:
                raise
            message = f"{place} 不是文件夹（途中有链接或别的文件），没有清理；请管理员核对后移走"
            raise InspectionRefused(message) from error
        yield CleanRoom(home, place, handle)


@dataclass(frozen=True, slots=True)
class CleanRoom:
    """One list's room, open; files in it are known by their numbers on the list."""

    home: Path
    place: str
    handle: int

    def has(self, name: str) -> bool:
        """Return whether something stands in the room under `name`."""
        try:
            os.lstat(name, dir_fd=self.handle)
        except FileNotFoundError:
            return False
        return True

    def take(self, path: str, name: str) -> str | None:
        """Move the home's file at `path` in as `name`; return why (Chinese) it could not be."""
        *folders, own = Path(path).parts
        try:
            with _opened(self.home, folders) as folder:
                os.rename(own, name, src_dir_fd=folder, dst_dir_fd=self.handle)
        except OSError as error:
            return f"未清理：{error.strerror}"
        return None

    def digest(self, name: str) -> str:
        """Return the SHA-256 of the plain file `name`, "" where it is none."""
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self.handle)
        except OSError:
            return ""
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return ""
            return hashlib.file_digest(file, "sha256").hexdigest()

    def put_back(self, name: str, path: str) -> str:
        """Put a file that is another than was confirmed back where it was, over nothing."""
        *folders, own = Path(path).parts
        try:
            with _opened(self.home, folders) as folder:
                os.link(
                    name,
                    own,
                    src_dir_fd=self.handle,
                    dst_dir_fd=folder,
                    follow_symlinks=False,
                )
        except OSError:
            kept = f"kept-{name}"
            os.rename(name, kept, src_dir_fd=self.handle, dst_dir_fd=self.handle)
            return f"未清理：内容已变，移存于 {self.place}/{kept}"
        os.unlink(name, dir_fd=self.handle)
        return "未清理：内容已变"

    def prune(self, path: str) -> None:
        """Remove the rooms of the home that the file at `path` leaves empty."""
        parents = [each for each in Path(path).parents if each.parts]
        for folder in parents:
            is_room = folder.name.startswith(_ROOMS) or folder.parts[:-1] == ("work", "sealed")
            is_below = any(part.startswith(_ROOMS) for part in folder.parts[:-1])
            if not (is_room or is_below):
                return
            try:
                with _opened(self.home, folder.parts[:-1]) as above:
                    os.rmdir(folder.name, dir_fd=above)
            except OSError:
                return

    def sync(self) -> None:
        """Make the names in the room durable."""
        os.fsync(self.handle)

    def empty(self) -> None:
        """Remove for good what was set aside; what must be kept stays, and the room with it."""
        with os.scandir(self.handle) as entries:
            names = sorted(entry.name for entry in entries if entry.name.isdigit())
        for name in names:
            os.unlink(name, dir_fd=self.handle)
        *folders, own = Path(self.place).parts
        with contextlib.suppress(OSError), _opened(self.home, folders) as above:
            os.rmdir(own, dir_fd=above)


@contextlib.contextmanager
def _opened(root: Path, folders: Iterable[str], *, makes: bool = False) -> Iterator[int]:
    """Open the folder below `root`, each folder on the way by itself; raises OSError at a link."""
    with contextlib.ExitStack() as stack:
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        stack.callback(os.close, handle)
        for folder in folders:
            if makes:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder, dir_fd=handle)
            handle = os.open(folder, _FOLDER, dir_fd=handle)
            stack.callback(os.close, handle)
        yield handle
