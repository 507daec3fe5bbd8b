"""Number notes: numbers taken by papers that are not on the shelf yet, kept beside the register.

The archive knows every number it holds; a number taken by a paper still under way stands
in the register alone. Were the register lost just then, a rebuilt one could give the same
number again. A note is therefore written, durable, before any document carries the number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from pipeline.home import Home
from pipeline.keeping import keep


@dataclass(frozen=True, slots=True)
class NumberNote:
    """One number and the digest of the order it was taken for."""

    source_sha256: str
    series: str
    year: int
    value: int
    text: str
    taken_at: str
    void_reason: str | None = None

    @property
    def taken(self) -> datetime:
        """Return the moment it was taken."""
        return datetime.fromisoformat(self.taken_at)


def note_number(home: Home, note: NumberNote) -> None:
    """Write `note`, durable before it returns; a later note of the same paper replaces it."""
    name = f"{note.source_sha256}.json"
    folder = home.work / "numbers"
    content = json.dumps(asdict(note), ensure_ascii=False, sort_keys=True).encode()
    if (folder / name).is_file() and (folder / name).read_bytes() == content:
        return
    keep(folder, name, content)


def drop_note(home: Home, source_sha256: str) -> None:
    """Forget the note of a filed paper: its dossier carries the number."""
    (home.work / "numbers" / f"{source_sha256}.json").unlink(missing_ok=True)


def notes(home: Home) -> Iterator[NumberNote]:
    """Yield every note."""
    folder = home.work / "numbers"
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        yield NumberNote(**json.loads(path.read_bytes()))
