"""Listing: instruments and records as people and programs are shown them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from archive.approvals import Approval
from archive.countersigning import countersigned_of, signing_day_of
from archive.days import BUSINESS_ZONE
from archive.deviations import KIND, Deviation, history, is_deviating
from archive.disposal import KIND as DISPOSAL
from archive.dossiers import Dossier, Record, Rendition
from archive.events import Event, chain_of
from archive.inspection import KIND as INSPECTION
from archive.instruments import Instrument, InstrumentState
from archive.seals import SealUse
from archive.takingin import ACCESSION
from archive.takingin import KIND as TAKEN_IN
from pipeline.countersignedwaiting import waiting
from pipeline.home import Home
from pipeline.knowing import Known
from pipeline.marks import marks_of, no_marks
from pipeline.originals import supplied_word
from pipeline.reviewtelling import acts_told, questions_of


def list_instruments(
    session: Session,
    *,
    state: str | None,
    kind: str | None,
    text: str | None,
    limit: int,
    known: Known,
) -> list[dict[str, Any]]:
    """Return instruments, newest first, by state, kind and a part of number, order or party.

    Those that are not `known` are as if they were not there.
    """
    is_revised = exists().where(
        Deviation.order_no == Instrument.order_no,
        Deviation.terms_digest == Instrument.terms_digest,
    )
    query = (
        select(Instrument, Record.reference_code, is_revised)
        .outerjoin(Record, Record.number == Instrument.number)
        .where(Instrument.kind.not_in((DISPOSAL, INSPECTION, TAKEN_IN, ACCESSION)))
        .order_by(Instrument.id.desc())
    )
    if known.is_whole:
        query = query.limit(limit)
    if state is not None:
        query = query.where(Instrument.state == InstrumentState(state))
    if kind is not None:
        query = query.where(Instrument.kind == kind)
    if text is not None:
        query = query.where(
            or_(
                Instrument.number.contains(text, autoescape=True),
                Instrument.order_no.contains(text, autoescape=True),
                Instrument.party_a.contains(text, autoescape=True),
                Instrument.party_b.contains(text, autoescape=True),
            )
        )
    found = session.execute(query.execution_options(yield_per=500))
    rows = list(islice((row for row in found if known.has_paper(row[1])), limit))
    marks = marks_of(session, [instrument.order_no for instrument, _code, _revised in rows])
    return [
        summary(instrument, code)
        | {"deviating": is_revised}
        | (marks.get(instrument.order_no, no_marks()) if code else no_marks())
        for instrument, code, is_revised in rows
    ]


def summary(instrument: Instrument, reference_code: str | None) -> dict[str, Any]:
    """Return the line a list shows."""
    return {
        "contract_number": instrument.number,
        "reference_code": reference_code,
        "order_no": instrument.order_no,
        "kind": instrument.kind,
        "state": instrument.state.value,
        "party_a": instrument.party_a,
        "party_b": instrument.party_b,
        "amount": f"{instrument.amount:.2f}" if instrument.amount is not None else None,
        "filed_at": _moment(instrument.filed_at),
        "title": instrument.title,
        "revision": instrument.revision,
        "reason": instrument.reason,
    }


def show_instrument(
    session: Session, home: Home, instrument: Instrument, known: Known
) -> dict[str, Any] | None:
    """Return everything that is known of one instrument; file paths are relative to the home.

    None where it is not `known`, which is as if it were not there.
    """
    record = session.scalars(select(Record).where(Record.number == instrument.number)).first()
    if not known.has_paper(record.reference_code if record else None):
        return None
    content = summary(instrument, record.reference_code if record else None)
    content["deviating"] = is_deviating(session, instrument.order_no, instrument.terms_digest)
    content["deviations"] = _deviations(session, instrument)
    content["files"] = _files(session, home, record)
    content["events"] = _events(session, instrument)
    drawn_up = [
        event
        for event in content["events"]
        if (event["action"], event["subject"])
        == (f"{instrument.kind}:drafted", instrument.terms_digest)
    ]
    content["warnings"] = drawn_up[-1]["details"].get("warnings", []) if drawn_up else []
    content["approvals"] = _approvals(session, instrument)
    content["acts"] = acts_told(session, instrument)
    content["questions"] = questions_of(session, instrument)
    content["seal_uses"] = _seal_uses(session, instrument)
    content["seal_way"] = next(
        (
            event["details"].get("way")
            for event in content["events"]
            if event["action"] == f"{instrument.kind}:sealed"
            and event["subject"] in {use["sealed_sha256"] for use in content["seal_uses"]}
        ),
        None,
    )
    content["template"] = f"{instrument.template_code}@{instrument.template_version}"
    content["terms_digest"] = instrument.terms_digest
    content["countersigned_waiting"] = [
        each.shown() for each in (waiting(home, instrument.number) if instrument.number else ())
    ]
    if record is not None:
        dossier = session.get_one(Dossier, record.dossier_id)
        content["dossier"] = dossier.code
        content["retention"] = dossier.retention
        content |= marks_of(session, [dossier.order_no])[dossier.order_no]
        content["formed_on"] = record.formed_on.isoformat() if record.formed_on else None
        content["pages"] = record.pages
        content["countersigned"] = countersigned_of(record)
        content["original_supplied"] = supplied_word(record, chain_of(session, dossier.order_no))
        signed_on = signing_day_of(record)
        content["signed_on"] = signed_on.isoformat() if signed_on else None
        content["order_file"] = record.description.get("order_file")
        content |= _beside(session, dossier, known)
    return content


def _beside(session: Session, dossier: Dossier, known: Known) -> dict[str, Any]:
    """Return what else is in the dossier, and what its last change left agreed (F-305).

    The summary is for reading; what binds are the signed texts it names.
    """
    query = select(Record).where(Record.dossier_id == dossier.id).order_by(Record.item_no)
    records = [each for each in session.scalars(query) if known.has_paper(each.reference_code)]
    changes = [record for record in records if record.kind == "change"]
    last = max(changes, key=lambda record: record.description["seq"], default=None)
    return {
        "papers": [
            {"number": each.number, "kind": each.kind, "title": each.title} for each in records
        ],
        "as_changed": None
        if last is None
        else {
            "by": last.number,
            "amount": last.description["amount"],
            "service": last.description["service"],
            "agreed": last.description["agreed"],
        },
    }


def _files(session: Session, home: Home, record: Record | None) -> list[dict[str, Any]]:
    if record is None:
        return []
    rows = session.scalars(
        select(Rendition).where(Rendition.record_id == record.id).order_by(Rendition.id)
    )
    root = home.archive.relative_to(home.root)
    return [
        {
            "role": row.role,
            "path": str(root / row.path),
            "sha256": row.sha256,
            "bytes": row.bytes,
            "sm3": row.sm3,
            "media_type": row.media_type,
        }
        for row in rows
    ]


def _events(session: Session, instrument: Instrument) -> list[dict[str, Any]]:
    rows: Sequence[Event] = session.scalars(
        select(Event).where(Event.chain == instrument.chain).order_by(Event.seq)
    ).all()
    return [
        {
            "seq": row.seq,
            "at": _moment(row.at),
            "actor": row.actor,
            "action": row.action,
            "subject": row.subject,
            "details": row.details,
            "hash": row.hash,
        }
        for row in rows
    ]


def _approvals(session: Session, instrument: Instrument) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Approval).where(Approval.instrument_id == instrument.id).order_by(Approval.id)
    )
    return [
        {
            "step": row.step,
            "person": row.person,
            "post": row.post,
            "at": _moment(row.at),
            "opinion": row.opinion,
            "source": row.source,
            "terms_digest": row.terms_digest,
            "voided_at": _moment(row.voided_at),
        }
        for row in rows
    ]


def _deviations(session: Session, instrument: Instrument) -> list[dict[str, Any]]:
    if instrument.kind != KIND:
        return []
    return [
        {
            "seq": row.seq,
            "at": _moment(row.brought_at),
            "by": row.brought_by,
            "reason": row.reason,
            "summary": row.summary,
            "source": row.source_name,
            "terms_digest": row.terms_digest,
            "ended_at": _moment(row.ended_at),
            "end_reason": row.end_reason,
        }
        for row in history(session, instrument.order_no)
    ]


def _seal_uses(session: Session, instrument: Instrument) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(SealUse).where(SealUse.instrument_id == instrument.id).order_by(SealUse.id)
    )
    return [
        {
            "number": row.number,
            "seal": row.seal_code,
            "keeper": row.keeper,
            "pages": row.pages,
            "at": _moment(row.at),
            "sealed_sha256": row.sealed_sha256,
        }
        for row in rows
    ]


def _moment(at: datetime | None) -> str | None:
    """Return a moment as the firm's wall clock shows it."""
    return at.astimezone(BUSINESS_ZONE).isoformat(timespec="seconds") if at else None
