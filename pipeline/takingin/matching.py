"""Matching: which files each row of a catalogue means (目录与文件核对)."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from pipeline.takingin.catalogue import Entry

_BETWEEN: Final = re.compile(r"[;；\n|]")
_ALSO_BETWEEN: Final = re.compile(r"[;；\n|,，、]")
_AFTER: Final = frozenset(" _-（(+.")


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows with their files, and what did not meet: by name or place, with the reason."""

    rows: list[tuple[Entry, tuple[str, ...]]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


class _Shelf:
    """The files there are, by everything a clerk may call them."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.exact = frozenset(paths)
        self.paths: dict[str, list[str]] = defaultdict(list)
        self.names: dict[str, list[str]] = defaultdict(list)
        self.stems: dict[str, list[str]] = defaultdict(list)
        self.folders: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            pure = PurePosixPath(_folded(path))
            self.paths[str(pure)].append(path)
            self.names[pure.name].append(path)
            self.stems[pure.stem].append(path)
            for parent in pure.parents:
                self.folders[str(parent)].append(path)

    def named(self, text: str) -> tuple[str, ...] | str:
        """Return the files meant by `text`, or why none is, in Chinese."""
        asked = _folded(text).removeprefix("./").rstrip("/")
        if _leaves(asked):
            return f"路径“{text}”指向移交文件夹之外；请写文件夹之内的相对路径"
        if text in self.exact:
            return (text,)
        if asked in self.folders and asked != "." and asked not in self.paths:
            return tuple(self.folders[asked])
        for names in (self.paths, self.names, self.stems):
            known = names.get(asked, [])
            if len(known) == 1:
                return tuple(known)
            if known:
                return f"名为“{text}”的文件有 {len(known)} 个；请写明所在文件夹，大小写照文件名写"
        return f"找不到文件“{text}”"

    def coded(self, code: str, others: frozenset[str]) -> tuple[str, ...]:
        """Return the files whose names are, or begin with, a number or an old code.

        Not those whose names begin with a longer one of `others`: HT-1-2 is no part of HT-1.
        """
        asked = _as_code(code)
        longer = [other for other in others if _begins(other, asked) and other != asked]
        return tuple(
            path
            for stem, paths in self.stems.items()
            if asked and _begins(stem, asked) and not any(_begins(stem, each) for each in longer)
            for path in paths
        )


def matched(entries: Sequence[Entry], paths: Sequence[str]) -> Matched:
    """Return which rows mean which of `paths`; a file belongs to the first row that names it.

    What a row names goes before what another row's number is like.
    """
    shelf, found = _Shelf(paths), Matched()
    others = frozenset(
        _as_code(code) for each in entries for code in (each.former_code, each.number)
    )
    named = [_named(shelf, each) if each.files else ([], []) for each in entries]
    spoken_for = {path for files, _problems in named for path in files}
    taken: dict[str, str] = {}
    for entry, known in zip(entries, named, strict=True):
        files, problems = known if entry.files else _like(shelf, entry, others, spoken_for)
        found.problems.extend((f"目录{entry.place}", problem) for problem in problems)
        mine = []
        for path in dict.fromkeys(files):
            if path in taken:
                reason = f"文件“{path}”已由目录{taken[path]}著录"
                found.problems.append((f"目录{entry.place}", reason))
            else:
                taken[path] = entry.place
                mine.append(path)
        if mine:
            found.rows.append((entry, tuple(mine)))
    return found


def _like(
    shelf: _Shelf, entry: Entry, others: frozenset[str], spoken_for: AbstractSet[str]
) -> tuple[list[str], list[str]]:
    """Return the files named like the codes of a row that names none."""
    for code in (entry.former_code, entry.number):
        if coded := [path for path in shelf.coded(code, others) if path not in spoken_for]:
            return coded, []
    return [], ["没有写文件名，也没有以档号或合同编号命名的文件"]


def _named(shelf: _Shelf, entry: Entry) -> tuple[list[str], list[str]]:
    whole = shelf.named(entry.files)
    if not isinstance(whole, str):
        return list(whole), []
    return _split(shelf, entry.files, whole)


def _split(shelf: _Shelf, written: str, whole: str) -> tuple[list[str], list[str]]:
    """Return the files of a cell that names several; a comma may belong to a name."""
    for grammar in (_BETWEEN, _ALSO_BETWEEN):
        names = [name.strip() for name in grammar.split(written) if name.strip()]
        answers = [shelf.named(name) for name in names]
        if len(names) > 1 and (
            grammar is _ALSO_BETWEEN or all(not isinstance(answer, str) for answer in answers)
        ):
            files = [path for answer in answers if not isinstance(answer, str) for path in answer]
            return files, [answer for answer in answers if isinstance(answer, str)]
    return [], [whole]


def _leaves(path: str) -> bool:
    """Return whether a folded path could lead out of the folder: absolute, or with `..`."""
    return path.startswith("/") or path[1:2] == ":" or ".." in path.split("/")


def _begins(stem: str, code: str) -> bool:
    return stem == code or (stem.startswith(code) and stem[len(code)] in _AFTER)


def _as_code(code: str) -> str:
    return _folded(code).replace("/", "-")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path.strip()).replace("\\", "/").casefold()
