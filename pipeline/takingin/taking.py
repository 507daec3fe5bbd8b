"""Taking: a folder of an old archive taken in group by group, resumed where it stopped (接收)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import takingin
from archive.days import business_day
from archive.digests import sha256
from archive.dossiers import Dossier, Record
from archive.errors import FilingRefused, NumberRefused, RetentionRefused
from archive.formernumbers import holder_of
from archive.numbering import Number
from archive.takingin import ACCESSION, KIND, Reserved, Volume
from pipeline.fourfold.atfiling import examined_volume
from pipeline.takingin.catalogue import Entry, read_catalogue
from pipeline.takingin.describing import (
    Circumstances,
    DescriptionRefused,
    ReadFile,
    volume_of,
)
from pipeline.takingin.matching import matched
from pipeline.takingin.naming import entry_of
from pipeline.takingin.reading import Doubled, FileRefused, Reader, known_digests
from pipeline.takingin.scouting import scouted
from pipeline.wiring import Workplace

_GROUP: Final = 64
"""Dossiers whose places, and then whose rows, are one transaction."""
_MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes after which no more dossiers join a group: two groups are in memory at once."""
_NOT_LISTED: Final = "目录中没有这个文件；请补入目录后再次运行，或加 --uncatalogued 按文件名著录"
_NUMBER_HELD: Final = "合同编号 {} 已归 {} 所有，本件另立案卷；按这个编号仍可检索"

Rows = list[tuple[Entry, tuple[str, ...]]]
Step = Callable[[str], None]
_Read = list[tuple[Entry, list[ReadFile]]]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked: a folder, its catalogue where there is one, and who hands it over to whom."""

    folder: Path
    catalogue: Path | None
    by: str
    source: str
    originals_at: str
    uncatalogued: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of every file; `accepted` by path with its code, "" where nothing was written."""

    accession: str = ""
    accepted: dict[str, str] = field(default_factory=dict)
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    is_resumed: bool = False


@dataclass(slots=True)
class _Batch:
    """Dossiers taken in together; `files` were looked at for it, `bytes` are in memory."""

    read: list[_Read] = field(default_factory=list)
    files: int = 0
    bytes: int = 0


class Taking:
    """One run over one folder; nothing it meets in a file stops it."""

    def __init__(
        self,
        workplace: Workplace,
        order: Order,
        *,
        after_step: Step = lambda _step: None,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> None:
        self._workplace = workplace
        self._order = order
        self._after_step = after_step
        self._progress = progress
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Take in what can be; raises CatalogueRefused, FilingRefused, NumberRefused, OSError."""
        self._assert_ready()
        groups = list(self._groups())
        total, done = sum(len(files) for rows in groups for _entry, files in rows), 0
        with self._workplace.register.read.begin() as session:
            known = known_digests(session)
            self.outcome.accession, self.outcome.is_resumed = self._standing(session)
        batches = self._batches(Reader(self._workplace, self._order.folder, known), groups)
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(next, batches, None)
            while (batch := coming.result()) is not None:
                coming = ahead.submit(next, batches, None)
                self._take(batch.read)
                done += batch.files
                self._progress(done, total)
        return self.outcome

    def _batches(self, reader: Reader, groups: Iterable[Rows]) -> Iterator[_Batch]:
        """Yield what is taken in together, read: so many dossiers, and so many bytes, at most."""
        batch = _Batch()
        for rows in groups:
            kept = self._read(reader, rows)
            if kept:
                batch.read.append(kept)
            batch.files += sum(len(files) for _entry, files in rows)
            batch.bytes += sum(len(file.content) for _entry, files in kept for file in files)
            if len(batch.read) >= _GROUP or batch.bytes >= _MOST_BYTES:
                yield batch
                batch = _Batch()
        yield batch

    def _assert_ready(self) -> None:
        for kind in (KIND, ACCESSION):
            if problem := self._workplace.plan.problem_with(kind, None):
                raise FilingRefused(problem)
        self._workplace.numbering[ACCESSION]

    def _groups(self) -> Iterator[Rows]:
        """Yield rows that belong in one dossier, each with its files."""
        order = self._order
        there = scouted(order.folder, without=order.catalogue)
        self.outcome.rejected += [(one.path, one.problem) for one in there if one.problem]
        paths = [one.path for one in there if not one.problem]
        rows: Rows
        if order.catalogue is None:
            rows = [(entry_of(path), (path,)) for path in paths]
        else:
            met = matched(read_catalogue(order.catalogue), paths)
            rows = met.rows
            self.outcome.rejected += met.problems
            listed = {path for _entry, files in rows for path in files}
            left = [path for path in paths if path not in listed]
            if order.uncatalogued:
                rows += [(entry_of(path), (path,)) for path in left]
            else:
                self.outcome.rejected += [(path, _NOT_LISTED) for path in left]
        groups: dict[str, Rows] = {}
        for at, row in enumerate(rows):
            groups.setdefault(_group(row[0]) or f"#{at}", []).append(row)
        yield from groups.values()

    def _standing(self, session: Session) -> tuple[str, bool]:
        """Return the number of the accession that was begun and not closed, where there is one."""
        held = session.scalars(select(Number).where(Number.holder == self._holder(session))).first()
        return (held.text, True) if held else ("", False)

    def _holder(self, session: Session) -> str:
        return f"accession:{self._key(session)}"

    def _key(self, session: Session) -> str:
        """Return by what this accession is known when it is begun again: folder and catalogue."""
        listed = self._order.catalogue.read_bytes() if self._order.catalogue else b""
        name = sha256(f"{self._order.folder.resolve()}\n{sha256(listed)}".encode())[:32]
        for turn in count(1):
            key = f"{name}:{turn}"
            held = session.scalars(
                select(Number.text).where(Number.holder == f"accession:{key}")
            ).first()
            closed = select(Dossier.id).where(Dossier.order_no == held)
            if held is None or session.scalars(closed).first() is None:
                return key
        raise AssertionError

    def _take(self, read: Sequence[_Read]) -> None:
        if self._order.dry_run or not read:
            with self._workplace.register.read.begin() as session:
                for rows in read:
                    self._described(session, rows, _chain(session, "", rows))
            return
        reserved = self._reserve(read)
        self._after_step("reserved")
        for one in reserved:
            takingin.put(self._workplace.store, one)
            self._after_step("put")
        if not reserved:
            return
        with self._workplace.register.write.begin() as session:
            takingin.register(session, self._workplace.store, reserved)
        self._after_step("registered")
        for one in reserved:
            for paper, place in zip(one.volume.papers, one.places, strict=True):
                self.outcome.accepted[paper.source_name] = str(place.code)

    def _read(self, reader: Reader, rows: Rows) -> _Read:
        kept = []
        for entry, paths in rows:
            files = [file for path in paths if (file := self._file(reader, path))]
            if files:
                kept.append((entry, files))
        return kept

    def _file(self, reader: Reader, path: str) -> ReadFile | None:
        try:
            return reader.read(path)
        except FileRefused as error:
            self.outcome.rejected.append((path, str(error)))
        except Doubled as error:
            # begun before a crash: it is this accession's own
            if error.accession and error.accession == self.outcome.accession:
                self.outcome.accepted[path] = error.reference_code
            else:
                self.outcome.duplicates.append((path, str(error)))
        return None

    def _reserve(self, read: Sequence[_Read]) -> list[Reserved]:
        workplace, reserved = self._workplace, []
        with workplace.register.write.begin() as session:
            at = workplace.clock()
            accession = takingin.take_accession(
                session, workplace.numbering, self._key(session), at=at
            )
            self.outcome.accession = accession
            for rows in read:
                volume = self._described(session, rows, _chain(session, accession, rows))
                if volume is None:
                    continue
                try:
                    with session.begin_nested():
                        found = takingin.reserve(
                            session,
                            workplace.plan,
                            workplace.numbering,
                            volume,
                            accession,
                            at=at,
                            actor=self._order.by,
                        )
                        reserved.append(examined_volume(workplace, found))
                except (FilingRefused, NumberRefused, RetentionRefused) as error:
                    self._refuse(rows, str(error))
        return reserved

    def _described(self, session: Session, rows: _Read, key: str) -> Volume | None:
        order = self._order
        about = Circumstances(
            accession=self.outcome.accession,
            source=order.source,
            originals_at=order.originals_at,
            received_on=business_day(self._workplace.clock()),
        )
        try:
            volume = volume_of(self._workplace.plan, key, rows, about)
        except DescriptionRefused as error:
            self._refuse(rows, str(error))
            return None
        holder = holder_of(session, volume.number, volume.key)
        for paper in volume.papers:
            if holder is not None:
                paper.said["remarks"].append(_NUMBER_HELD.format(volume.number, holder))
            self.outcome.remarks += [(paper.source_name, each) for each in paper.said["remarks"]]
            if order.dry_run:
                self.outcome.accepted[paper.source_name] = ""
        return volume

    def _refuse(self, rows: _Read, reason: str) -> None:
        self.outcome.rejected += [(file.path, reason) for _entry, files in rows for file in files]


def _group(entry: Entry) -> str:
    """Return by what rows belong together: the contract's number, or the old code."""
    if entry.number:
        return f"n{entry.number}"
    return f"c{entry.former_code}" if entry.former_code else ""


def _chain(
    session: Session, accession: str, rows: Sequence[tuple[Entry, Sequence[ReadFile]]]
) -> str:
    """Return the name of the dossier's history: that of an earlier one of the same contract."""
    entry = rows[0][0]
    if entry.number:
        earlier = session.scalars(
            select(Dossier.order_no)
            .join(Record, Record.dossier_id == Dossier.id)
            .where(Dossier.contract_number == entry.number, Record.kind == KIND)
        ).first()
        if earlier is not None:
            return earlier
    name = entry.number or entry.former_code or rows[0][1][0].sha256[:16]
    return f"{accession}/{name}"
