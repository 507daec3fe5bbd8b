"""Batches: the dossiers of a home examined together, and the result entered where asked (批次)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.custody import Act, Evidence, dossier_named, enter
from archive.days import business_day
from archive.dossiers import Dossier, Record
from archive.errors import ChildLost, RetentionRefused
from archive.instruments import OPEN_STATES, Instrument
from archive.numbergaps import gaps
from archive.numbering import Number
from archive.retentionrules import Role
from pipeline import acting
from pipeline.fourfold.exhibit import on_shelf
from pipeline.fourfold.judging import Examination, judge
from pipeline.fourfold.means import Facts, Listed, Means, Owed, Scanned, Told
from pipeline.fourfold.verdicts import Checkpoint
from pipeline.lacks import wanting
from pipeline.virusscanning import scan
from pipeline.wiring import Workplace

EXAMINED: Final = "dossier:examined"
_ALLOWED: Final = timedelta(seconds=120)
_NO_FACTS: Final[dict[str, Any]] = {
    "pages": {},
    "text": [],
    "encrypted": False,
    "unembedded": [],
    "active": [],
    "claim": None,
    "lacks": [],
    "scan_dpi": None,
    "program": None,
}


@dataclass(frozen=True, slots=True)
class Examined:
    """One dossier of a batch: what it is called, and what was found."""

    title: str
    items: int
    examination: Examination


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch examined: at what point, when, by whom (None: only looked at), and each dossier."""

    checkpoint: Checkpoint
    at: datetime
    person: str | None
    rules_version: str
    dossiers: tuple[Examined, ...]

    @property
    def returned(self) -> tuple[str, ...]:
        """Return the codes of the dossiers something of which was not passed."""
        return tuple(one.examination.code for one in self.dossiers if one.examination.failed)

    @property
    def conclusion(self) -> str:
        """Return what becomes of the batch: one dossier not passed returns it whole."""
        found = {one.examination.conclusion for one in self.dossiers}
        return next((word for word in ("退回", "待人工") if word in found), "通过")


def examine(
    workplace: Workplace,
    names: Sequence[str],
    checkpoint: Checkpoint,
    *,
    person: str | None = None,
    listed: dict[str, Listed] | None = None,
) -> Batch:
    """Examine the dossiers `names`, all that stand where none is named; raises RetentionRefused.

    With `person`, an archivist, the result is entered into each dossier's history, the report
    beside it; without, nothing is written.
    """
    if person is not None:
        acting.need(workplace, person, Role.ARCHIVIST)
    at = workplace.clock()
    means = means_of(workplace, at=at, listed=listed)
    if checkpoint is Checkpoint.HANDOVER:
        means = replace(means, owed=_owing(workplace, at))
    found = []
    for row in _rows(workplace, names):
        exhibit = on_shelf(workplace.store, row.object_path)
        examination = judge(exhibit, workplace.fourfold, checkpoint, replace(means, seen={}))
        found.append(Examined(row.title, len(exhibit.items), examination))
        if person is not None and not exhibit.unreadable:
            _enter(workplace, row.code, examination, person, at)
    return Batch(checkpoint, at, person, workplace.fourfold.version, tuple(found))


def _rows(workplace: Workplace, names: Sequence[str]) -> list[Dossier]:
    with workplace.register.read.begin() as session:
        if names:
            rows = list(
                {row.id: row for row in (dossier_named(session, n) for n in names)}.values()
            )
        else:
            query = select(Dossier).where(Dossier.destroyed_at.is_(None)).order_by(Dossier.code)
            rows = list(session.scalars(query))
    for row in rows:
        if row.destroyed_at is not None:
            raise RetentionRefused(f"案卷 {row.code} 已销毁（{row.destroyed_by}），无从检测")
    return rows


def _enter(
    workplace: Workplace, code: str, examination: Examination, person: str, at: datetime
) -> None:
    said = examination.said()
    report = json.dumps(said, ensure_ascii=False, indent=1).encode()
    act = Act(
        EXAMINED,
        person,
        at,
        {
            "checkpoint": examination.checkpoint.value,
            "conclusion": examination.conclusion,
            "failed": [finding.code for finding in examination.failed],
            "rules": examination.rules_digest,
        },
        Evidence(f"四性检测-{examination.checkpoint}.json", report),
    )
    with workplace.register.write.begin() as session:
        enter(session, workplace.store, dossier_named(session, code), act)


def means_of(
    workplace: Workplace, *, at: datetime, listed: dict[str, Listed] | None = None
) -> Means:
    """Return everything the rules may ask at this home, the engines in a child."""
    with workplace.register.read.begin() as session:
        told = _told(session)
    return Means(
        now=at,
        plan=workplace.plan,
        completeness=workplace.completeness,
        told=told,
        look=looking(workplace),
        signatures=_signatures(workplace),
        scan=scanning(workplace, workplace.home.archive),
        listed=listed,
    )


def _owing(workplace: Workplace, at: datetime) -> Callable[[str], list[Owed]]:
    """Return what tells the papers a dossier lacks at `at`, those not due yet among them."""
    on = business_day(at)

    def owed(code: str) -> list[Owed]:
        return [
            Owed(
                f"{each.paper} 缺{each.gap.requirement.name}（应于 {each.gap.due_on} 前补交）",
                each.gap.is_late(on),
            )
            for each in wanting(workplace, [code], on=on).lacks
        ]

    return owed


def looking(workplace: Workplace) -> Callable[[bytes], Facts]:
    """Return what asks the child about a PDF; a file it cannot survive is a finding."""

    def look(pdf: bytes) -> Facts:
        try:
            return workplace.confined.ask("facts", pdf, allowed=_ALLOWED).told
        except ChildLost as error:
            return _NO_FACTS | {"problems": [f"打开时超出时间或内存限制：{error}"]}

    return look


def _signatures(workplace: Workplace) -> Callable[[bytes], Facts]:
    def signatures(pdf: bytes) -> Facts:
        try:
            asked = (pdf, workplace.trust)
            return workplace.confined.ask("examine", asked, allowed=_ALLOWED).told
        except ChildLost as error:
            return {"problem": f"验签没有完成：{error}", "signatures": []}

    return signatures


def scanning(workplace: Workplace, root: Path) -> Callable[[str], Scanned] | None:
    """Return what asks the scanner about a folder below `root`; None where none is set."""
    settings = workplace.settings.antivirus
    if not settings.command:
        return None
    allowed = timedelta(seconds=settings.timeout_seconds)
    return lambda place: scan(root / place, settings.command, allowed=allowed)


def _told(session: Session) -> Told:
    codes, numbers = {}, {}
    query = select(Record.reference_code, Record.number, Dossier.code).join(
        Dossier, Dossier.id == Record.dossier_id
    )
    for reference_code, number, code in session.execute(query):
        codes[reference_code] = code
        numbers[number] = code
    return Told(
        codes=codes,
        numbers=numbers,
        gaps=tuple((f"{gap.series}/{gap.year}", gap.problem) for gap in gaps(session)),
        excused=dict(_excused(session)),
    )


def _excused(session: Session) -> Iterator[tuple[str, frozenset[int]]]:
    """Yield which item numbers of a dossier are held by papers under way, or void with a reason."""
    under_way = {
        f"item:{source}"
        for source in session.scalars(
            select(Instrument.source_sha256).where(Instrument.state.in_(OPEN_STATES))
        )
    }
    found: dict[str, set[int]] = {}
    query = select(Number).where(Number.series.startswith("item:"))
    for number in session.scalars(query):
        if number.voided_at is not None or number.holder in under_way:
            found.setdefault(number.series.partition(":")[2], set()).add(number.value)
    yield from ((code, frozenset(values)) for code, values in found.items())
