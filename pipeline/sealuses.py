"""Seal uses: the book of uses as people read it, chosen by seal and day (用印登记簿)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.days import BUSINESS_ZONE, business_day
from archive.instruments import Instrument
from archive.sealrequests import SealRequest
from archive.seals import SealUse

_SEAM = "骑缝"
_PLACES = {"imprint": "落款", "seam": _SEAM, "signature": "电子签名"}
"""Where a seal stands; the QR code and its note are no seals."""


@dataclass(frozen=True, slots=True)
class UseLine:
    """One line of the book; `place` says where and how often on each copy."""

    number: str
    at: datetime
    seal: str
    title: str
    document_number: str
    counterparty: str
    pages: int
    copies: int
    place: str
    requested_by: str
    approved_by: str
    keeper: str
    request: str
    file_sha256: str
    sealed_sha256: str
    terms_digest: str


def use_lines(
    session: Session, *, seal: str | None, first: date | None, last: date | None
) -> list[UseLine]:
    """Return the uses in the order they were registered; days are the firm's, both included."""
    query = select(SealUse, Instrument).join(Instrument, SealUse.instrument_id == Instrument.id)
    if seal is not None:
        query = query.where(SealUse.seal_code == seal)
    asked = _rounds(session)
    return [
        _line(use, paper, asked)
        for use, paper in session.execute(query.order_by(SealUse.id))
        if (first is None or business_day(use.at) >= first)
        and (last is None or business_day(use.at) <= last)
    ]


def _rounds(session: Session) -> dict[tuple[int, str], list[SealRequest]]:
    asked: dict[tuple[int, str], list[SealRequest]] = {}
    for row in session.scalars(select(SealRequest).order_by(SealRequest.round)):
        asked.setdefault((row.instrument_id, row.terms_digest), []).append(row)
    return asked


def _line(
    use: SealUse, paper: Instrument, asked: dict[tuple[int, str], list[SealRequest]]
) -> UseLine:
    rounds = [
        row for row in asked.get((use.instrument_id, use.terms_digest), []) if row.at <= use.at
    ]
    request = "启用申请登记之前" if not rounds else f"第 {rounds[-1].round} 次申请"
    return UseLine(
        number=use.number,
        at=use.at.astimezone(BUSINESS_ZONE),
        seal=use.seal_code,
        title=paper.title,
        document_number=paper.number or "",
        counterparty=paper.party_a,
        pages=use.pages,
        copies=use.copies,
        place=_places(use),
        requested_by=use.requested_by,
        approved_by=use.approved_by,
        keeper=use.keeper,
        request=request,
        file_sha256=use.file_sha256,
        sealed_sha256=use.sealed_sha256,
        terms_digest=use.terms_digest,
    )


def _places(use: SealUse) -> str:
    counted = Counter(_PLACES[what] for each in use.places if (what := each["what"]) in _PLACES)
    return "、".join(
        word if word == _SEAM else f"{word} {count} 处" for word, count in counted.items()
    )
