"""Taking in: papers kept elsewhere before become dossiers here, many at a time (进馆).

The order of effects is that of filing, for a group of dossiers at once: the places in one
transaction, the bytes of each dossier, the rows of all in one transaction. Every act may be
run again: a paper has its place by its digest, and what stands on the shelf is not written twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import filing, numbering
from archive.carrying import Carried, Row, as_row, ledger_rows
from archive.days import business_day
from archive.dossiers import Dossier
from archive.errors import FilingRefused
from archive.events import chain_of
from archive.fileplan import FilePlan
from archive.formernumbers import keep_former_number
from archive.instruments import Instrument, InstrumentState
from archive.joining import joined
from archive.numbering import NumberingRules
from archive.registering import register_shelved
from archive.retention import longer
from archive.shelved import Shelved
from archive.store import Store
from archive.submission import Composed, Place, Submission
from archive.termrows import TermRow

KIND: Final = "takenin"
ACCESSION: Final = "accession"
ORIGINAL, TEXT, RECOGNISED = "original", "text", "ocr_text"
"""The roles of a paper's files: as it came, its own text, and what was read off its picture."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One file to take in; `files` by role as a submission has them, `said` its description.

    `rows` are what the dossier will say of the files, as `Composed` has them.
    """

    title: str
    source_name: str
    source_sha256: str
    formed_on: date | None
    pages: int
    files: dict[str, tuple[str, str, bytes]]
    said: dict[str, Any]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Volume:
    """The papers of one contract, or one paper of which nobody knows the contract.

    `key` is the name of its history, the same whenever it is taken in; `number` the contract's
    own number, "" where nobody knows it; `year` is the one it is arranged under: that of
    signing, or where nobody knows it that of reception.
    """

    key: str
    number: str
    title: str
    year: int
    retention_class: str | None
    secrecy: str
    office: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Reserved:
    """A volume with the places of its papers, and what the ledger says of them."""

    volume: Volume
    places: tuple[Place, ...]
    carried: Carried
    at: datetime
    actor: str

    @property
    def object_path(self) -> str:
        """Return where the dossier stands below the archive's root."""
        return self.places[0].object_path


def take_accession(session: Session, rules: NumberingRules, key: str, *, at: datetime) -> str:
    """Return the accession's number (接收号); asked again for the same `key`, the same."""
    series = rules[ACCESSION]
    year = business_day(at).year
    return numbering.take(
        session, series, year=year, holder=f"accession:{key}", at=at, parts={}
    ).text


def reserve(
    session: Session,
    plan: FilePlan,
    rules: NumberingRules,
    volume: Volume,
    accession: str,
    *,
    at: datetime,
    actor: str,
) -> Reserved:
    """Return the places of the volume's papers, taken the first time; raises FilingRefused.

    A paper joins no dossier that is kept for a shorter time or less closely than it asks.
    """
    query = select(Dossier).where(Dossier.order_no == volume.key)
    opened = session.scalars(query).first()
    if opened is not None:
        _assert_kept_alike(session, plan, opened, volume)
    number = ""
    if opened is None:
        number = keep_former_number(session, volume.number, volume.key, at=at)
    places, texts = [], [accession, *([number] if number else [])]
    for paper in volume.papers:
        asked = _submission(volume, paper, number or volume.key, opens=opened is None)
        place = filing.reserve_place(session, plan, rules, asked, at=at)
        if opened is None:
            said = {**place.dossier, "contract_number": number or str(place.code.dossier)}
            place = replace(place, dossier=said)
        places.append(place)
        texts += [str(place.code.dossier), str(place.code)]
    numbers, counters = ledger_rows(session, texts)
    carried = Carried(
        events=tuple(chain_of(session, volume.key)),
        instruments=tuple(
            _instrument(volume, paper, place, at)
            for paper, place in zip(volume.papers, places, strict=True)
        ),
        approvals=(),
        seal_uses=(),
        numbers=numbers,
        counters=counters,
    )
    return Reserved(volume, tuple(places), carried, at, actor)


def put(store: Store, reserved: Reserved) -> None:
    """Write the dossier's next version with all papers of the volume that are not there yet."""
    path = reserved.object_path
    inventory = store.inventory(path) if store.exists(path) else None
    standing = Shelved.read(store, path, inventory) if inventory else None
    head = inventory.head if inventory else 0
    shelved = joined_by(standing, reserved, version=head + 1)
    known = {item["source_sha256"] for item in standing.items} if standing else set()
    contents = {paper.source_sha256: paper.files for paper in reserved.volume.papers}
    files = {
        file["path"]: contents[item["source_sha256"]][file["role"]][2]
        for item in (shelved.items if shelved else ())
        if item["source_sha256"] not in known
        for file in item["files"]
    }
    if shelved is None or not files:
        return
    message, person, at = f"接收进馆 {shelved.code}", reserved.actor, reserved.at
    version = shelved.to_files() | files
    if standing is None:
        store.create(path, shelved.object_id, version, message=message, person=person, at=at)
    else:
        store.add_version(path, version, message=message, person=person, at=at, expect_head=head)


def joined_by(standing: Shelved | None, reserved: Reserved, *, version: int) -> Shelved | None:
    """Return the dossier with all papers of the volume in it, those it holds already once."""
    known = {item["source_sha256"] for item in standing.items} if standing else set()
    new = [row for row in reserved.carried.instruments if row["source_sha256"] not in known]
    carried = replace(reserved.carried, instruments=tuple(new))
    shelved = standing
    for paper, place in zip(reserved.volume.papers, reserved.places, strict=True):
        if paper.source_sha256 in known:
            continue
        number = _number_of(place, is_first=shelved is None)
        submission = _submission(reserved.volume, paper, number, opens=shelved is None)
        composed = Composed(submission, carried, reserved.actor, reserved.at, paper.rows)
        shelved = joined(shelved, place, composed, version=version)
    return _with_numbers(shelved) if shelved else None


def register(session: Session, store: Store, reserved: Sequence[Reserved]) -> None:
    """Write into the register what stands on the shelves of the volumes, all of them as one."""
    read = {}
    for path in {each.object_path: None for each in reserved}:
        inventory = store.inventory(path)
        read[path] = inventory, Shelved.read(store, path, inventory)
    register_shelved(session, read, queued_at=reserved[0].at)


def _assert_kept_alike(session: Session, plan: FilePlan, opened: Dossier, volume: Volume) -> None:
    levels = plan.secrecy
    if opened.secrecy in levels and levels.index(volume.secrecy) > levels.index(opened.secrecy):
        raise FilingRefused(
            f"案卷 {opened.code} 的密级是“{opened.secrecy}”，目录要求“{volume.secrecy}”，不能归入；"
            "请核对目录的密级，确应从严的，去掉合同编号，另立案卷"
        )
    term = session.get(TermRow, opened.code)
    if term is None or volume.retention_class is None:
        return
    wanted = plan.retentions[volume.retention_class].period
    if longer(term.period, wanted) != term.period:
        raise FilingRefused(
            f"案卷 {opened.code} 只保管 {term.period}，目录要求 {wanted}；"
            f"请先延长：guidang retention extend {opened.code} --period {wanted}，再次运行"
        )


def _number_of(place: Place, *, is_first: bool) -> str:
    """Return 文件编号: the contract's own for the first paper of a dossier, else its 档号."""
    known: str = place.dossier["contract_number"]
    if is_first and known != str(place.code.dossier):
        return known
    return str(place.code)


def _with_numbers(shelved: Shelved) -> Shelved:
    """Return the dossier with the number of each paper's row as its item says it."""
    numbers = {item["source_sha256"]: item["number"] for item in shelved.items}
    instruments = tuple(
        row | {"number": numbers[row["source_sha256"]]} for row in shelved.carried.instruments
    )
    return replace(shelved, carried=replace(shelved.carried, instruments=instruments))


def _submission(volume: Volume, paper: Paper, number: str, *, opens: bool) -> Submission:
    return Submission(
        kind=KIND,
        order_no=volume.key,
        number=number,
        title=paper.title,
        responsible="、".join(filter(None, _parties(paper))) or "责任者不详",
        formed_on=paper.formed_on,
        filed_in=volume.year,
        source_sha256=paper.source_sha256,
        retention_class=volume.retention_class,
        office=volume.office,
        secrecy=volume.secrecy,
        pages=paper.pages,
        files=paper.files,
        description=paper.said,
        opens=opens,
    )


def _parties(paper: Paper) -> tuple[str, str]:
    """Return the parties its own row says; no paper borrows those of a neighbour."""
    said = paper.said
    return said.get("party_a", {}).get("name", ""), said.get("party_b", {}).get("name", "")


def _amount(paper: Paper) -> Decimal | None:
    total = paper.said.get("amount", {}).get("total")
    return None if total is None else Decimal(total)


def _instrument(volume: Volume, paper: Paper, place: Place, at: datetime) -> Row:
    party_a, party_b = _parties(paper)
    return as_row(
        Instrument(
            kind=KIND,
            order_no=volume.key,
            round=place.code.item or 0,
            revision=1,
            source_sha256=paper.source_sha256,
            source_name=paper.source_name,
            state=InstrumentState.FILED,
            attempts=0,
            type_code="",
            title=paper.title,
            party_a=party_a,
            party_b=party_b,
            amount=_amount(paper),
            number=str(place.code),
            received_at=at,
            numbered_at=at,
            filed_at=at,
        )
    )
