"""Own papers: what the archive writes of its own acts, filed as any paper is (自身形成的文书).

Lists and certificates of disposal, records of inspection and clean-up, registers of accession:
nobody orders or approves them here, they have no seal, and one is filed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from archive import filing
from archive.days import business_day
from archive.dossiers import Record
from archive.instruments import Instrument, InstrumentState
from archive.submission import Submission
from pipeline.wiring import Workplace

USUAL_SECRECY = "内部"


@dataclass(frozen=True, slots=True)
class OwnPaper:
    """One paper of a dossier of the archive's own; the first of them opens it.

    `source` is the digest by which the paper is known: the same act, the same digest, whenever
    it is filed. `seq` is its place in the dossier, from 1.
    """

    kind: str
    order_no: str
    number: str
    seq: int
    title: str
    actor: str
    at: datetime
    source: str
    files: Mapping[str, tuple[str, str, bytes]]
    description: Mapping[str, Any]
    pages: int = 1
    secrecy: str = USUAL_SECRECY
    party_a: str = ""
    party_b: str = ""


def is_filed(workplace: Workplace, number: str) -> bool:
    """Return whether the paper `number` is filed."""
    with workplace.register.read.begin() as session:
        query = select(Record.id).where(Record.number == number)
        return session.scalars(query).first() is not None


def file_own(workplace: Workplace, paper: OwnPaper) -> None:
    """File the paper; filed already, nothing changes. The place, then bytes, then rows.

    Raises FilingRefused, NumberRefused.
    """
    if is_filed(workplace, paper.number):
        return
    submission = _submission(paper)
    with workplace.register.write.begin() as session:
        place = filing.reserve_place(
            session, workplace.plan, workplace.numbering, submission, at=paper.at
        )
    with workplace.register.write.begin() as session:
        instrument = _instrument(paper)
        session.add(instrument)
        session.flush()
        composed = filing.compose(
            session,
            place,
            submission,
            instrument_id=instrument.id,
            at=paper.at,
            actor=paper.actor,
        )
        filing.put_on_shelf(workplace.store, place, composed)
        filing.register_from_shelf(session, workplace.store, place, submission, at=paper.at)


def closest(workplace: Workplace, levels: Iterable[str]) -> str:
    """Return the highest of the levels of secrecy a paper tells of, and no lower than is usual."""
    known = workplace.plan.secrecy
    usual = USUAL_SECRECY if USUAL_SECRECY in known else known[-1]
    return max({usual, *levels}, key=known.index)


def _submission(paper: OwnPaper) -> Submission:
    return Submission(
        kind=paper.kind,
        order_no=paper.order_no,
        number=paper.number,
        title=paper.title,
        responsible=paper.actor,
        formed_on=business_day(paper.at),
        source_sha256=paper.source,
        retention_class=None,
        office="",
        secrecy=paper.secrecy,
        pages=paper.pages,
        files=paper.files,
        description=paper.description,
        opens=paper.seq == 1,
    )


def _instrument(paper: OwnPaper) -> Instrument:
    return Instrument(
        kind=paper.kind,
        order_no=paper.order_no,
        round=paper.seq,
        revision=1,
        source_sha256=paper.source,
        source_name=f"{paper.number}.json",
        state=InstrumentState.FILED,
        attempts=0,
        type_code="",
        title=paper.title,
        party_a=paper.party_a,
        party_b=paper.party_b,
        number=paper.number,
        received_at=paper.at,
        numbered_at=paper.at,
        filed_at=paper.at,
    )
