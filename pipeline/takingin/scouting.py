"""Scouting: every file below a folder, links and special files aside (清点)."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.filenames import said_name

_SYSTEM: Final = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Zl", "Zp"})
_LAST: Final = 0xFFFE
"""The last two places of each plane are no characters; no XML file can name them."""
_DEEPEST: Final = 40
_MOST_READ: Final = 128 * 1024 * 1024 + 1


class Unreadable(Exception):
    """A file's bytes cannot be had; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Found:
    """One name below the folder; `problem` (Chinese) says why it is not taken in, else ""."""

    path: str
    problem: str = ""


def scouted(folder: Path, *, without: Path | None = None) -> list[Found]:
    """Return what stands below `folder`, by name; files of the operating system are left out."""
    return sorted(_below(folder, "", without and without.resolve(), 0), key=lambda one: one.path)


def content_of(folder: Path, path: str) -> bytes:
    """Return the bytes of the file at `path`, never through a link; raises Unreadable."""
    try:
        handle = os.open(folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Unreadable("不是普通文件")
            return file.read(_MOST_READ)
    except PermissionError as error:
        raise Unreadable("没有读取权限") from error
    except OSError as error:
        raise Unreadable(f"读不出（{error.strerror}）") from error


def _below(folder: Path, start: str, without: Path | None, depth: int) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            standing = list(entries)
    except OSError as error:
        yield Found(start.rstrip("/"), f"文件夹读不出（{error.strerror}）")
        return
    for entry in standing:
        path = f"{start}{entry.name}"
        if problem := _bad_name(entry.name):
            yield Found(_shown(path), problem)
        elif entry.is_symlink():
            yield Found(path, "是链接，不是文件本身；请放入文件本身")
        elif entry.is_dir(follow_symlinks=False):
            if depth >= _DEEPEST:
                yield Found(path, f"文件夹套得太深（超过 {_DEEPEST} 层）")
            else:
                yield from _below(Path(entry.path), f"{path}/", without, depth + 1)
        elif not entry.is_file(follow_symlinks=False):
            yield Found(path, "不是普通文件（设备、管道一类）")
        elif not _is_systems(entry.name) and Path(entry.path).resolve() != without:
            yield Found(path)


def _bad_name(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "文件名的编码不是 UTF-8；请改名后再移交"
    if any(unicodedata.category(char) in _UNSEEN or ord(char) & _LAST == _LAST for char in name):
        return "文件名含控制字符或不可见字符；请改名后再移交"
    return ""


def _shown(path: str) -> str:
    return "/".join(said_name(Path(part)) for part in path.split("/"))


def _is_systems(name: str) -> bool:
    return name.lower() in _SYSTEM or name.startswith(("~$", "._"))
