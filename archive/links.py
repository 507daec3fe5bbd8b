"""Links: the lines of the journal, each holding the hash of the one before (总账的条目)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

from archive.errors import JournalDamaged

BEGINNING: Final = "0" * 64


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
    object's history, `head` the hash of the last. Only the first link may say `why`: who began
    the journal and for which reason, with the files set aside before as its `object` and the
    SHA-512 of their bytes as its `inventory`.
    """

    told: Told
    object: str
    path: str
    version: int
    inventory: str
    events: int
    head: str
    at: str
    why: str = ""


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
            entry = Entry(
                told=Told(said["told"]),
                object=_text(said["object"]),
                path=_text(said["path"]),
                version=_count(said["version"]),
                inventory=_text(said["inventory"]),
                events=_count(said["events"]),
                head=_text(said["head"]),
                at=_text(said["at"]),
                why=_text(said.get("why", "")),
            )
            link = cls(_count(said["seq"]), entry, _text(said["previous"]), _text(said["hash"]))
            is_as_written = link.to_line() == line
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise JournalDamaged(f"有一条读不出（{error!r:.200}）") from error
        if not is_as_written:
            raise JournalDamaged("有一条不是总账的写法")
        return link

    def to_line(self) -> bytes:
        """Return the line, its end included."""
        said = _said(self.seq, self.entry, self.previous) | {"hash": self.hash}
        return _written(said) + b"\n"

    def is_genuine(self) -> bool:
        """Return whether the hash is that of what the link says."""
        return self.hash == _hash(_said(self.seq, self.entry, self.previous))


def written_name(name: str) -> bytes:
    """Return `name` as a line holds it, its quotes included."""
    return json.dumps(name, ensure_ascii=False).encode()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r:.40} is no count")
    return value


def _said(seq: int, entry: Entry, previous: str) -> dict[str, Any]:
    said = asdict(entry) | {"seq": seq, "previous": previous}
    if not entry.why:
        del said["why"]
    return said


def _written(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _hash(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(_written(said)).hexdigest()
