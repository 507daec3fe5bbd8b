"""Countersigned waiting: what comes before its paper is filed waits for it, and is taken then.

Originals wait for their paper, signing days for their original. Bytes stand in `work/countersigned`
under their digest, and beside them one note for each thing that waits, written after the bytes.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from archive.custody import Evidence
from archive.days import BUSINESS_ZONE
from archive.digests import sha256
from archive.instruments import OPEN_STATES, Instrument
from pipeline.countersignedfinding import Brought, CountersignedEarly, CountersignedRefused
from pipeline.countersigning import Joined, date_countersigned, take_countersigned
from pipeline.home import Home
from pipeline.keeping import keep
from pipeline.rejecting import reject
from pipeline.wiring import Workplace
from templates.errors import Finding, Level

log = logging.getLogger(__name__)

_NOTE: Final = ".json"
ORIGINAL, DAY = "签署件", "签订日期"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for paper `number`: an original, or the day it was signed.

    `sha256` names the bytes: those of the original, or of the file that says the day. `named` and
    `reason` are what a clerk answered for; `why` says in Chinese what it waits for.
    """

    kind: str
    number: str
    sha256: str
    name: str
    by: str
    since: str
    why: str
    signed_on: str | None = None
    named: str = ""
    reason: str = ""

    def shown(self) -> dict[str, Any]:
        """Return what people are shown of it."""
        names = ("kind", "name", "since", "signed_on", "why")
        return {name: getattr(self, name) for name in names}


def bring(workplace: Workplace, brought: Brought) -> Joined | Waiting:
    """File the countersigned original, or lay it aside where its paper is not filed yet.

    Raises CountersignedRefused.
    """
    try:
        return take_countersigned(workplace, brought)
    except CountersignedEarly as error:
        signed_on = brought.signed_on.isoformat() if brought.signed_on else None
        proof = Evidence(brought.name, brought.content)
        entry = _entry(workplace, ORIGINAL, error, proof, brought.by)
        return _laid_aside(
            workplace.home,
            brought.content,
            entry | {"signed_on": signed_on, "named": brought.number, "reason": brought.reason},
        )


def bring_day(
    workplace: Workplace, number: str, signed_on: date, *, by: str, proof: Evidence
) -> Joined | Waiting:
    """Enter the day `number` was signed, or lay it aside until that paper is filed.

    Raises CountersignedRefused.
    """
    try:
        return date_countersigned(workplace, number, signed_on=signed_on, by=by, proof=proof)
    except CountersignedEarly as error:
        entry = _entry(workplace, DAY, error, proof, by)
        said = entry | {"signed_on": signed_on.isoformat()}
        return _laid_aside(workplace.home, proof.content, said)


def waiting(home: Home, number: str | None = None) -> list[Waiting]:
    """Return what waits, for one paper or for any; the oldest first."""
    folder = home.countersigned
    if not folder.is_dir():
        return []
    found = [_read(path) for path in sorted(folder.glob(f"[0-9a-f]*{_NOTE}"))]
    known = [each for each in found if number is None or each.number == number]
    return sorted(known, key=lambda each: (each.since, each.kind != ORIGINAL))


def take_waiting(workplace: Workplace) -> list[tuple[Waiting, Joined | str]]:
    """Take what waits for nothing any more; what cannot be goes to rejected/ with its reason."""
    done: list[tuple[Waiting, Joined | str]] = []
    for each in _ready(workplace, waiting(workplace.home)):
        content = (workplace.home.countersigned / each.sha256).read_bytes()
        day = date.fromisoformat(each.signed_on) if each.signed_on else None
        try:
            if each.kind == DAY and day is not None:
                proof = Evidence(each.name, content)
                joined = date_countersigned(
                    workplace, each.number, signed_on=day, by=each.by, proof=proof
                )
            else:
                brought = Brought(content, each.name, each.by, each.named, day, each.reason)
                joined = take_countersigned(workplace, brought)
        except CountersignedEarly:
            continue
        except CountersignedRefused as error:
            found = (Finding("K00", Level.BLOCK, each.kind, str(error)),)
            reject(workplace.home, each.name, found, payload=content, source=None)
            log.info("file refused", extra={"codes": ["K00"]})
            done.append((each, str(error)))
        else:
            done.append((each, joined))
        _forget(workplace.home, each)
    return done


def _entry(
    workplace: Workplace, kind: str, early: CountersignedEarly, proof: Evidence, by: str
) -> dict[str, Any]:
    since = workplace.clock().astimezone(BUSINESS_ZONE).isoformat(timespec="seconds")
    return {
        "kind": kind,
        "number": early.number,
        "sha256": sha256(proof.content),
        "name": proof.name,
        "by": by,
        "since": since,
        "why": str(early),
    }


def _laid_aside(home: Home, content: bytes, said: dict[str, Any]) -> Waiting:
    entry = Waiting(**said)
    standing = [each for each in waiting(home, entry.number) if each.kind == entry.kind]
    if any(each.sha256 != entry.sha256 for each in standing):
        raise CountersignedRefused(
            f"{entry.number} 已有另一份{entry.kind}在等候归档（{standing[0].name}）；请核对"
        )
    if standing:
        return standing[0]
    keep(home.countersigned, entry.sha256, content)
    note = json.dumps(asdict(entry), ensure_ascii=False, indent=1)
    keep(home.countersigned, _note_of(entry), f"{note}\n".encode())
    return entry


def _note_of(entry: Waiting) -> str:
    return sha256(f"{entry.kind}\n{entry.number}".encode())[:32] + _NOTE


def _read(path: Path) -> Waiting:
    return Waiting(**json.loads(path.read_bytes()))


def _ready(workplace: Workplace, entries: Sequence[Waiting]) -> list[Waiting]:
    """Return those whose paper moved on: filed, or given up."""
    if not entries:
        return []
    query = select(Instrument.number, Instrument.state).where(
        Instrument.number.in_({each.number for each in entries})
    )
    with workplace.register.read.begin() as session:
        states = dict(session.execute(query).all())
    return [
        each for each in entries if each.number in states and states[each.number] not in OPEN_STATES
    ]


def _forget(home: Home, entry: Waiting) -> None:
    """Remove the note, then the bytes where no other note names them."""
    (home.countersigned / _note_of(entry)).unlink(missing_ok=True)
    if not any(each.sha256 == entry.sha256 for each in waiting(home)):
        with contextlib.suppress(FileNotFoundError):
            (home.countersigned / entry.sha256).unlink()
