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
from pathlib import Path

from sqlalchemy import or_, select

from archive.db import begins_with
from archive.instruments import Instrument
from archive.numbering import Number
from pipeline.home import Home
from pipeline.keeping import keep
from pipeline.wiring import Workplace


@dataclass(frozen=True, slots=True)
class NumberNote:
    """One number, and the digest of the order it was taken for."""

    source_sha256: str
    series: str
    year: int
    value: int
    text: str
    holder: str
    taken_at: str

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


def note_numbers(workplace: Workplace, instrument: Instrument) -> None:
    """Write down, durable, every number the paper holds by now: its own, 用印, 案卷 and 件."""
    source = instrument.source_sha256
    holders = (instrument.holder, f"dossier:{instrument.order_no}", f"item:{source}")
    with workplace.register.read.begin() as session:
        uses = begins_with(session, Number.holder, f"{instrument.holder}:")
        held = session.scalars(
            select(Number).where(or_(Number.holder.in_(holders), uses)).order_by(Number.id)
        ).all()
    rows = [
        NumberNote(
            source_sha256=source,
            series=number.series,
            year=number.year,
            value=number.value,
            text=number.text,
            holder=number.holder,
            taken_at=number.taken_at.isoformat(),
        )
        for number in held
    ]
    content = json.dumps([asdict(row) for row in rows], ensure_ascii=False).encode()
    path = _folder(workplace.home) / f"{source}.json"
    if not path.is_file() or path.read_bytes() != content:
        keep(path.parent, path.name, content)


def drop_notes(home: Home, source_sha256: str) -> None:
    """Forget the notes of a filed paper: its dossier carries the numbers."""
    (_folder(home) / f"{source_sha256}.json").unlink(missing_ok=True)


def notes(home: Home) -> Iterator[NumberNote]:
    """Yield every note."""
    for path in sorted(_folder(home).glob("*.json")) if _folder(home).is_dir() else ():
        for row in json.loads(path.read_bytes()):
            yield NumberNote(**row)


def _folder(home: Home) -> Path:
    return home.work / "numbers"
