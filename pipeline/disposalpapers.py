"""Disposal papers: the papers of a list filed as a dossier of their own, kept for good."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import select

from archive import filing
from archive.days import business_day
from archive.digests import sha256
from archive.disposal import KIND, DisposalList
from archive.dossiers import Dossier, Record
from archive.errors import RetentionRefused
from archive.instruments import Instrument, InstrumentState
from archive.submission import Submission
from pipeline.disposalforms import (
    Form,
    certificate_of,
    opinions_of,
    page_of,
    proposal_of,
    register_of,
    text_of,
)
from pipeline.wiring import Workplace


class Paper(Enum):
    """The papers of one list, in their order."""

    PROPOSAL = 1
    LIST = 2
    CERTIFICATE = 3


@dataclass(frozen=True, slots=True)
class _Drawn:
    forms: tuple[Form, ...]
    at: datetime
    actor: str


def file_paper(workplace: Workplace, known: DisposalList, paper: Paper) -> None:
    """File a paper of the list in the list's dossier; filed already, nothing changes.

    What it says, and its moment, come from the list's history alone: after a crash the same
    paper is filed.
    """
    number = known.number if paper is Paper.PROPOSAL else f"{known.number}-{paper.value:02}"
    with workplace.register.read.begin() as session:
        if session.scalars(select(Record.id).where(Record.number == number)).first() is not None:
            return
    drawn = _drawn(known, paper)
    source = json.dumps(list(drawn.forms), ensure_ascii=False, indent=1).encode()
    submission = _submission(known, paper, number, drawn, source)
    with workplace.register.write.begin() as session:
        place = filing.reserve_place(
            session, workplace.plan, workplace.numbering, submission, at=drawn.at
        )
    with workplace.register.write.begin() as session:
        instrument = _instrument(known, paper, submission, drawn)
        session.add(instrument)
        session.flush()
        composed = filing.compose(
            session,
            place,
            submission,
            instrument_id=instrument.id,
            at=drawn.at,
            actor=drawn.actor,
        )
        filing.put_on_shelf(workplace.store, place, composed)
        filing.register_from_shelf(session, workplace.store, place, submission, at=drawn.at)


def page_on_shelf(workplace: Workplace, number: str) -> bytes:
    """Return the page of the list's last paper, to be printed; raises RetentionRefused."""
    with workplace.register.read.begin() as session:
        row = session.scalars(select(Dossier).where(Dossier.order_no == number)).first()
        if row is None:
            raise RetentionRefused(f"没有清单 {number}")
        last = session.scalars(
            select(Record).where(Record.dossier_id == row.id).order_by(Record.item_no.desc())
        ).first()
    if last is None:
        raise RetentionRefused(f"清单 {number} 还没有归档的文书")
    return workplace.store.read(row.object_path, f"items/{last.item_no:03}/page.html")


def _drawn(known: DisposalList, paper: Paper) -> _Drawn:
    if paper is Paper.PROPOSAL:
        return _Drawn((proposal_of(known),), known.proposed_at, known.proposer)
    if paper is Paper.LIST:
        if known.approved_at is None or known.approver is None:
            raise RetentionRefused(f"清单 {known.number} 尚未批准")
        return _Drawn((register_of(known), opinions_of(known)), known.approved_at, known.approver)
    if known.completed_at is None or known.presence is None:
        raise RetentionRefused(f"清单 {known.number} 尚未办结")
    form = certificate_of(known, known.completed_at)
    return _Drawn((form,), known.completed_at, known.presence.operator)


def _submission(
    known: DisposalList, paper: Paper, number: str, drawn: _Drawn, source: bytes
) -> Submission:
    name = drawn.forms[0]["form"]
    text = "\n".join(text_of(form) for form in drawn.forms)
    return Submission(
        kind=KIND,
        order_no=known.number,
        number=number,
        title=f"{name}（{known.number}，{len(known.entries)} 卷）",
        responsible=drawn.actor,
        formed_on=business_day(drawn.at),
        source_sha256=sha256(source),
        retention_class=None,
        office="",
        secrecy="内部",
        pages=1,
        files={
            "list": (f"{number}.json", "application/json", source),
            "page": (f"{number}.html", "text/html", page_of(drawn.forms).encode()),
            "text": (f"{number}.txt", "text/plain", text.encode()),
        },
        description={"list": known.number, "form": name, "codes": [e.code for e in known.entries]},
        opens=paper is Paper.PROPOSAL,
    )


def _instrument(
    known: DisposalList, paper: Paper, submission: Submission, drawn: _Drawn
) -> Instrument:
    return Instrument(
        kind=KIND,
        order_no=known.number,
        round=paper.value,
        revision=1,
        source_sha256=submission.source_sha256,
        source_name=f"{submission.number}.json",
        state=InstrumentState.FILED,
        attempts=0,
        type_code="",
        title=submission.title,
        party_a="",
        party_b="",
        number=submission.number,
        received_at=drawn.at,
        numbered_at=drawn.at,
        filed_at=drawn.at,
    )
