"""Sealing: seal, seam seal and QR in one pass, and the use written into the book (用印)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import events, numbering, seals
from archive.days import business_day
from archive.errors import DigestMismatch, SealRefused
from archive.instruments import Instrument, InstrumentState
from archive.sealbook import standing
from archive.sealcase import Seal
from archive.sealrequests import request_for
from archive.seals import SealUse
from archive.sealway import SealWay
from archive.stamping import Place, Stamped, stamp
from pipeline.holding import hold
from pipeline.keeping import keep
from pipeline.numbernotes import note_numbers
from pipeline.steps.drafting import Draft
from pipeline.steps.finishing import Final, as_json_bytes
from pipeline.steps.sealacts import Chosen, act_of, choose, opened
from pipeline.steps.sealsigning import level_of, sign_stamped
from pipeline.wiring import Workplace

_FILES = ("final.docx", "final.txt", "proof.json", "seal-proof.json", "sealed.pdf")
"""What lies in the work folder once sealed; sealed.pdf is written last."""

_PROVING = timedelta(seconds=60)
_PROVING_A_PAGE = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What leaves the house: the sealed PDF/A beside its text and its two proofs.

    `proof` says that the text is the order's, `seal_proof` that the seals are whole.
    """

    pdf: bytes
    docx: bytes
    text: str
    proof: bytes
    seal_proof: bytes
    pages: int
    way: SealWay


def seal(
    workplace: Workplace,
    instrument: Instrument,
    draft: Draft,
    final: Final,
    after_step: Callable[[str, Instrument], None],
) -> Sealed:
    """Return `final` sealed; the bytes are kept first, then the use is registered: SEALED.

    What was sealed before is read back and must have the digest it was registered under:
    nothing is sealed a second time.
    """
    folder = sealed_folder(workplace, instrument)
    if instrument.state is InstrumentState.SEALED:
        return sealed_before(workplace, instrument, folder)
    chosen = opened(workplace, instrument, draft, choose(workplace, draft))
    level = level_of(workplace, draft)
    way = SealWay.PRINTED if level is None else SealWay.SIGNED
    act = act_of(workplace, instrument, draft, chosen, way)
    stamped = stamp(final.pdf, act)
    allowed = _PROVING + stamped.pages * _PROVING_A_PAGE
    seal_proof = workplace.confined.ask("prove", (stamped.pdf, act), allowed=allowed).told
    if level is not None:
        signed = sign_stamped(workplace, draft, chosen, stamped, level)
        seal_proof |= {"signature": signed.told}
        places = (*stamped.places, signed.told["place"])
        stamped = replace(stamped, pdf=signed.made, places=places)
    sealed = Sealed(
        pdf=stamped.pdf,
        docx=final.docx,
        text=final.text,
        proof=as_json_bytes(final.proof),
        seal_proof=as_json_bytes(seal_proof),
        pages=stamped.pages,
        way=way,
    )
    contents = (sealed.docx, sealed.text.encode(), sealed.proof, sealed.seal_proof, sealed.pdf)
    for name, content in zip(_FILES, contents, strict=True):
        keep(folder, name, content)
    after_step("seal-kept", instrument)
    _register(workplace, instrument, draft, final, stamped=stamped, chosen=chosen, sealed=sealed)
    return sealed


def sealed_folder(workplace: Workplace, instrument: Instrument) -> Path:
    """Return where what was sealed is kept until it stands on the shelf."""
    return workplace.home.work / "sealed" / instrument.source_sha256


def sealed_before(workplace: Workplace, instrument: Instrument, folder: Path) -> Sealed:
    """Return what an earlier run sealed; raises DigestMismatch where it is not those bytes."""
    docx, text, proof, seal_proof, pdf = ((folder / name).read_bytes() for name in _FILES)
    with workplace.register.read.begin() as session:
        use = session.scalars(
            select(SealUse).where(SealUse.instrument_id == instrument.id).order_by(SealUse.id)
        ).first()
    found = hashlib.sha256(pdf).hexdigest()
    if use is None or use.sealed_sha256 != found:
        expected = use.sealed_sha256 if use else "no use"
        raise DigestMismatch(str(folder / _FILES[-1]), expected, found)
    return Sealed(
        pdf=pdf,
        docx=docx,
        text=text.decode(),
        proof=proof,
        seal_proof=seal_proof,
        pages=use.pages,
        way=SealWay(json.loads(seal_proof)["way"]),
    )


def _register(
    workplace: Workplace,
    instrument: Instrument,
    draft: Draft,
    final: Final,
    *,
    stamped: Stamped,
    chosen: Chosen,
    sealed: Sealed,
) -> None:
    """Write a use for every seal, then the event; all of it or nothing."""
    at = workplace.clock()
    after = hashlib.sha256(sealed.pdf).hexdigest()
    digests = hashlib.sha256(final.pdf).hexdigest(), after
    with workplace.register.write.begin() as session:
        row = hold(session, instrument, InstrumentState.NUMBERED)
        uses = [
            _use(
                workplace,
                session,
                row,
                draft,
                seal,
                pages=stamped.pages,
                places=[p for p in stamped.places if p.get("seal", chosen.main.code) == seal.code],
                digests=digests,
                at=at,
            )
            for seal in chosen.seals
        ]
        row.state = InstrumentState.SEALED
        row.sealed_at = at
        events.append(
            session,
            chain=row.chain,
            at=at,
            actor=uses[0].keeper,
            action=f"{row.kind}:sealed",
            subject=after,
            details={
                "use": uses[0].number,
                "seal": chosen.main.code,
                "also": [{"use": use.number, "seal": use.seal_code} for use in uses[1:]],
                "before_sha256": digests[0],
                "way": sealed.way.value,
            },
        )
    instrument.state = row.state
    instrument.sealed_at = row.sealed_at
    note_numbers(workplace, instrument)


def _use(
    workplace: Workplace,
    session: Session,
    row: Instrument,
    draft: Draft,
    seal: Seal,
    *,
    pages: int,
    places: Sequence[Place],
    digests: tuple[str, str],
    at: datetime,
) -> SealUse:
    """Write one seal's use with the places it stands at; its number is taken once.

    The seal is read again in this transaction: it may have been put out of use meanwhile.
    """
    number = numbering.take(
        session,
        workplace.numbering["seal_use"],
        year=business_day(at).year,
        holder=f"{row.holder}:{seal.code}",
        at=at,
        parts={},
    )
    request = request_for(session, row, draft.terms_digest)
    if request is None:
        raise SealRefused("没有针对此内容（审批摘要）的用印申请，不得用印")
    now = standing(session, seal.code)
    return seals.register_use(
        session,
        workplace.approvals,
        workplace.seal_rules,
        seal=now,
        instrument=row,
        file_sha256=digests[0],
        sealed_sha256=digests[1],
        terms_digest=draft.terms_digest,
        pages=pages,
        copies=draft.paper.copies,
        places=places,
        requested_by=request.requested_by,
        approved_by=request.approved_by,
        keeper=seals.keeper_for(session, now, row, draft.terms_digest),
        at=at,
        number=number.text,
    )
