"""Leftovers: files of the work folders that nobody needs any more, and files nobody knows (遗留).

What is a leftover is decided here alone, the same when a list is drawn up and at the moment it
is carried out. Nothing of record lies in these places: what is not filed yet, numbered and open,
or under a hold is never one; nor is the working file of a paper whose dossier is not whole on
its shelf, byte for byte: it may be the last good copy.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Final

from sqlalchemy import select

from archive.cleanup import Leftover
from archive.dossiers import Dossier, Record
from archive.fixity import examine
from archive.holds import HoldTarget
from archive.instruments import OPEN_STATES, Instrument
from index.engines.state import NEXT, STATE, read_state
from index.errors import IndexDamaged
from pipeline.clearing import older_registers
from pipeline.home import Home
from pipeline.rejecting import REASON_SUFFIX
from pipeline.wiring import Workplace

TRASH: Final = "cleanup"
"""The folder of work/ in which a confirmed list is carried out."""

_OF_PAPERS: Final = ("received", "sealed", "numbers", "decisions")
"""Folders of work/ that keep a paper's files, named for its source, until it is filed."""

_KNOWN: Final = frozenset(
    {
        *("guidang.toml", "guidang.db", "guidang.db-wal", "guidang.db-shm", "templates"),
        *("rules", "inbox", "rejected", "archive", "index", "searches", "seals", "people"),
        *("trust", "work", "fonts", "logs", "samples"),
    }
)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the register says that decides about files; `filed` papers by their dossier's place."""

    filed: Mapping[str, str]
    underway: frozenset[str]
    held: frozenset[str]
    any_hold: bool


def leftovers(workplace: Workplace) -> Iterator[Leftover]:
    """Yield every leftover, by path; links, special files and shared files are none."""
    home, limits = workplace.home, workplace.inspections.limits
    standing = _standing(workplace)
    is_whole = cache(partial(_is_whole, workplace))
    now = workplace.clock()
    week, long = timedelta(days=limits.leftover_days), timedelta(days=limits.rejected_days)
    for kind, path in sorted(_candidates(home), key=lambda each: str(each[1])):
        age = _age_returned(path, now) if kind == "退回文件" else _age(path, now)
        wait = long if kind == "退回文件" else week
        if age is None or age < wait:
            continue
        reason = _reason(standing, kind, path, wait, is_whole)
        relative = path.relative_to(home.root).as_posix()
        if reason is None or not _is_text(relative):
            continue
        try:
            digest = _digest(path)
        except OSError:
            continue
        if kind == "退回文件" and digest in standing.underway:
            continue
        yield Leftover(relative, kind, path.stat().st_size, digest, reason)


def strangers(workplace: Workplace) -> Iterator[tuple[str, str]]:
    """Yield what lies in the home and nobody knows, with what people should do about it."""
    home = workplace.home
    old = set(older_registers(home))
    for entry in sorted(home.root.iterdir()):
        if entry.name in old:
            yield entry.name, "重建时换下的登记库，核对后由管理员移走"
        elif entry.is_symlink():
            yield _shown(entry.name), "符号链接，请管理员核对其用途"
        elif entry.name not in _KNOWN:
            yield _shown(entry.name), "不属于本系统的文件，请管理员核对后移走"
    for folder in (home.work, home.rejected):
        for path in _walk(folder, wants_links=True):
            if path.is_symlink():
                where = path.relative_to(home.root).as_posix()
                yield _shown(where), "符号链接，请管理员核对其用途"


def _candidates(home: Home) -> Iterator[tuple[str, Path]]:
    for path in _walk(home.work):
        first, *rest = path.relative_to(home.work).parts
        if not rest or first in (TRASH, "staging", "offices", "deviations"):
            continue
        if fnmatch.fnmatch(path.name, ".*.tmp"):
            yield "临时文件", path
        elif first.startswith("template-"):
            yield "试印文件", path
        elif first == "redlines":
            yield "比对缓存", path
        elif first in _OF_PAPERS:
            yield "已归档文书的工作文件", path
    for path in _walk(home.rejected):
        is_draft = fnmatch.fnmatch(path.name, ".*.tmp")
        yield ("临时文件" if is_draft else "退回文件"), path
    for shelf in _dead_shelves(home.index):
        yield from (("旧索引", path) for path in _walk(shelf))


def _reason(
    standing: _Standing, kind: str, path: Path, wait: timedelta, is_whole: Callable[[str], bool]
) -> str | None:
    """Return why the file may go, None where it may not."""
    if kind == "旧索引":
        return "已被新索引取代，索引随时可由档案重建"
    if kind == "已归档文书的工作文件":
        source = _source_in(path)
        if source not in standing.filed or source in standing.underway or source in standing.held:
            return None
        if not is_whole(standing.filed[source]):
            return None
        return "文书已归档，案卷在库且逐字节完好"
    if standing.any_hold:
        return None
    return f"{kind}，{wait.days} 天以上未动"


def _source_in(path: Path) -> str:
    """Return the source a file of a paper is named for: itself, or the folder it lies in."""
    for part in (path.name.partition(".")[0], path.parent.name):
        if len(part) == 64:  # noqa: PLR2004 - a SHA-256
            return part
    return ""


def _standing(workplace: Workplace) -> _Standing:
    with workplace.register.read.begin() as session:
        rows = session.execute(
            select(Record.source_sha256, Dossier.object_path).join(
                Dossier, Dossier.id == Record.dossier_id
            )
        )
        filed = {source: path for source, path in rows}  # noqa: C416 - rows are more than pairs
        underway = frozenset(
            session.scalars(
                select(Instrument.source_sha256).where(Instrument.state.in_(OPEN_STATES))
            )
        )
        targets = select(HoldTarget.dossier_code).where(HoldTarget.released_at.is_(None))
        held = frozenset(
            session.scalars(
                select(Instrument.source_sha256)
                .join(Dossier, Dossier.order_no == Instrument.order_no)
                .where(Dossier.code.in_(targets))
            )
        )
        any_hold = session.scalars(targets.limit(1)).first() is not None
    return _Standing(filed, underway, held, any_hold)


def _dead_shelves(folder: Path) -> list[Path]:
    """Return the shelves no state names; none where the state cannot be read."""
    named = set()
    for note in (STATE, NEXT):
        try:
            named.add(read_state(folder, note).shelf)
        except IndexDamaged:
            if note == STATE or (folder / note).exists():
                return []
    return [
        path
        for path in sorted(folder.glob("shelf-*"))
        if path.name not in named and path.is_dir() and not path.is_symlink()
    ]


def _walk(folder: Path, *, wants_links: bool = False) -> Iterator[Path]:
    """Yield the plain files below `folder`, never through a link."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), wants_links=wants_links)
        elif entry.is_file(follow_symlinks=False) or (wants_links and entry.is_symlink()):
            yield Path(entry.path)


def _age(path: Path, now: datetime) -> timedelta | None:
    """Return how long ago the file was written; None where it is shared or gone."""
    try:
        status = path.lstat()
    except OSError:
        return None
    if status.st_nlink != 1:
        return None
    return timedelta(seconds=now.timestamp() - status.st_mtime)


def _age_returned(path: Path, now: datetime) -> timedelta | None:
    """Return how long a returned file and the reason beside it have both been there.

    A file that was moved there unread keeps its sender's moment; the reason was written then.
    """
    name = path.name.removesuffix(REASON_SUFFIX)
    pair = {path, path.with_name(name), path.with_name(f"{name}{REASON_SUFFIX}")}
    ages = [_age(each, now) for each in pair if each == path or os.path.lexists(each)]
    return None if None in ages else min(age for age in ages if age is not None)


def _is_whole(workplace: Workplace, object_path: str) -> bool:
    """Return whether the dossier stands on its shelf, every byte as it was filed."""
    return not examine(workplace.store, object_path).problems


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_text(name: str) -> bool:
    return name == _shown(name)


def _shown(name: str) -> str:
    """Return `name` as it can be written down: bytes that are no text in words."""
    return name.encode("utf-8", "backslashreplace").decode()
