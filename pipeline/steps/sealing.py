"""Sealing: seal, seam seal and QR in one pass, and the use written into the book (用印)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive import events, numbering, seals
from archive.approvals import drafter_of, last_approver_of
from archive.days import business_day
from archive.errors import DigestMismatch, SealRefused
from archive.instruments import Instrument, InstrumentState
from archive.sealcase import Seal
from archive.seals import SealUse
from archive.stamping import Imprint, SealingAct, SeamSeal, Stamped, stamp
from archive.stampreading import verify_stamp
from pipeline.holding import hold
from pipeline.keeping import keep
from pipeline.numbernotes import note_numbers
from pipeline.samplefirms import COMPANY as SAMPLE_COMPANY
from pipeline.steps.drafting import Draft
from pipeline.steps.finishing import Final, as_json_bytes
from pipeline.wiring import Workplace

_FILES = ("final.docx", "final.txt", "proof.json", "sealed.pdf")
"""What lies in the work folder once sealed; sealed.pdf is written last."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What leaves the house: the sealed PDF/A beside its text and its proof."""

    pdf: bytes
    docx: bytes
    text: str
    proof: bytes
    pages: int


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
    chosen = seals.choose_seal(
        workplace.seals,
        workplace.seal_rules,
        owner=draft.paper.party_b,
        kind_of_paper=draft.paper.kind,
        on=business_day(workplace.clock()),
    )
    if chosen.sample and workplace.settings.company.name != SAMPLE_COMPANY:
        raise SealRefused(f"{chosen.name}（{chosen.code}）是样章，不得用于正式文书")
    act = _act(instrument, draft, chosen)
    stamped = stamp(final.pdf, act)
    verify_stamp(stamped.pdf, act)
    for name, content in zip(
        _FILES,
        (final.docx, final.text.encode(), as_json_bytes(final.proof), stamped.pdf),
        strict=True,
    ):
        keep(folder, name, content)
    after_step("seal-kept", instrument)
    _register(workplace, instrument, draft, final, stamped=stamped, chosen=chosen)
    return Sealed(
        pdf=stamped.pdf,
        docx=final.docx,
        text=final.text,
        proof=as_json_bytes(final.proof),
        pages=stamped.pages,
    )


def sealed_folder(workplace: Workplace, instrument: Instrument) -> Path:
    """Return where what was sealed is kept until it stands on the shelf."""
    return workplace.home.work / "sealed" / instrument.source_sha256


def sealed_before(workplace: Workplace, instrument: Instrument, folder: Path) -> Sealed:
    """Return what an earlier run sealed; raises DigestMismatch where it is not those bytes."""
    docx, text, proof, pdf = ((folder / name).read_bytes() for name in _FILES)
    with workplace.register.read.begin() as session:
        use = session.scalars(
            select(SealUse).where(SealUse.instrument_id == instrument.id).order_by(SealUse.id)
        ).first()
    found = hashlib.sha256(pdf).hexdigest()
    if use is None or use.sealed_sha256 != found:
        expected = use.sealed_sha256 if use else "no use"
        raise DigestMismatch(str(folder / _FILES[-1]), expected, found)
    return Sealed(pdf=pdf, docx=docx, text=text.decode(), proof=proof, pages=use.pages)


def _act(instrument: Instrument, draft: Draft, chosen: Seal) -> SealingAct:
    if instrument.number is None or instrument.numbered_at is None:
        raise ValueError(f"instrument {instrument.id} has no number yet")
    ours = [place for place in draft.template.seal_places if place.party == "B"]
    return SealingAct(
        imprints=tuple(
            Imprint(
                seal=chosen.image,
                destination=place.name,
                dx_mm=place.dx_mm,
                dy_mm=place.dy_mm,
            )
            for place in ours
        ),
        seam=SeamSeal(seal=chosen.image),
        number=instrument.number,
        title=draft.paper.title,
        creator=draft.paper.party_b,
        made_at=instrument.numbered_at,
        qr_text=qr_text(instrument.number, draft.terms_digest),
    )


def qr_text(number: str, digest: str) -> str:
    """Return what the QR on page one says: number and the digest of the terms."""
    return f"guidang:1:{number}:{digest}"


def _register(
    workplace: Workplace,
    instrument: Instrument,
    draft: Draft,
    final: Final,
    *,
    stamped: Stamped,
    chosen: Seal,
) -> None:
    at = workplace.clock()
    before = hashlib.sha256(final.pdf).hexdigest()
    after = hashlib.sha256(stamped.pdf).hexdigest()
    places: list[Any] = json.loads(json.dumps(stamped.places))
    with workplace.register.write.begin() as session:
        row = hold(session, instrument, InstrumentState.NUMBERED)
        number = numbering.take(
            session,
            workplace.numbering["seal_use"],
            year=business_day(at).year,
            holder=row.holder,
            at=at,
            parts={},
        )
        seals.register_use(
            session,
            workplace.approvals,
            seal=chosen,
            instrument=row,
            file_sha256=before,
            sealed_sha256=after,
            terms_digest=draft.terms_digest,
            pages=stamped.pages,
            copies=draft.paper.copies,
            places=places,
            requested_by=drafter_of(session, row, draft.terms_digest),
            approved_by=last_approver_of(session, row, draft.terms_digest),
            keeper=chosen.keeper,
            at=at,
            number=number.text,
        )
        row.state = InstrumentState.SEALED
        row.sealed_at = at
        events.append(
            session,
            chain=row.chain,
            at=at,
            actor=chosen.keeper,
            action=f"{row.kind}:sealed",
            subject=after,
            details={
                "use": number.text,
                "seal": chosen.code,
                "before_sha256": before,
                "way": "打印套章",
            },
        )
    instrument.state = row.state
    instrument.sealed_at = row.sealed_at
    note_numbers(workplace, instrument)
