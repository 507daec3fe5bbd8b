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

from archive.numbering import Number
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
    holder: str
    taken_at: str

    @classmethod
    def of(cls, number: Number, source_sha256: str) -> NumberNote:
        """Return the note of `number`."""
        return cls(
            source_sha256=source_sha256,
            series=number.series,
            year=number.year,
            value=number.value,
            text=number.text,
            holder=number.holder,
            taken_at=number.taken_at.isoformat(),
        )

    def restored(self) -> Number:
        """Return the ledger's row for it; its holder asks again and gets the same number."""
        return Number(
            series=self.series,
            year=self.year,
            value=self.value,
            text=self.text,
            holder=self.holder,
            taken_at=datetime.fromisoformat(self.taken_at),
        )


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
